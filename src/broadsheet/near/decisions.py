"""What readers decided on pairs of papers: that two are one work, or that they are not.

Each decision is in a fact of the Store, as pairs of ids, each sorted. ``daily.copies`` changes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from broadsheet.collection import Collection
from broadsheet.core.works import Said

Word = Literal["apart", "same"]
Pairs = frozenset[frozenset[str]]
_FACTS: dict[Word, str] = {"apart": "works.apart", "same": "works.same"}


def decided(collection: Collection, word: Word) -> Pairs:
    """Return the pairs of ids that readers set ``apart``, or said to be the ``same``."""
    stored = collection.store.journal.fact(_FACTS[word]) or []
    return frozenset(frozenset(map(str, pair)) for pair in stored if len(pair) == 2)


def store(collection: Collection, word: Word, pairs: Iterable[Iterable[str]]) -> None:
    """Store these pairs in place of all that were stored under this word."""
    collection.store.journal.set_fact(_FACTS[word], sorted(sorted(pair) for pair in pairs))


def among(pairs: Pairs) -> Said:
    """Return a function that tells whether two ids are one of these pairs."""
    return lambda one, other: frozenset((one, other)) in pairs
