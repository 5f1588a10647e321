"""The row numbers of the papers that an act is about: those that were named, or with the copies of their works."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.daily.copies import works_of
from broadsheet.store import Store


def numbers_of(store: Store, papers: Sequence[Document]) -> list[int]:
    """Return the row numbers of papers, without papers that the Store no longer has."""
    return list(store.papers.numbers([paper.id for paper in papers]).values())


def with_copies(collection: Collection, papers: Sequence[Document]) -> list[int]:
    """Return the row numbers of papers and of all copies of their works, each once."""
    groups = works_of(collection, numbers_of(collection.store, papers))
    return list(dict.fromkeys(number for group in groups for number in group))
