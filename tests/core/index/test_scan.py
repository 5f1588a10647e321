import numpy as np
import pytest

from broadsheet.core.index.scan import CANDIDATES, EXACT_BELOW, ScanIndex
from broadsheet.core.vectors import unit


def clustered(n: int, dim: int = 96, seed: int = 0) -> np.ndarray:
    """Vectors around 200 centres, as texts on topics are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(200, dim))
    return unit(centres[rng.integers(0, 200, n)] + 0.8 * rng.normal(size=(n, dim)))


@pytest.fixture(scope="module")
def big():
    return clustered(EXACT_BELOW * 3)


def test_small_sets_are_exact_and_ties_go_by_row():
    vectors = unit(np.array([[1, 0], [0, 1], [1, 0], [1, 1]], dtype=float))
    rows, scores = ScanIndex.of(vectors).search(np.array([[1, 0]], dtype=np.float32), 3)
    assert rows.tolist() == [[0, 2, 3]]
    assert np.allclose(scores, [[1, 1, 2**-0.5]])


def test_scan_with_rescoring_finds_the_nearest(big):
    index, queries = ScanIndex.of(big), clustered(50, seed=0)[:50]
    rows, scores = index.search(queries, 10)
    exact = np.argsort(-(queries @ big.T), axis=1, kind="stable")[:, :10]
    found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(rows.tolist(), exact.tolist(), strict=True)])
    assert found > 0.97
    assert np.allclose(scores, np.take_along_axis(queries @ big.T, rows, axis=1), atol=1e-5)


def test_hamming_distances_are_counted_right(big):
    index = ScanIndex.of(big)
    code = index.columns[:, 5]
    expected = [sum(int(a ^ b).bit_count() for a, b in zip(index.columns[:, i], code, strict=True)) for i in range(300)]
    assert index._distances(code)[:300].tolist() == expected


def test_mask_holds_and_fills_k(big):
    index, rng = ScanIndex.of(big), np.random.default_rng(2)
    for share in (0.001, 0.2, 0.9):
        allowed = rng.random(len(big)) < share
        rows, _ = index.search(big[:3], 8, allowed)
        assert rows.shape == (3, 8)
        assert allowed[rows].all()


def test_fewer_than_k_and_none():
    index = ScanIndex.of(clustered(5))
    assert index.search(clustered(1), 10)[0].shape == (1, 5)
    assert index.search(clustered(2), 10, np.zeros(5, dtype=bool))[0].shape == (2, 0)
    assert ScanIndex.of(np.empty((0, 8), dtype=np.float32)).search(np.ones((1, 8), dtype=np.float32), 3)[0].shape == (
        1,
        0,
    )


def test_deeper_than_the_candidates(big):
    rows, scores = ScanIndex.of(big).search(big[:1], CANDIDATES * 2)
    assert rows.shape == (1, CANDIDATES * 2)
    assert (np.diff(scores[0]) <= 0).all()


def falling(n: int, dim: int = 96) -> np.ndarray:
    """Vectors whose axes fall off in scale, as principal components do."""
    rng = np.random.default_rng(4)
    centres = rng.normal(size=(200, dim))
    return unit((centres[rng.integers(0, 200, n)] + 0.8 * rng.normal(size=(n, dim))) / np.arange(1, dim + 1))


def recall(index: ScanIndex, vectors: np.ndarray, places: range) -> float:
    shares = []
    for place in places:
        exact = np.argsort(-(vectors @ vectors[place]), kind="stable")[:10]
        shares.append(np.isin(exact, index.nearest(vectors[place], 10)[0]).mean())
    return float(np.mean(shares))


def test_codes_in_other_axes_find_what_codes_of_falling_axes_miss():
    vectors, places = falling(EXACT_BELOW * 3), range(0, EXACT_BELOW * 3, 300)
    assert recall(ScanIndex.of(vectors), vectors, places) < 0.9
    assert recall(ScanIndex.of(vectors, 1), vectors, places) > 0.99


def test_scores_of_rotated_codes_are_those_of_the_vectors():
    vectors = falling(EXACT_BELOW * 2)
    rows, scores = ScanIndex.of(vectors, 1).search(vectors[:3], 5)
    assert np.allclose(scores, np.take_along_axis(vectors[:3] @ vectors.T, rows, axis=1), atol=1e-5)
