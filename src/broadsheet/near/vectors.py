"""The stored vectors of papers, with a row for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.vectors import Vectors
from broadsheet.space import Snapshot

_FEW = 45  # pairs that say nothing of what chance gives


def snapshot_of(collection: Collection) -> Snapshot | None:
    """Return the present state of the Space, None if it cannot be read."""
    try:
        return collection.space.snapshot()
    except CollectionError:
        return None


def rows_of(snapshot: Snapshot | None, numbers: Sequence[int]) -> Vectors:
    """Return the vectors (n, dim) of these papers in their order; NaN for a paper without a sound vector, and (n, 1) of
    NaN without a Space."""
    if snapshot is None:
        return np.full((len(numbers), 1), np.nan, dtype=np.float32)
    rows = snapshot.rows(np.asarray(numbers, dtype=np.int64))
    vectors = np.full((len(numbers), snapshot.manifest.dim), np.nan, dtype=np.float32)
    vectors[rows >= 0] = snapshot.vectors[rows[rows >= 0]]
    vectors[~np.isfinite(vectors).all(axis=1)] = np.nan
    return vectors


def above_chance(snapshot: Snapshot, deviations: float, *, most: float) -> float:
    """Return the cosine that lies so many standard deviations above that of two papers by chance, ``most`` at most.

    So that one number serves every encoder; where the Space has too few papers to show what chance gives, ``most``.
    """
    chance = snapshot.chance
    if len(chance) <= _FEW or not float(chance.std()):
        return most
    return min(most, float(chance.mean()) + deviations * float(chance.std()))
