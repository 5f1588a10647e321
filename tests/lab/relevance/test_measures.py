"""Measures of probabilities, against scikit-learn and SciPy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, precision_recall_curve

from broadsheet.core.errors import UsageError
from broadsheet.lab.relevance.measures import (
    brier,
    calibration_error,
    precision_at_recall,
    reliability,
    risk_coverage,
    wilson,
)

RANDOM = np.random.default_rng(0)
CHANCES = RANDOM.random(1_000)
TRUTH = (RANDOM.random(1_000) < CHANCES**2).astype(float)


def test_bins_are_those_of_scikit_learn() -> None:
    share, mean = calibration_curve(TRUTH, CHANCES, n_bins=10, strategy="quantile")
    bins = reliability(CHANCES, TRUTH)
    assert [each.count for each in bins] == [100] * 10
    assert [each.relevant for each in bins] == pytest.approx(share, abs=0.011)  # an edge may lie on either side
    assert [each.promised for each in bins] == pytest.approx(mean, abs=0.002)
    assert calibration_error(CHANCES, TRUTH) == pytest.approx(np.abs(share - mean).mean(), abs=0.002)


def test_bins_between_edges() -> None:
    bins = reliability(np.array([0.05, 0.1, 0.6, 0.7]), np.array([0.0, 1.0, 1.0, 0.0]), edges=(0.1, 0.25, 0.5))
    assert [(each.count, each.relevant) for each in bins] == [(1, 0.0), (1, 1.0), (2, 0.5)]


def test_brier_is_that_of_scikit_learn() -> None:
    assert brier(CHANCES, TRUTH) == pytest.approx(brier_score_loss(TRUTH, CHANCES))


@pytest.mark.parametrize(("hits", "count"), [(0, 7), (3, 10), (50, 60), (9, 9)])
def test_the_interval_of_a_share_is_that_of_scipy(hits: int, count: int) -> None:
    other = binomtest(hits, count).proportion_ci(method="wilson")
    assert wilson(hits / count, count) == pytest.approx((other.low, other.high), abs=1e-6)


@pytest.mark.parametrize("recall", [0.1, 0.5, 0.9, 1.0])
def test_precision_at_a_recall_is_on_scikit_learns_curve(recall: float) -> None:
    scores = CHANCES.round(2)  # with ties
    precision, reached, _ = precision_recall_curve(TRUTH, scores)
    expected = precision[np.flatnonzero(reached >= recall - 1e-9)[-1]]
    found = precision_at_recall(scores, TRUTH, recall=recall, relevant=int(TRUTH.sum()))
    assert found == pytest.approx(expected)
    assert np.isnan(precision_at_recall(scores, TRUTH, recall=recall, relevant=10**6))


def test_the_error_among_the_answered() -> None:
    assert risk_coverage(np.array([0.2, 0.9, 0.5]), np.array([1.0, 0.0, 1.0])).tolist() == pytest.approx(
        [0, 0.5, 2 / 3]
    )


@pytest.mark.parametrize("chances", [[], [1.2], [np.nan]])
def test_what_is_not_a_probability_is_an_error(chances: list[float]) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        reliability(np.array(chances), np.zeros(len(chances)))
