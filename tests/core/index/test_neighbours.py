"""The nearest rows of every row, in blocks, are those of one whole matrix."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.index import neighbours as module
from broadsheet.core.index.neighbours import neighbours
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
