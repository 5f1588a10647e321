"""The nearest rows of every row, in blocks, are those of one whole matrix."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.index import neighbours as module
from broadsheet.core.index.neighbours import near_pairs, neighbours
from broadsheet.core.vectors import unit


def whole(vectors: np.ndarray, k: int) -> np.ndarray:
    """The same by one stable sort of all cosines."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("k", [1, 3, 25])
def test_blocks_give_what_one_sort_gives(monkeypatch: pytest.MonkeyPatch, k: int) -> None:
    monkeypatch.setattr(module, "_QUERIES", 7)
    monkeypatch.setattr(module, "_ROWS", 16)
    vectors = unit(np.random.default_rng(1).integers(-2, 3, size=(90, 6)))  # small whole numbers: many ties
    rows, scores = neighbours(vectors, k)
    cosines = np.take_along_axis(vectors @ vectors.T, rows, axis=1)
    assert np.allclose(scores, cosines, atol=1e-6)
    assert np.allclose(scores, np.take_along_axis(vectors @ vectors.T, whole(vectors, k), axis=1), atol=1e-6)
    assert not (rows == np.arange(90)[:, None]).any()
    assert all(len(set(each)) == k for each in rows.tolist())


def test_equal_scores_are_in_the_order_of_rows() -> None:
    vectors = unit(np.eye(4, dtype=np.float32)[[0, 1, 0, 0, 1, 0]])
    rows, _ = neighbours(vectors, 3)
    assert rows[0].tolist() == [2, 3, 5]
    assert rows[1].tolist() == [4, 0, 2]


def test_queries_of_their_own_may_find_every_row() -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(30, 5)))
    rows, scores = neighbours(vectors, 1, queries=vectors[4:6])
    assert rows.tolist() == [[4], [5]]
    assert np.allclose(scores, 1)


def test_fewer_rows_than_asked_for() -> None:
    vectors = unit(np.random.default_rng(3).normal(size=(3, 5)))
    assert neighbours(vectors, 10)[0].shape == (3, 2)
    assert neighbours(vectors[:1], 10)[0].shape == (1, 0)


def test_what_cannot_be_compared() -> None:
    vectors = unit(np.random.default_rng(4).normal(size=(5, 4)))
    with pytest.raises(UsageError, match="dimensions 3 and 4"):
        neighbours(vectors, 1, queries=vectors[:, :3])
    with pytest.raises(UsageError, match="k 0"):
        neighbours(vectors, 0)
    vectors[2, 1] = np.nan
    with pytest.raises(UsageError, match="not numbers"):
        neighbours(vectors, 2)


@pytest.mark.parametrize("least", [-1.0, 0.2, 0.9, 1.1])
def test_near_pairs_are_those_of_one_whole_matrix(monkeypatch: pytest.MonkeyPatch, least: float) -> None:
    monkeypatch.setattr(module, "_QUERIES", 7)
    monkeypatch.setattr(module, "_ROWS", 16)
    vectors = unit(np.random.default_rng(4).normal(size=(60, 5)))
    pairs, scores = near_pairs(vectors, least)
    cosines = vectors @ vectors.T
    one, other = np.nonzero(np.triu(cosines >= least, 1))
    assert {tuple(pair) for pair in pairs.tolist()} == set(zip(one.tolist(), other.tolist(), strict=True))
    assert np.allclose(scores, cosines[pairs[:, 0], pairs[:, 1]], atol=1e-6)
    assert (np.diff(scores) <= 0).all()


def test_of_too_many_near_pairs_the_nearest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_QUERIES", 7)
    vectors = unit(np.random.default_rng(5).normal(size=(40, 5)))
    every, scores = near_pairs(vectors, -1)
    some, best_scores = near_pairs(vectors, -1, most=20)
    assert some.tolist() == every[:20].tolist()
    assert np.allclose(best_scores, scores[:20])


def test_near_pairs_of_nothing_and_of_what_are_no_numbers() -> None:
    assert near_pairs(np.empty((0, 3), dtype=np.float32), 0.5)[0].shape == (0, 2)
    assert near_pairs(np.eye(3, dtype=np.float32)[:1], 0.5)[1].shape == (0,)
    with pytest.raises(UsageError, match="rows of numbers"):
        near_pairs(np.full((2, 3), np.nan, dtype=np.float32), 0.5)
    with pytest.raises(UsageError, match="at least one pair"):
        near_pairs(np.eye(3, dtype=np.float32), 0.5, most=0)
