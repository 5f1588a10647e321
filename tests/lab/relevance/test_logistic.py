"""The fit of a logistic curve, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from broadsheet.core.errors import UsageError
from broadsheet.lab.relevance.logistic import fitted


def drawn(count: int = 4_000) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    features = {"height": random.normal(2, 3, count), "words": random.random(count), "noise": random.normal(size=count)}
    odds = -3 + 0.8 * features["height"] + 2 * features["words"] - 0.5 * features["noise"]
    return features, (random.random(count) < 1 / (1 + np.exp(-odds))).astype(float), random.random(count) + 0.1


def test_it_is_the_weighted_fit_of_scikit_learn() -> None:
    features, truth, counts = drawn()
    curve = fitted(features, truth, counts)
    rows = np.stack(list(features.values()), axis=1)
    other = LogisticRegression(C=1e6, tol=1e-10, max_iter=1_000).fit(rows, truth, sample_weight=counts)
    assert list(curve.weights.values()) == pytest.approx(other.coef_[0].tolist(), rel=0.002)
    assert curve.constant == pytest.approx(float(other.intercept_[0]), rel=0.002)


def test_a_weight_that_may_not_fall_is_0_and_the_others_are_fitted_without_it() -> None:
    features, truth, counts = drawn()
    curve = fitted(features, truth, counts, rising=("height", "noise"))
    without = fitted({name: features[name] for name in ("height", "words")}, truth, counts)
    assert curve.weights["noise"] == 0
    assert curve.weights["height"] == pytest.approx(without.weights["height"], rel=1e-6)


def test_a_feature_that_never_changes_gets_no_weight() -> None:
    features, truth, counts = drawn(500)
    assert fitted({**features, "noise": np.full(500, 3.0)}, truth, counts).weights["noise"] == 0


@pytest.mark.parametrize(("value", "truth"), [(np.nan, [0.0, 1.0]), (1.0, [1.0, 1.0]), (1.0, [])])
def test_what_cannot_be_fitted_is_an_error(value: float, truth: list[float]) -> None:
    with pytest.raises(UsageError, match="A curve needs"):
        fitted({"height": np.full(len(truth), value)}, np.array(truth), np.ones(len(truth)))
