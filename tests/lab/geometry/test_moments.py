"""One pass gives what NumPy gives of the whole matrix, and tells broken rows apart."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.lab.geometry import moments
from broadsheet.lab.geometry.moments import survey
from broadsheet.lab.geometry.rows import Rows


def test_sums_are_those_of_the_whole_matrix() -> None:
    random = np.random.default_rng(0)
    matrix = (random.normal(size=(9_500, 7)) * np.arange(1, 8) + 1_000).astype(np.float32)
    seen = survey(Rows(matrix, name="m"))
    wide = matrix.astype(np.float64)
    np.testing.assert_allclose(seen.moments.mean, wide.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(seen.moments.covariance, np.cov(wide.T, bias=True), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(seen.low, wide.min(axis=0))
    np.testing.assert_allclose(seen.high, wide.max(axis=0))
    lengths = np.linalg.norm(wide, axis=1)
    assert seen.lengths == pytest.approx((lengths.min(), lengths.mean(), lengths.max()))
    assert not seen.unit


def test_the_mean_cosine_is_that_of_all_pairs() -> None:
    rows = np.random.default_rng(1).normal(size=(300, 5)) + 0.3
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = (unit @ unit.T)[np.triu_indices(300, 1)]
    assert survey(Rows(rows, name="m")).mean_cosine == pytest.approx(pairs.mean(), abs=1e-12)


def test_broken_rows_are_counted_and_left_out() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
    broken = rows.copy()
    broken[3, 1], broken[4, 2], broken[9] = np.nan, np.inf, 0
    seen = survey(Rows(broken, name="m"))
    assert (seen.not_finite, seen.zero, seen.moments.count) == (2, 1, 47)
    assert np.flatnonzero(~seen.whole).tolist() == [3, 4, 9]
    whole = survey(Rows(np.delete(rows, [3, 4, 9], axis=0), name="m"))
    np.testing.assert_allclose(seen.moments.covariance, whole.moments.covariance)


def test_a_first_block_without_whole_rows_spoils_nothing() -> None:
    rows = np.random.default_rng(2).normal(size=(5_000, 3)) + 5
    rows[:4_096] = 0
    seen = survey(Rows(rows, name="m"))
    assert seen.moments.count == 904
    np.testing.assert_allclose(seen.moments.covariance, np.cov(rows[4_096:].T, bias=True), rtol=1e-9)


def test_repeats_and_dead_axes() -> None:
    rows = np.random.default_rng(3).normal(size=(100, 5)).astype(np.float32)
    rows[:, 2] = 0.25
    rows[50:53] = rows[0]
    seen = survey(Rows(rows, name="m"))
    assert seen.repeats == 3
    assert seen.dead.tolist() == [2]


def test_too_many_rows_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "MOST_FINGERPRINTS", 10)
    assert survey(Rows(np.ones((20, 2)), name="m")).repeats is None


@pytest.mark.parametrize("rows", [np.zeros((5, 3)), np.full((5, 3), np.nan), np.eye(3)[:1], np.empty((0, 3))])
def test_too_few_rows_are_refused(rows: np.ndarray) -> None:
    with pytest.raises(SourceError, match="fewer than two"):
        survey(Rows(rows, name="m"))
