"""The query language: words to find, operators, and conditions in the form ``author:lee since:2024-01 has:code``.

    query     = { condition | exclusion | phrase | word | "AND" | "OR" }
              | sets , { condition | exclusion } ;     set operations on meanings: see ``meanings``
    condition = key ":" ( '"' name '"' | name ) ;      keys: see ``_KEYS``, ``title``, ``abstract`` and, in what a
                                                       person typed, ``like``, ``unlike``, ``in`` and ``aspect``; after
                                                       ``author:`` as many words as make up a name
    exclusion = ( "-" | "NOT " ) ( word | phrase | condition of _EXCLUDED ) ;    must not occur
    phrase    = '"' words '"' ;                                                  must occur, in this order
    one OR other                                                                 one of them must occur
    one AND other                                                                both must occur

``OR`` and ``AND`` concern the word or phrase on either side, ``OR`` first: ``a AND b OR c`` is ``a AND (b OR c)``. They
and ``NOT`` are written in capitals; in a query of capitals alone ``NOT`` is a word, and in a longer text all of them
are. Alerts know the first conditions and ``like`` alone (``with_operators=False``, ``with_likes=True``).

No query is an error: what is not a condition is read as words, and a query that is too long is cut, with a note.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from broadsheet.core import meanings, operators
from broadsheet.core.aspects import ASPECTS
from broadsheet.core.meanings import Sets
from broadsheet.core.operators import with_plain_quotes
from broadsheet.core.text import squeeze
from broadsheet.core.types import Filters

LONGEST = 2_000  # characters of an alert
LONGEST_TYPED = 4 * LONGEST  # of a query, which may be a whole abstract
_CONDITION = re.compile(r'(?<!\S)([a-z]{2,8}):("[^"]{1,200}"|[^\s"]\S{0,199})', re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")


_MOST_NAME = 6  # words of a name after ``author:``


@dataclass(frozen=True, slots=True)
class Asked:
    """A parsed query: words to find, conditions, words for one field (``title``, ``abstract``), and a note on what was
    cut or not heeded.

    ``required``: words and phrases of which one must occur, for each set of alternatives. ``without``: words and
    phrases that must not occur. ``sets``: the meanings to join, whose wanted texts are the ``words``. ``like`` and
    ``unlike``: names of papers to be near to and away from. ``lists`` and ``without_lists``: names of the reader's
    lists to look in, or to leave out. ``aspect``: which part of a paper the words are about, one of ``ASPECTS``.
    """

    words: str
    filters: Filters = field(default_factory=Filters)
    fields: dict[str, str] = field(default_factory=dict)
    note: str = ""
    required: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    sets: Sets | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    without_lists: tuple[str, ...] = ()
    aspect: str = ""


_MOST_OPERATED = 12  # words next to phrases; who types operators writes few
_MOST_NOTED = 60  # words of a query whose sets could not be read, for this to be said; an abstract has more
_PHRASE = re.compile(r'"[^"]*"')
_EXCLUDED = "words, phrases, categories, topics, lists and papers (-like:)"
_PROSE = "Quotes and operators of a longer text are read as words."

IsName = Callable[[str], bool]
"""Whether these words are a name of an author."""


def ask(
    text: str,
    filters: Filters | None = None,
    *,
    with_operators: bool = False,
    with_likes: bool = False,
    is_name: IsName | None = None,
    longest: int = 0,
) -> Asked:
    """Parse a query and add its conditions to ``filters``, whose own values take precedence.

    ``with_operators``: read exclusions, phrases, ``AND`` and ``OR`` too; ``with_likes``: read ``like:ID``, which these
    imply. ``is_name`` tells how many of the words after ``author:`` are a name; without it, one is. The text is cut
    after ``longest`` characters (0: as many as a query, or an alert, may have).
    """
    longest = longest or (LONGEST_TYPED if with_operators else LONGEST)
    clean = squeeze(text[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8"))
    cut = len(clean) > longest or len(text) > 4 * LONGEST
    note = f"The query was cut to its first {longest} characters." if cut else ""
    clean = clean[:longest]
    if is_name:
        clean = _names_quoted(clean, is_name)
    conditions, fields, words = _conditions(with_plain_quotes(clean) if with_operators else clean)
    asked = Asked(words, conditions, fields, note)
    if with_operators:
        asked = _operated(_unusable_told(_pointed(asked, _POINTING)))
    elif with_likes:
        asked = _pointed(asked, _POINTING[:1])
    return replace(asked, filters=_joined(asked.filters, filters))


_POINTING = ("like", "unlike", "in", "aspect")


def _pointed(asked: Asked, keys: Sequence[str]) -> Asked:
    """Take these conditions, which only a typed query or an alert has, out of its words."""
    held: dict[str, list[str]] = {key: [] for key in _POINTING}

    def take(match: re.Match[str]) -> str:
        key, value = match[1].lower(), match[2].strip('"').strip()
        if key not in keys or not value or (key == "aspect" and value.lower() not in ASPECTS):
            return match[0]
        held[key].append(value)
        return " "

    words = squeeze(_CONDITION.sub(take, asked.words))
    like, unlike, lists = (tuple(dict.fromkeys(held[key])) for key in ("like", "unlike", "in"))
    aspect = held["aspect"][-1].lower() if held["aspect"] else ""
    return replace(asked, words=words, like=like, unlike=unlike, lists=lists, aspect=aspect)


def _conditions(text: str) -> tuple[Filters, dict[str, str], str]:
    """Take the conditions out of a text; return them, the words for one field, and the words that are left."""
    conditions = Filters()
    fields: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        nonlocal conditions
        key, value = match[1].lower(), match[2].strip('"').strip()
        if key in ("title", "abstract"):
            fields[key] = f"{fields.get(key, '')} {value}".strip()
            return " "
        changed = _KEYS[key](conditions, value) if key in _KEYS and value else None
        if changed is None:
            return match[0]
        conditions = changed
        return " "

    words = squeeze(_CONDITION.sub(take, text))
    return conditions, fields, words


def with_topics(text: str, rewritten: Callable[[str], str]) -> str:
    """Return a query with what ``rewritten`` makes of the value of each ``topic:`` condition."""

    def rewrite(match: re.Match[str]) -> str:
        value = match[2].strip('"').strip()
        return f"topic:{rewritten(value)}" if match[1].lower() == "topic" and value else match[0]

    return _CONDITION.sub(rewrite, text)


_AUTHOR = re.compile(r"(?<!\S)author:(?=[^\s\"])", re.IGNORECASE)


def _names_quoted(text: str, is_name: IsName) -> str:
    """Put the words after each ``author:`` that are a name in quotes: the longest such name."""
    for match in reversed(list(_AUTHOR.finditer(text))):
        following = text[match.end() :].split(" ")[:_MOST_NAME]
        for count in range(len(following), 1, -1):
            name = " ".join(following[:count])
            if '"' not in name and ":" not in name and is_name(name):
                text = f'{match.string[: match.start()]}author:"{name}"{text[match.end() + len(name) :]}'
                break
    return text


def _unusable_told(asked: Asked) -> Asked:
    """Add a note on each condition whose value cannot be used, so that it was read as words."""
    unusable = [match for match in _CONDITION.finditer(asked.words) if match[1].lower() in _EXPECTED]
    notes = [f"{match[0]} was read as words: expected {_EXPECTED[match[1].lower()]}." for match in unusable[:3]]
    return replace(asked, note=" ".join(filter(None, [asked.note, *notes])))


def _operated(asked: Asked) -> Asked:
    """Read the operators among the words of a query; in a longer text they are the writer's own quotes and dashes."""
    expression = meanings.read(asked.words)
    if expression.sets:
        wanted = " ".join(each.text for each, wanted in meanings.leaves(expression.sets) if wanted)
        return replace(_excluded(asked, operators.read(expression.rest)), words=wanted, sets=expression.sets)
    read = operators.read(asked.words)
    if read.words != asked.words and len(_PHRASE.sub(" ", asked.words).split()) > _MOST_OPERATED:
        return replace(asked, note=f"{asked.note} {_PROSE}".strip())
    why = expression.note if len(asked.words.split()) <= _MOST_NOTED else ""
    noted = replace(asked, note=f"{asked.note} {why}".strip(), words=read.words, required=read.required)
    return _excluded(noted, read)


