"""All pairs of papers whose vectors are near, nearest first: found exactly, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.confidence import confidence
from broadsheet.core.errors import UsageError
from broadsheet.core.index.neighbours import near_pairs
from broadsheet.core.types import Document, Filters
from broadsheet.near.same import likely

LEAST = 0.9
"""The cosine from which two papers are a near pair, where no one says another."""
LOWEST = 0.5
"""The lowest such cosine: below it most papers of a field are near."""
MOST_AT_A_DOOR = 5_000
"""Papers among which a server looks for near pairs; the command line looks among all."""


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two papers with near vectors: their cosine, the probability that they are one work, and whether they count as
    one."""

    one: Document
    other: Document
    cosine: float
    confidence: float
    same: bool


@dataclass(frozen=True, slots=True)
class NearPairs:
    """The nearest ``pairs``, out of how many near ones (``total``), among how many ``papers`` with a vector."""

    pairs: tuple[NearPair, ...]
    total: int
    papers: int


def nearest_pairs(
    collection: Collection,
    *,
    least: float = LEAST,
    filters: Filters | None = None,
    k: int = 50,
    most_papers: int | None = None,
) -> NearPairs:
    """Find the pairs of papers with a cosine of at least ``least`` and return the ``k`` nearest, ties by number.

    CollectionError when there is no Space. UsageError for a ``least`` outside 0.5 to 1, or for more papers than
    ``most_papers`` (None: any number; time grows with its square).
    """
    if not LOWEST <= least <= 1 or k < 1:
        raise UsageError(f"near pairs begin at a cosine of {LOWEST} to 1, at least one pair; got {least} and {k}")
    snapshot = collection.space.snapshot()
    allowed = collection.store.papers.numbers_where(filters or Filters())
    rows = snapshot.rows(allowed)
    numbers, rows = allowed[rows >= 0], rows[rows >= 0]
    if most_papers is not None and len(rows) > most_papers:
        raise UsageError(
            f"near pairs among {len(rows):,} papers take too long here, {most_papers:,} are the most: narrow them by "
            "since or until, or run `broadsheet near pairs`"
        )
    vectors = np.asarray(snapshot.vectors[rows])
    sound = np.isfinite(vectors).all(axis=1)
    pairs, cosines = near_pairs(vectors[sound], least)
    numbers = numbers[sound]
    best = [(int(numbers[one]), int(numbers[other])) for one, other in pairs[:k].tolist()]
    papers = collection.store.papers.by_numbers(sorted({number for pair in best for number in pair}))
    found = tuple(
        NearPair(one, other, float(cosine), confidence(one, other), likely(one, other) is not None)
        for (first, second), cosine in zip(best, cosines[:k], strict=True)
        if (one := papers.get(first)) and (other := papers.get(second))
    )
    return NearPairs(found, len(cosines), len(numbers))
