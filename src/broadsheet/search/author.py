"""A query that names people: their papers first, or a hint how to see only these."""

from __future__ import annotations

from broadsheet.collection import Collection
from broadsheet.core.authors import answers, names_of, readings
from broadsheet.core.text import plain
from broadsheet.core.types import Document

_MOST = 200  # papers of one person that are shown first
_LONGEST = 12  # words of a query in which names are looked for
_SPANS = (3, 2)  # words of a name inside a longer query


def papers_of(collection: Collection, words: str) -> list[int]:
    """Return the row numbers of the papers of the people whom a query names and nothing else, newest first."""
    parts = plain(words).split()
    return _by(collection, words) if 2 <= len(parts) <= 6 else []


def named_in(collection: Collection, words: str) -> str:
    """Return the name of an author inside a longer query, as it was typed, or an empty text."""
    parts = words.split()
    if not 2 < len(parts) <= _LONGEST:
        return ""
    spans = ((start, start + size) for size in _SPANS if size < len(parts) for start in range(len(parts) - size + 1))
    names = collection.store.papers.names_among([" ".join(parts[start:end]) for start, end in spans])
    return next((name for name in names if _by(collection, name)), "")


def _by(collection: Collection, typed: str) -> list[int]:
    """The papers of the people who have this name: their family name and more, or the whole name of a body."""
    papers = collection.store.papers
    numbers = papers.newest_by([typed], _MOST)[typed]
    documents = papers.by_numbers(numbers)
    return [number for number in numbers if number in documents and _has_author(documents[number], typed)]


def _has_author(document: Document, typed: str) -> bool:
    """Whether an author answers to what was typed, which holds a whole family name, however its letters are spelt."""
    words = [set(reading.words) for reading in readings(typed)]
    for shown, name in zip(document.authors, names_of(document), strict=True):
        if answers(typed, shown):
            families = [set(reading.words) for reading in readings(name.literal or name.family)]
            whole = any(family == each if name.literal else family <= each for family in families for each in words)
            if whole:
                return True
    return False
