"""Cells are those of scikit-learn and of an exact search, whatever the number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, v_measure_score
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_info

from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.topics import cells
from broadsheet.topics.cells import centres, cosines, kmeans, nearest, neighbours, one_thread, smoothed


def heaps(count: int, each: int, *, dim: int = 32, noise: float = 0.5) -> tuple[Vectors, Rows]:
    random = np.random.default_rng(5)
    label = np.repeat(np.arange(count), each)
    middles = unit(random.normal(size=(count, dim)))
    return unit(middles[label] + noise * unit(random.normal(size=(len(label), dim)))), label


def test_k_means_is_scikit_learns() -> None:
    vectors, _ = heaps(6, 50)
    other = KMeans(6, n_init=4, max_iter=50, random_state=3).fit(vectors)
    labels = kmeans(vectors, 6, seed=3)
    assert adjusted_rand_score(labels, other.labels_) == 1
    assert np.allclose(centres(vectors, labels)[labels[0]], unit(other.cluster_centers_)[other.labels_[0]], atol=1e-5)


def test_labels_have_no_gap() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    assert sorted(set(kmeans(vectors, 9).tolist())) == [0, 1, 2]


def test_weights_count_like_copies() -> None:
    vectors = heaps(2, 30)[0]
    weights = np.where(np.arange(60) < 5, 40, 1)
    copies = kmeans(np.repeat(vectors, weights, axis=0), 3)
    assert adjusted_rand_score(kmeans(vectors, 3, weights=weights), copies[np.cumsum(weights) - 1]) > 0.95


def test_cosines_come_in_blocks_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = heaps(6, 50)
    middles = vectors[::60]
    monkeypatch.setattr(cells, "_BLOCK", 70)
    blocks = list(cosines(vectors, middles))
    assert {len(block) for block in blocks} == {14, 300 % 14}
    assert np.allclose(np.concatenate(blocks), vectors @ middles.T, atol=1e-5)
    assert np.array_equal(nearest(vectors, middles), (vectors @ middles.T).argmax(axis=1))


def test_neighbours_are_those_of_an_exact_search() -> None:
    vectors, _ = heaps(40, 100)
    near = neighbours(vectors, 10)
    exact = NearestNeighbors(n_neighbors=10, metric="cosine").fit(vectors).kneighbors(vectors, return_distance=False)
    shared = [len(set(one) & set(other)) for one, other in zip(near.tolist(), exact.tolist(), strict=True)]
    assert np.mean(shared) / 10 > 0.97


def test_a_crowd_of_equal_vectors_is_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.concatenate([np.repeat(heaps(1, 1)[0], 3_000, axis=0), heaps(5, 200)[0]])
    monkeypatch.setattr(cells, "_POOL", 100)
    near = neighbours(vectors, 10)
    assert near.shape == (4_000, 10)
    assert np.allclose((vectors[:3_000, None] * vectors[near[:3_000]]).sum(axis=-1), 1, atol=1e-5)


def test_rows_of_small_cells_search_as_many_as_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.concatenate([np.eye(12, dtype=np.float32), np.repeat(np.eye(12, dtype=np.float32)[:1], 900, axis=0)])
    monkeypatch.setattr(cells, "_CELL", 80)
    monkeypatch.setattr(cells, "_PROBES", 1)
    near = neighbours(vectors, 20)
    assert near.shape == (912, 20)
    assert near.max() < len(vectors)


def test_k_means_of_smoothed_vectors_finds_long_heaps_better() -> None:
    random = np.random.default_rng(5)
    one, other = (unit(random.normal(size=(8, 16))) for _ in range(2))
    label, turn = np.repeat(np.arange(8), 120), random.uniform(0, np.pi / 1.5, (960, 1))
    noise = 0.7 * unit(random.normal(size=(960, 16)))
    vectors = unit(one[label] * np.cos(turn) + other[label] * np.sin(turn) + noise)
    rows = smoothed(vectors)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert v_measure_score(label, kmeans(rows, 8)) > v_measure_score(label, kmeans(vectors, 8)) + 0.05


def test_equal_vectors_are_smoothed_alike() -> None:
    vectors, _ = heaps(10, 60)
    rows = smoothed(np.concatenate([vectors, vectors[:200]]))
    assert np.array_equal(rows[600:], rows[:200])


def test_no_more_axes_than_64_and_those_of_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = heaps(10, 60, dim=100)
    monkeypatch.setattr(cells, "_ROUNDS", 0)
    rows = smoothed(vectors)
    assert rows.shape == (600, 64)
    other = unit(PCA(64, svd_solver="full").fit_transform(vectors))
    assert np.allclose(rows @ rows.T, other @ other.T, atol=1e-3)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_few_vectors(count: int) -> None:
    rows = smoothed(heaps(1, count)[0])
    assert rows.shape[0] == count
    assert np.isfinite(rows).all()


def test_one_thread_is_one_thread() -> None:
    with one_thread():
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
