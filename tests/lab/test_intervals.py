"""Intervals agree with scipy's bootstrap and cover as often as they say; what is odd is said next to the value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import v_measure_score

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, bootstrap
from broadsheet.lab.intervals import (
    Sample,
    bca_tails,
    distribution,
    draws,
    estimate,
    interval,
    jackknife,
    judgement_warnings,
    query_groups,
    sample,
    skewness,
)
from broadsheet.lab.statistics import statistic
from broadsheet.lab.task import Figure, Row

RANDOM = np.random.default_rng


def made(numbers: Any, name: str = "mean", groups: Sequence[str] = ()) -> Sample:
    rows = np.atleast_2d(np.asarray(numbers, dtype=np.float64).T).T
    names = groups or [""] * len(rows)
    given = [Row("it", f"q{i}", tuple(row), names[i]) for i, row in enumerate(rows.tolist())]
    return sample(given, Figure("it", name), subject="a", set="s")


def correlated(count: int, seed: int) -> Floats:
    random = RANDOM(seed)
    x = random.normal(size=count)
    return np.column_stack([x, 2 * x + random.normal(size=count)])


def test_a_mean_has_the_interval_it_always_had() -> None:
    values = RANDOM(0).normal(0.6, 0.2, size=200)
    found = estimate(made(values), seed=4)
    assert (found.low, found.high) == bootstrap(values, seed=4)
    assert (found.value, found.method, found.items, found.groups) == (values.mean(), "percentile", 200, 200)
    assert found.error == pytest.approx(stats.sem(values, ddof=0))


@pytest.mark.parametrize("name", ["mean", "pearson", "spearman"])
def test_bca_agrees_with_scipy(name: str) -> None:
    rows = RANDOM(1).exponential(size=(40, 1)) if name == "mean" else correlated(40, 1)
    found = estimate(made(rows, name), seed=0)
    call = statistic(name)
    reference = stats.bootstrap(
        tuple(rows.T), lambda *columns: call(np.column_stack(columns)), paired=True, vectorized=False,
        n_resamples=3_000, method="BCa", rng=RANDOM(2),
    )  # fmt: skip
    assert found.method == "BCa"
    width = found.high - found.low
    assert found.low == pytest.approx(reference.confidence_interval.low, abs=0.06 * width)
    assert found.high == pytest.approx(reference.confidence_interval.high, abs=0.06 * width)
    assert found.error == pytest.approx(reference.standard_error, rel=0.08)


def test_bca_shifts_the_tails_as_efron_does() -> None:
    """With scipy's own draws, the shifted tails are scipy's interval to the last digits."""
    values = RANDOM(3).exponential(size=30)
    reference = stats.bootstrap((values,), np.mean, n_resamples=2_000, method="BCa", rng=RANDOM(4))
    drawn = reference.bootstrap_distribution
    left_out = jackknife(made(values), statistic("mean").prepare(values[:, None]))
    tails = bca_tails(drawn, values.mean(), left_out, (0.025, 0.975))
    assert tails is not None
    np.testing.assert_allclose(np.quantile(drawn, tails), reference.confidence_interval, atol=1e-9)
    assert interval(drawn, values.mean(), lambda: left_out)[2] == "BCa"


def test_percentiles_are_scipy_s_where_nothing_is_skewed() -> None:
    drawn = RANDOM(5).normal(size=3_000)
    found = interval(drawn, 0.0, lambda: pytest.fail("not skewed: no jackknife is needed"))
    assert found[:2] == pytest.approx(np.quantile(drawn, [0.025, 0.975]))
    assert found[2] == "percentile"
    assert skewness(drawn) == pytest.approx(stats.skew(drawn))


def test_a_bca_interval_covers_better_than_percentiles_where_skewed() -> None:
    """The variance of a skewed statistic: Spearman at a high correlation with 25 items."""
    truth = 6 / np.pi * np.arcsin(0.9 / 2)
    inside = 0
    for seed in range(150):
        random = RANDOM(seed)
        x = random.normal(size=25)
        rows = np.column_stack([x, 0.9 * x + np.sqrt(1 - 0.81) * random.normal(size=25)])
        found = estimate(made(rows, "spearman"), seed=seed)
        inside += found.low <= truth <= found.high
    assert 0.90 <= inside / 150 <= 0.98


def test_items_of_a_group_are_drawn_together() -> None:
    values, groups = RANDOM(6).normal(size=40), [f"g{i // 8}" for i in range(40)]
    measured = made(values, groups=groups)
    assert measured.units == 5
    weights = np.concatenate([*draws(measured, 50, seed=0)])
    assert weights.shape == (50, 40)
    assert (weights.reshape(50, 5, 8) == weights.reshape(50, 5, 8)[:, :, :1]).all()
    assert (weights[:, ::8].sum(axis=1) == 5).all()


def test_groups_widen_the_interval_as_much_as_they_share() -> None:
    """Items of a group that are equal are one draw: the interval is that of the groups' own values."""
    own = RANDOM(7).normal(size=60)
    repeated = made(np.repeat(own, 10), groups=[f"g{i // 10}" for i in range(600)])
    alone, together, naive = estimate(made(own)), estimate(repeated), estimate(made(np.repeat(own, 10)))
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.05)
    assert naive.high - naive.low < 0.5 * (together.high - together.low)
    assert (together.items, together.groups) == (600, 60)


def test_an_item_without_a_group_is_one_of_its_own() -> None:
    assert made(np.arange(4.0), groups=["a", "a", "", ""]).units == 3


