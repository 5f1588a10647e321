"""The draft of an alert that watches a search: its text, what it leaves out, and what of the search it cannot hold.

words and conditions -> the text of the alert;  a name alone -> author:"NAME";  -words -> what it is not about
what an alert does not have (phrases, OR, lists, an end ...) -> said, one sentence each: nothing is lost in silence
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from broadsheet.alerts.alert import MOST_WITHOUT
from broadsheet.core.query import LONGEST, Asked
from broadsheet.core.text import clipped
from broadsheet.core.types import Filters, Results
from broadsheet.search.question import Question

_LONGEST_VALUE = 200  # characters of a condition
_LONGEST_NAME = 60  # of the name that an alert is given
_LISTED = (("author", "authors"), ("venue", "venues"), ("category", "categories"), ("topic", "topics"),
           ("source", "sources"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert that would watch a search: its ``text`` (empty: it cannot be watched), what it is not about
    (``without``), a ``name``, and sentences that say what of the search is ``lost`` or means something else."""

    text: str
    without: tuple[str, ...] = ()
    name: str = ""
    lost: tuple[str, ...] = ()


def draft(question: Question, results: Results) -> Draft:
    """Return the alert that comes nearest to a search, from the question that was read and its results."""
    asked = question.asked
    named = results.named.writers if any(each.pinned == "author" for each in results.items) else ()
    words = "" if named or question.named else (results.searched or asked.words)
    authors = tuple(each.name for each in named)
    parts = [
        words,
        *_fields(asked),
        *_conditions(asked.filters),
        *_values("author", set(authors) - set(asked.filters.authors)),
    ]
    text = " ".join(filter(None, parts))
    lost = tuple(_lost(asked, results.mode))
    if not text:
        return Draft("", lost=("This search has nothing that an alert could look for.",))
    if len(text) > LONGEST:
        return Draft("", lost=(f"An alert has at most {LONGEST:,} characters: search for fewer words.",))
    name = clipped(" ".join([words, *authors]).strip() or text, _LONGEST_NAME)
    return Draft(text, asked.without[:MOST_WITHOUT], name, lost)


def _fields(asked: Asked) -> Iterator[str]:
    for name, words in asked.fields.items():
        yield from _values(name, words.split())


def _conditions(filters: Filters) -> Iterator[str]:
    """The conditions that an alert has, as they are typed."""
    for key, field in _LISTED:
        yield from _values(key, getattr(filters, field))
    if filters.since:
        yield f"since:{filters.since.isoformat()}"
    if filters.has_code:
        yield "has:code"
    if filters.min_votes is not None:
        yield f"votes:{filters.min_votes}"


def _values(key: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        if _can_be_typed(value):
            yield f'{key}:"{value}"' if " " in value else f"{key}:{value}"


def _can_be_typed(value: str) -> bool:
    return bool(value) and '"' not in value and len(value) <= _LONGEST_VALUE


def _lost(asked: Asked, mode: str) -> Iterator[str]:
    """What an alert does not have, or reads in another way."""
    filters = asked.filters
    for alternatives in asked.required:
        quoted = " or ".join(f"“{each}”" for each in alternatives)
        yield f"An alert compares meanings: {quoted} need not occur."
    for word in asked.without:
        yield f"It leaves out papers that are about “{word}”, not all that have the word."
    if asked.sets:
        yield "It reads the parts of your query as one text."
    for names, what in ((asked.like, "like:"), (asked.unlike, "unlike:"), (asked.lists + asked.without_lists, "in:")):
        if names:
            yield f"It does not have {what}{names[0]}."
    if asked.aspect:
        yield f"It does not have aspect:{asked.aspect}."
    if filters.until:
        yield f"It does not end on {_day(filters.until)}, since only new papers are sent."
    if filters.has_code is False:
        yield "It also sends papers with code."
    for key, values in (("category", filters.without_categories), ("topic", filters.without_topics)):
        if values:
            yield f"It does not leave out {key}:{values[0]}."
    for key, field in _LISTED:
        for value in getattr(filters, field):
            if not _can_be_typed(value):
                yield f"It does not have the {key} {clipped(value, _LONGEST_NAME)}."
    if filters.min_votes:
        yield f"New papers rarely have {filters.min_votes:,} votes on their first day."
    if mode == "lexical" and asked.words and not asked.fields:
        yield "It matches by meaning, this search by words."


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