def _excluded(asked: Asked, read: operators.Operated) -> Asked:
    """Add what a query wants to leave out, and notes on what cannot be left out."""
    filters, refused = asked.filters, []
    held: dict[str, list[str]] = {"category": [], "topic": [], "in": [], "like": []}
    for key, value in read.excluded:
        if (key := "category" if key == "cat" else key) in held:
            held[key].append(value)
        else:
            refused.append(f"-{key}:{value} was not heeded: you can exclude {_EXCLUDED}.")
    filters = replace(
        filters,
        without_categories=(*filters.without_categories, *held["category"]),
        without_topics=(*filters.without_topics, *held["topic"]),
    )
    return replace(
        asked,
        filters=filters,
        note=" ".join(filter(None, [asked.note, *refused])),
        without=read.without,
        unlike=(*asked.unlike, *held["like"]),
        without_lists=tuple(held["in"]),
    )


def day(text: str, *, last: bool = False) -> date | None:
    """Read ``2024``, ``2024-05`` or ``2024-05-31`` as its first (or ``last``) day; None when it is not a date."""
    match = _DAY.match(text.strip())
    if not match:
        return None
    year, month = int(match[1]), int(match[2] or (12 if last else 1))
    try:
        return date(year, month, int(match[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except ValueError:
        return None


def _since(filters: Filters, value: str) -> Filters | None:
    moment = day(value)
    return replace(filters, since=moment) if moment else None


def _until(filters: Filters, value: str) -> Filters | None:
    moment = day(value, last=True)
    return replace(filters, until=moment) if moment else None


def _has(filters: Filters, value: str) -> Filters | None:
    return replace(filters, has_code=True) if value.lower() == "code" else None


def _votes(filters: Filters, value: str) -> Filters | None:
    return replace(filters, min_votes=int(value)) if value.isascii() and value.isdigit() and len(value) < 10 else None


_KEYS: dict[str, Callable[[Filters, str], Filters | None]] = {
    "author": lambda filters, value: replace(filters, authors=(*filters.authors, value)),
    "venue": lambda filters, value: replace(filters, venues=(*filters.venues, value)),
    "category": lambda filters, value: replace(filters, categories=(*filters.categories, value)),
    "cat": lambda filters, value: replace(filters, categories=(*filters.categories, value)),
    "topic": lambda filters, value: replace(filters, topics=(*filters.topics, value)),
    "source": lambda filters, value: replace(filters, sources=(*filters.sources, value)),
    "since": _since,
    "from": _since,
    "until": _until,
    "to": _until,
    "has": _has,
    "votes": _votes,
}


_A_DAY = "a day, a month or a year, for example since:2024-05"
_EXPECTED = {
    **dict.fromkeys(("since", "from", "until", "to"), _A_DAY),
    "has": "has:code",
    "votes": "a number, for example votes:10",
    "aspect": f"one of {', '.join(ASPECTS)}, for example aspect:method",
}


def _joined(typed: Filters, given: Filters | None) -> Filters:
    if given is None:
        return typed
    own = {name: value for name in Filters.__slots__ if (value := getattr(given, name)) not in (None, ())}
    return replace(typed, **own)