def test_the_jackknife_leaves_out_each_unit_or_a_thousand_parts() -> None:
    values = RANDOM(8).normal(size=50)
    call = statistic("mean").prepare(values[:, None])
    np.testing.assert_allclose(jackknife(made(values), call), [np.delete(values, i).mean() for i in range(50)])
    grouped = made(values, groups=[f"g{i % 5}" for i in range(50)])
    np.testing.assert_allclose(
        jackknife(grouped, call), [values[np.arange(50) % 5 != part].mean() for part in range(5)]
    )
    many = RANDOM(9).exponential(size=2_500)
    parts = jackknife(made(many), statistic("mean").prepare(many[:, None]))
    gaps = parts.mean() - parts
    assert len(parts) == 1_000
    assert (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5) == pytest.approx(
        skewness(many) / (6 * np.sqrt(2_500)), rel=0.25
    )


def test_draws_are_those_of_a_bootstrap_and_repeat() -> None:
    measured = made(correlated(30, 0), "pearson")
    call = measured.statistic.prepare(measured.numbers)
    first = distribution(measured, call, seed=1)
    assert len(first) == 2_000
    np.testing.assert_array_equal(first, distribution(measured, call, seed=1))
    weights = next(draws(measured, 100, seed=1))
    assert (weights.sum(axis=1) == 30).all()


def test_one_item_is_its_own_interval() -> None:
    found = estimate(made([0.25]))
    assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)
    assert found.warnings == ("There is only one item: its value says nothing about others.",)


@pytest.mark.parametrize(
    ("rows", "name", "said"),
    [
        (np.linspace(0, 1, 12), "mean", "Only 12 items"),
        (np.full(40, 0.5), "mean", "All 40 items have the same value"),
        (np.column_stack([np.arange(40.0), np.ones(40)]), "spearman", "All 40 judgements are equal"),
        (np.column_stack([np.ones(40), np.arange(40.0)]), "spearman", "All 40 scores are equal"),
        (np.column_stack([np.arange(40.0) // 2, np.arange(40.0)]), "spearman", "20 of 40 scores are ties"),
        (np.column_stack([np.arange(40.0), np.ones(40)]), "ap", "All 40 judgements are equal"),
    ],
)
def test_what_is_odd_is_next_to_the_value(rows: Floats, name: str, said: str) -> None:
    found = estimate(made(rows, name))
    assert any(said in each for each in found.warnings), found.warnings
    assert np.isfinite([found.value, found.low, found.high]).all()


def test_an_ordinary_value_has_no_warning() -> None:
    assert estimate(made(correlated(100, 0), "spearman")).warnings == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no rows of it"),
        ([Row("it", "q", (1.0,)), Row("it", "q", (1.0,))], "2 rows of it for the item 'q'"),
        ([Row("it", "q", (1.0,)), Row("it", "r", (1.0, 2.0))], r"\[1, 2\] numbers"),
        ([Row("it", "q", (float("nan"),))], "not finite"),
    ],
)
def test_rows_that_are_no_sample_are_refused(rows: list[Row], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        sample(rows, Figure("it"), set="s")


def test_a_level_outside_is_refused() -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        estimate(made([1.0, 2.0]), level=95)


def test_queries_that_ask_for_the_same_documents_are_a_group() -> None:
    """Against all pairs, linked one by one."""
    random = RANDOM(10)
    judged = {
        f"q{i}": {f"d{each}": int(grade) for each, grade in
                  zip(random.integers(0, 25, size=4), random.integers(0, 3, size=4), strict=True)}
        for i in range(60)
    }  # fmt: skip
    relevant = {query: {each for each, grade in own.items() if grade > 0} for query, own in judged.items()}
    groups = {query: {query} for query in judged}
    for one, other in combinations(judged, 2):
        both = relevant[one] | relevant[other]
        if both and len(relevant[one] & relevant[other]) >= 0.5 * len(both):
            whole = groups[one] | groups[other]
            groups |= dict.fromkeys(whole, whole)
    found = query_groups(judged)
    assert set(found) == {query for query, own in groups.items() if len(own) > 1}
    assert 5 < len(found) < 60
    for query, name in found.items():
        assert {each for each, other in found.items() if other == name} == groups[query]


def test_queries_without_anything_relevant_are_alone() -> None:
    assert query_groups({"a": {"d": 0}, "b": {}, "c": {"d": 1}, "e": {"d": 2}}) == {"c": "c", "e": "c"}


def test_odd_judgements_are_named() -> None:
    judged = {"a": {"d": 1, "e": 1}, "b": {"d": 2, "f": 2}}
    assert judgement_warnings(judged) == [
        "All grades of every query are equal: only what was judged is told from what was not."
    ]
    found = judgement_warnings({"a": {"d": 0}, "b": {"d": 1, "e": 0}}, [("a", "d"), ("a", "d"), ("b", "d")])
    assert found == [
        "1 of 2 queries has nothing relevant ('a'): a query like that counts as 0.",
        "1 of the pairs is judged more than once, first ('a', 'd'): the last judgement counts.",
    ]


def test_an_interval_holds_its_value_where_drawing_twice_moves_the_statistic() -> None:
    """Doubles make clusters look purer than they are, so every draw may lie above the value."""
    random = np.random.default_rng(4)
    labels = random.integers(0, 60, 120)
    clusters = np.where(random.random(120) < 0.3, labels, random.integers(0, 60, 120))
    pairs = np.column_stack([clusters, labels]).astype(float)
    rows = [Row("V", f"i{place}", (a, b)) for place, (a, b) in enumerate(pairs.tolist())]
    found = estimate(sample(rows, Figure("V", "v_measure")))
    assert found.low < found.value < found.high
    assert found.method == "jackknife"
    without = [v_measure_score(*np.delete(pairs, place, axis=0).T[::-1]) for place in range(120)]
    error = np.sqrt(119 / 120 * ((without - np.mean(without)) ** 2).sum())
    assert found.high - found.value == pytest.approx(1.96 * error, rel=1e-3)
