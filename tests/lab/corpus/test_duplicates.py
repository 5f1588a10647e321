"""Pairs that are each other's nearest are found with their margin; what is only similar is not."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.corpus.duplicates import duplicates, mutual
from corpus_kit import cloud, texts


def test_mutual_neighbours_and_margins_are_those_of_one_matrix() -> None:
    vectors, k = cloud(60, seed=3), 4
    cosines = vectors.astype(float) @ vectors.T.astype(float)
    np.fill_diagonal(cosines, -1)
    nearest = np.argsort(-cosines, axis=1)[:, :k]
    expected = {}
    for one in range(60):
        for other in nearest[one]:
            if one < other and one in nearest[other]:
                both = np.mean([cosines[each][nearest[each]].mean() for each in (one, other)])
                expected[one, int(other)] = cosines[one, other] / both
    found = {(one, other): margin for one, other, _, margin in mutual(vectors, k)}
    assert found.keys() == expected.keys()
    assert all(found[pair] == pytest.approx(expected[pair], abs=1e-5) for pair in found)


def test_copies_and_near_duplicates_are_found_among_others() -> None:
    own = [*texts("bees", 50), *texts("stars", 50)]
    copy = f"{own[3]} indeed"
    near = f"{own[60].rpartition(chr(32))[0]} night"  # 7 of 9 words are shared
    found = duplicates([*own, copy, near], HashEncoder(256).encode([*own, copy, near]), least=1.1)
    assert (found[0].one, found[0].other, found[0].kind) == (3, 100, "copy")
    assert found[0].words > 0.8
    assert (60, 101) in {(pair.one, pair.other) for pair in found}
    assert len(found) < 20


def test_more_copies_of_a_text_than_its_neighbours_are_copies_still() -> None:
    own = [*texts("bees", 30), *["the very same text"] * 4]
    pairs = {(pair.one, pair.other): pair for pair in duplicates(own, HashEncoder().encode(own), least=2.0)}
    assert set(pairs) == {(a, b) for a in range(30, 34) for b in range(a + 1, 34)}
    assert {pair.kind for pair in pairs.values()} == {"copy"}
    assert all(pair.cosine == pytest.approx(1, abs=1e-5) for pair in pairs.values())


def test_a_higher_margin_leaves_fewer() -> None:
    own = texts("bees", 80)
    vectors = HashEncoder(256).encode(own)
    counts = [len(duplicates(own, vectors, least=margin)) for margin in (1.0, 1.1, 1.3)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[2]


def test_what_cannot_be_searched() -> None:
    with pytest.raises(UsageError, match="at least 3 texts"):
        duplicates(["a", "b"], cloud(2, seed=1))
    with pytest.raises(UsageError, match="got 4 and 3"):
        duplicates(["a", "b", "c", "d"], cloud(3, seed=1))
