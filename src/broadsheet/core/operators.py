"""The operators of the query language (see ``query``): exclusions, phrases, ``AND`` and ``OR`` among the words.

    "cats OR dogs -sleep" -> words "cats dogs", required (("cats", "dogs"),), without ("sleep",)

pieces from left to right: a word, a phrase, or what must not occur
a joining word between two pieces joins them, ``OR`` before ``AND``; anywhere else it is a word
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from broadsheet.core.text import squeeze

_PIECE = re.compile(
    r"(?<!\S)(?:(?P<no>NOT\s+|-)(?P<key>[a-zA-Z]{2,8}):)"
    r'(?:"(?P<name>[^"]{1,200})"|(?P<value>[^\s"]{1,200}))'
    r'|(?<!\S)(?P<without>NOT\s+|-)?"(?P<phrase>[^"]{1,500})"'
    r"|(?<!\S)(?:NOT\s+|-)(?P<word>[^\W\d_][^\s\"]*)"
    r"|(?P<other>\S+)"
)
_QUOTES = str.maketrans("“”„‟«»", '"' * 6)
_JOINING = ("AND", "OR")


@dataclass(frozen=True, slots=True)
class Operated:
    """The words of a query without its operators, and what these ask for: sets of alternatives of which one is
    ``required``, words and phrases to leave out (``without``), and ``excluded`` conditions (key, value)."""

    words: str
    required: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    phrase: bool = False


@dataclass(slots=True)
class _Group:
    """Alternatives (a single term, unless ``OR`` joins some), and whether one of them must occur."""

    terms: list[_Term] = field(default_factory=list)
    must: bool = False


def with_plain_quotes(text: str) -> str:
    """Return a query with straight quotation marks in place of typographic ones."""
    return text.translate(_QUOTES)


def read(text: str) -> Operated:
    """Read the operators among the words of a query. Every text is a query."""
    if text == text.upper():
        text = re.sub(r"(?<!\S)NOT(?!\S)", "not", text)
    terms: list[_Term] = []
    without: list[str] = []
    excluded: list[tuple[str, str]] = []
    for match in _PIECE.finditer(text):
        phrase = squeeze(match["phrase"] or "")
        if match["key"]:
            excluded.append((match["key"].lower(), match["name"] or match["value"]))
        elif match["word"]:
            without.append(match["word"].rstrip(".,;:!?)"))
        elif phrase and match["without"]:
            without.append(phrase)
        elif phrase or match["other"]:
            terms.append(_Term(phrase, True) if phrase else _Term(match["other"]))
    groups = list(_groups(terms))
    required = (tuple(term.text for term in group.terms) for group in groups if group.must)
    return Operated(
        words=" ".join(term.text for group in groups for term in group.terms),
        required=tuple(dict.fromkeys(required)),
        without=tuple(dict.fromkeys(filter(None, without))),
        excluded=tuple(excluded),
    )


def _groups(terms: Sequence[_Term]) -> Iterator[_Group]:
    """The terms of a query: those around ``OR`` together, those around ``AND`` and phrases required."""
    joins = _joins(terms)
    group = _Group()
    for place, term in enumerate(terms):
        if place in joins:
            continue
        before, after = joins.get(place - 1, ""), joins.get(place + 1, "")
        if before != "OR" and group.terms:
            yield group
            group = _Group()
        bare = term if term.phrase or not joins else _Term(term.text.strip("()") or term.text)
        group.terms.append(bare)
        group.must = group.must or term.phrase or bool(before or after)
    if group.terms:
        yield group


def _joins(terms: Sequence[_Term]) -> dict[int, str]:
    """The places of the joining words that have a term on either side; of two in a row, the second is a word."""
    joins: dict[int, str] = {}
    for place, term in enumerate(terms):
        if term.text in _JOINING and not term.phrase and 0 < place < len(terms) - 1 and place - 1 not in joins:
            joins[place] = term.text
    return joins
