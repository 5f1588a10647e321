"""A query that names people: their papers first, or a hint how to see only these."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.collection import Collection
from broadsheet.core.text import plain

_MOST = 200  # papers of one person that are shown first
_LONGEST = 12  # words of a query in which names are looked for
_SPANS = (3, 2)  # words of a name inside a longer query


def papers_of(collection: Collection, words: str) -> list[int]:
    """Return the row numbers of the papers of the people whom a query names and nothing else, newest first."""
    parts = plain(words).split()
    return _by(collection, words) if 2 <= len(parts) <= 6 and _are_of_names(collection, parts) else []


def named_in(collection: Collection, words: str) -> str:
    """Return the name of an author inside a longer query, as it was typed, or an empty text."""
    parts = words.split()
    if len(parts) > _LONGEST:
        return ""
    of_names = [_are_of_names(collection, plain(part).split()) for part in parts] if len(parts) > 2 else []
    for size in _SPANS if any(of_names) else ():
        for start in range(len(parts) - size + 1):
            name = " ".join(parts[start : start + size])
            if size < len(parts) and all(of_names[start : start + size]) and _by(collection, name):
                return name
    return ""


def _are_of_names(collection: Collection, words: Sequence[str]) -> bool:
    """Return whether each of these words is in the name of some author."""
    return all(map(collection.store.papers.is_word_of_name, words))


def _by(collection: Collection, name: str) -> list[int]:
    """The papers that have an author with all these words in the name, the last name among them."""
    papers = collection.store.papers
    numbers = papers.newest_by([name], _MOST)[name]
    wanted = set(plain(name).split())
    documents = papers.by_numbers(numbers)
    return [
        number
        for number in numbers
        if number in documents and any(_is(plain(author).split(), wanted) for author in documents[number].authors)
    ]


def _is(author: list[str], wanted: set[str]) -> bool:
    """Whether the words are a whole name: the author's last word, which is the family name or ends a group's, and at
    least one other; all of them the author's."""
    return bool(author) and author[-1] in wanted and wanted <= set(author)
