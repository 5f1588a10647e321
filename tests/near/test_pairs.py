"""All pairs of papers whose vectors are near."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.types import Filters
from broadsheet.near.pairs import nearest_pairs
from near_kit import COPY, DAY, OTHERS, RENAMED, WORK, akin, filled


def test_they_are_all_the_near_pairs_nearest_first(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, RENAMED, akin(1, 1), *OTHERS) as collection:
        snapshot = collection.space.snapshot()
        vectors, numbers = np.asarray(snapshot.vectors), snapshot.numbers
        cosines = {
            frozenset((int(numbers[a]), int(numbers[b]))): float(vectors[a] @ vectors[b])
            for a, b in combinations(range(len(numbers)), 2)
        }
        found = nearest_pairs(collection, least=0.6)
        number = collection.store.papers.numbers([WORK.id, COPY.id, RENAMED.id, "akin:1"])
        said = {frozenset((number[p.one.id], number[p.other.id])): p.cosine for p in found.pairs}
        assert said == pytest.approx({pair: cosine for pair, cosine in cosines.items() if cosine >= 0.6}, abs=1e-5)
        assert [pair.cosine for pair in found.pairs] == sorted((pair.cosine for pair in found.pairs), reverse=True)
        assert (found.total, found.papers) == (len(said), len(numbers))
        for pair in found.pairs:
            assert pair.same == ({pair.one.id, pair.other.id} <= {WORK.id, COPY.id, RENAMED.id})
            assert pair.same == (pair.confidence > 0.5)
        first = nearest_pairs(collection, least=0.6, k=1)
        assert (first.pairs, first.total) == (found.pairs[:1], found.total)
        assert nearest_pairs(collection, filters=Filters(since=DAY)).papers == 1


def test_what_is_refused(tmp_path: Path) -> None:
    with filled(tmp_path / "synced", WORK, *OTHERS) as collection:
        for least, k in ((0.4, 1), (1.1, 1), (float("nan"), 1), (0.9, 0)):
            with pytest.raises(UsageError, match="near pairs begin"):
                nearest_pairs(collection, least=least, k=k)
        with pytest.raises(UsageError, match="among 41 papers take too long here, 12 are the most"):
            nearest_pairs(collection, most_papers=12)
    with filled(tmp_path / "bare", WORK, synced=False) as collection, pytest.raises(CollectionError):
        nearest_pairs(collection)
