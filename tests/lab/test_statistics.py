"""Statistics agree with scipy and scikit-learn, on the rows themselves and on every resample of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.statistics import STATISTICS, statistic


def best_f1(rows: Floats) -> float:
    precision, recall, _ = metrics.precision_recall_curve(rows[:, 1], rows[:, 0])
    return float((2 * precision * recall / np.maximum(precision + recall, 1e-12)).max())


def mined_f1(rows: Floats) -> float:
    """The best of all thresholds, one after the other."""
    score, right, possible = rows.T
    taken = [score >= edge for edge in np.unique(score)]
    return max(float(2 * right[some].sum() / (some.sum() + possible.sum())) for some in taken)


REFERENCES: dict[str, Callable[[Floats], float]] = {
    "mean": lambda rows: rows.mean(),
    "accuracy": lambda rows: rows.mean(),
    "pearson": lambda rows: stats.pearsonr(*rows.T)[0],
    "spearman": lambda rows: stats.spearmanr(*rows.T)[0],
    "kendall": lambda rows: stats.kendalltau(*rows.T)[0],
    "ap": lambda rows: metrics.average_precision_score(rows[:, 1], rows[:, 0]),
    "best_f1": best_f1,
    "mined_f1": mined_f1,
    "auc": lambda rows: metrics.roc_auc_score(rows[:, 1], rows[:, 0]),
    "v_measure": lambda rows: metrics.v_measure_score(rows[:, 1], rows[:, 0]),
    "f1": lambda rows: metrics.f1_score(rows[:, 1], rows[:, 0]),
    "macro_f1": lambda rows: metrics.f1_score(rows[:, 1], rows[:, 0], average="macro"),
}


def rows_of(name: str, count: int, seed: int = 0) -> Floats:
    """Rows with ties, of the form that a statistic needs."""
    random = np.random.default_rng(seed)
    score = random.normal(size=count).round(1)
    gold = (score + random.normal(size=count)).round(0)
    codes = random.integers(0, 6, count)
    label = np.where(random.random(count) < 0.6, codes % 4, random.integers(0, 4, count))
    kinds = {
        ("value",): score[:, None],
        ("score", "gold"): np.column_stack([score, gold]),
        ("score", "label"): np.column_stack([score, gold > 0]),
        ("score", "right", "possible"): np.column_stack([score, gold > 0, gold > -1]),
        ("cluster", "label"): np.column_stack([codes, label]),
        ("choice", "label"): np.column_stack([score > 0, gold > 0]),
        ("predicted", "label"): np.column_stack([codes, label]),
    }
    return kinds[STATISTICS[name].columns].astype(np.float64)


def test_every_statistic_has_a_reference() -> None:
    assert set(REFERENCES) == set(STATISTICS)


@pytest.mark.parametrize("name", REFERENCES)
def test_a_value_is_the_reference_s(name: str) -> None:
    for count, seed in ((2_000, 1), (40, 2), (9, 3)):
        rows = rows_of(name, count, seed)
        assert statistic(name)(rows) == pytest.approx(REFERENCES[name](rows), abs=1e-12)


@pytest.mark.parametrize("name", REFERENCES)
def test_weights_are_rows_drawn_so_often(name: str) -> None:
    rows, random = rows_of(name, 60), np.random.default_rng(5)
    drawn = random.integers(0, 60, (40, 60))
    weights = np.stack([np.bincount(each, minlength=60) for each in drawn]).astype(np.float64)
    expected = [REFERENCES[name](rows[each]) for each in drawn]
    np.testing.assert_allclose(statistic(name).prepare(rows)(weights), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [("spearman", 0.0), ("pearson", 0.0), ("ap", 0.0), ("best_f1", 0.0), ("auc", 0.5)],
)
def test_what_is_not_defined_is_what_chance_gives(name: str, value: float) -> None:
    assert statistic(name)(np.column_stack([np.arange(5.0), np.zeros(5)])) == value


def test_one_cluster_and_one_label_are_as_scikit_learn_has_them() -> None:
    for clusters, labels in (([0, 0, 0], [0, 0, 0]), ([0, 0, 0], [0, 1, 1]), ([0, 1, 2], [0, 0, 0])):
        rows = np.column_stack([clusters, labels]).astype(np.float64)
        assert statistic("v_measure")(rows) == pytest.approx(metrics.v_measure_score(labels, clusters))


@pytest.mark.parametrize("name", REFERENCES)
def test_exchange_keeps_both_values(name: str) -> None:
    one, other = rows_of(name, 80, 1), rows_of(name, 80, 1)
    other[:, 0] = rows_of(name, 80, 9)[:, 0] if STATISTICS[name].columns != ("value",) else other[:, 0] * 2
    measured = statistic(name)
    for before, after in zip((one, other), measured.exchange(one, other), strict=True):
        assert measured(after) == pytest.approx(measured(before), abs=1e-12)


def test_exchange_makes_scales_equal_and_cluster_names_agree() -> None:
    rows = rows_of("spearman", 50)
    far = rows * [100.0, 1.0] + [7.0, 0.0]
    for name in ("spearman", "pearson", "auc"):
        one, other = STATISTICS[name].exchange(rows, far)
        np.testing.assert_allclose(one, other, atol=1e-9)
    clusters = rows_of("v_measure", 50)
    renamed = np.column_stack([(clusters[:, 0] + 2) % 6, clusters[:, 1]])
    one, other = STATISTICS["v_measure"].exchange(clusters, renamed)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        ("spearman", [[1.0]], r"\(score, gold\); got the shape \(1, 1\)"),
        ("mean", np.empty((0, 1)), "got the shape"),
        ("ap", [[0.5, 2.0]], "0 or 1; got 2"),
        ("mean", [0.5, np.nan], "Row 1 is not finite"),
        ("pearson", [[np.inf, 1.0]], "Row 0 is not finite"),
    ],
)
def test_rows_of_another_form_are_refused(name: str, rows: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        statistic(name)(np.asarray(rows))


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(UsageError, match="spearman"):
        statistic("spearmen")
