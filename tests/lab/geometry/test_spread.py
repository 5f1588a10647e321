"""IsoScore and effective rank agree with independent implementations and have the properties of their papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.decomposition import PCA

from broadsheet.core.maps import principal
from broadsheet.lab.geometry.spread import axes_for, effective_rank, isoscore


def variances(rows: np.ndarray) -> np.ndarray:
    return principal(np.cov(rows.T.astype(np.float64), bias=True))[0]


def theirs(rows: np.ndarray) -> float:
    """IsoScore by the seven steps of its paper, on scikit-learn's PCA."""
    turned = PCA().fit_transform(rows)
    n = turned.shape[1]
    diagonal = np.diag(np.cov(turned, rowvar=False))
    normalised = np.sqrt(n) * diagonal / np.sqrt((diagonal**2).sum())
    defect = np.sqrt(((normalised - np.ones(n)) ** 2).sum()) / np.sqrt(2 * (n - np.sqrt(n)))
    k = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n  # the number of axes in use
    return float((k - 1) / (n - 1))


@pytest.mark.parametrize("seed", range(5))
def test_isoscore_is_that_of_its_paper(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(300, 20)) * random.random(20) + random.normal(size=20)
    assert isoscore(variances(rows)) == pytest.approx(theirs(rows), abs=1e-9)


def test_isoscore_of_real_looking_extremes() -> None:
    random = np.random.default_rng(0)
    assert isoscore(variances(random.normal(size=(200_000, 8)))) > 0.999
    line = np.outer(random.normal(size=500), np.ones(8))
    assert isoscore(variances(line)) < 1e-9


@pytest.mark.parametrize(("k", "n"), [(1, 10), (3, 10), (9, 10), (10, 10), (100, 384)])
def test_isoscore_tells_the_share_of_axes_in_use(k: int, n: int) -> None:
    """The paper's key property: k of n axes used alike give (k - 1) / (n - 1)."""
    assert isoscore(np.r_[np.ones(k), np.zeros(n - k)]) == pytest.approx((k - 1) / (n - 1), abs=1e-9)


@given(st.integers(0, 100_000), st.floats(-100, 100), st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_isoscore_does_not_change_with_shift_scale_and_rotation(seed: int, shift: float, scale: float) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(100, 6)) * random.random(6)
    turn = np.linalg.qr(random.normal(size=(6, 6)))[0]
    assert isoscore(variances((rows @ turn) * scale + shift)) == pytest.approx(isoscore(variances(rows)), abs=1e-6)


def test_one_dimension_has_no_isotropy() -> None:
    assert np.isnan(isoscore(np.ones(1)))
    assert np.isnan(isoscore(np.zeros(4)))


@pytest.mark.parametrize("seed", range(3))
def test_effective_rank_is_the_entropy_of_singular_values(seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(50, 9)) * np.arange(1, 10)
    singular = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert effective_rank(variances(rows)) == pytest.approx(np.exp(entropy(singular)), rel=1e-9)


def test_effective_rank_has_bounds() -> None:
    assert effective_rank(np.ones(7)) == pytest.approx(7)
    assert effective_rank(np.r_[1.0, np.zeros(6)]) == pytest.approx(1)
    assert effective_rank(np.zeros(3)) == 0


def test_axes_for_a_share() -> None:
    assert axes_for(np.array([5.0, 4, 1]), 0.5) == 1
    assert axes_for(np.array([5.0, 4, 1]), 0.9) == 2
    assert axes_for(np.array([5.0, 4, 1]), 1.0) == 3
