"""Measures agree with ir-measures to the last digits, names are values, and intervals mean what they say."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import (
    ListDiversity,
    Measure,
    TopicCoverage,
    bootstrap,
    difference,
    parse,
    ranks,
    spearman,
    top_precision,
)

NAMES = [
    "nDCG",
    "nDCG@1",
    "nDCG@10",
    "P@1",
    "P@5",
    "P@20",
    "R@3",
    "R@100",
    "RR",
    "RR@2",
    "RR@10",
    "AP",
    "AP@5",
    "Success@1",
]
IDS = [f"d{i}" for i in range(30)]

# Of grades that are all below 0 the nDCG of trec_eval, which ir-measures calls, may never end.
grades = st.dictionaries(st.sampled_from(IDS), st.integers(-1, 4), min_size=1, max_size=20).filter(
    lambda each: max(each.values()) >= 0
)
rankings = st.lists(st.sampled_from(IDS), unique=True, max_size=30)
topics = st.lists(st.tuples(rankings, grades), min_size=1, max_size=5)


def theirs(name: str, ranked: list[list[str]], judged: list[dict[str, int]]) -> tuple[dict[str, float], float]:
    """The values by query, and their mean, as ir-measures has them; places become scores without ties."""
    run = {f"q{i}": {d: 1000.0 - place for place, d in enumerate(ids)} for i, ids in enumerate(ranked) if ids}
    qrels = {f"q{i}": each for i, each in enumerate(judged)}
    measure = ir_measures.parse_measure(name)
    total, values = ir_measures.calc([measure], qrels, run)
    return {value.query_id: value.value for value in values}, total[measure]


@pytest.mark.parametrize("name", NAMES)
def test_grades_that_are_all_below_zero_are_worth_nothing(name: str) -> None:
    assert parse(name)(["d1", "d27"], {"d10": -1, "d27": -1}) == 0.0


@settings(max_examples=60, deadline=None)
@given(topics, st.sampled_from(NAMES))
def test_agrees_with_ir_measures(given_topics: list[tuple[list[str], dict[str, int]]], name: str) -> None:
    measure = parse(name)
    ranked, judged = [list(each) for each in zip(*given_topics, strict=True)]
    values, mean = theirs(name, ranked, judged)
    ours = [measure(ids, each) for ids, each in zip(ranked, judged, strict=True)]
    assert [values[f"q{i}"] for i in range(len(ours))] == pytest.approx(ours, abs=1e-6)
    assert float(np.mean(ours)) == pytest.approx(mean, abs=1e-6)
    assert all(0.0 <= value <= 1.0 + 1e-12 for value in ours)


def test_worked_by_hand() -> None:
    judged = {"a": 2, "b": 1, "c": 0}
    assert parse("nDCG@3")(["b", "c", "a"], judged) == pytest.approx((1 + 2 / 2) / (2 + 1 / np.log2(3)))
    assert parse("P@5")(["b", "c", "a"], judged) == pytest.approx(0.4)
    assert parse("AP")(["b", "c", "a"], judged) == pytest.approx((1 + 2 / 3) / 2)
    assert parse("RR")(["c", "a"], judged) == pytest.approx(0.5)
    assert parse("R@1")(["a"], judged) == pytest.approx(0.5)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_relevant_and_nothing_found_are_zero(name: str) -> None:
    assert parse(name)(["a", "b"], {"a": 0, "b": -2}) == 0.0
    assert parse(name)([], {"a": 1}) == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_value(name: str) -> None:
    assert repr(parse(name)) == str(parse(name)) == name
    assert parse(repr(parse(name))) == parse(name)


def test_usual_other_names() -> None:
    assert [repr(parse(name)) for name in ("NDCG@10", "MRR@10", "MAP", "Recall@5", "Precision@5")] == [
        "nDCG@10", "RR@10", "AP", "R@5", "P@5",
    ]  # fmt: skip
    assert parse("NDCG@10") == Measure("nDCG", 10)


@pytest.mark.parametrize("text", ["ndgc@10", "nDCG@0", "nDCG@-1", "nDCG@ten", "", "@10", "nDCG@9999999", "P(rel=2)@5"])
def test_unknown_names_are_one_helpful_line(text: str) -> None:
    with pytest.raises(UsageError, match="nDCG@10") as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_a_misspelt_name_gets_the_nearest_and_a_bare_one_its_cutoff() -> None:
    with pytest.raises(UsageError, match="Did you mean Success"):
        parse("Succes@10")
    with pytest.raises(UsageError, match="write P@10"):
        parse("P")


def test_bootstrap_covers_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    covered = 0
    for trial in range(200):
        low, high = bootstrap(random.beta(2, 1, size=80), seed=trial, rounds=500)
        covered += low <= 2 / 3 <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_bootstrap_is_repeatable_and_narrows() -> None:
    values = np.random.default_rng(1).random(200)
    low, high = bootstrap(values, seed=3)
    assert (low, high) == bootstrap(values.tolist(), seed=3)
    assert low < values.mean() < high
    inner = bootstrap(values, seed=3, level=0.5)
    assert low < inner[0] < inner[1] < high
    assert bootstrap([0.25], seed=0) == (0.25, 0.25)


def test_many_values_are_resampled_in_pieces() -> None:
    values = np.random.default_rng(1).random(300_000)
    low, high = bootstrap(values, seed=0, rounds=40)
    assert low < values.mean() < high
    assert high - low < 0.01


def test_difference_of_paired_settings() -> None:
    random = np.random.default_rng(5)
    base = random.random(150)
    better = base + 0.05 + random.normal(0, 0.02, size=150)
    found = difference(better, base, seed=0, rounds=2_000)
    assert found.low < found.mean < found.high
    assert found.low > 0.04
    assert found.p < 0.001
    alike = difference(base, base, seed=0, rounds=200)
    assert (alike.mean, alike.low, alike.high, alike.p) == (0.0, 0.0, 0.0, 1.0)
    noise = difference(base + random.normal(0, 0.3, size=150), base, seed=0, rounds=2_000)
    assert noise.low < 0 < noise.high
    assert noise.p > 0.05


@pytest.mark.parametrize(
    "call",
    [
        lambda: bootstrap([], seed=0),
        lambda: bootstrap([1.0], seed=0, level=95),
        lambda: difference([1.0], [1.0, 2.0], seed=0),
    ],
)
def test_impossible_intervals_are_usage_errors(call) -> None:
    with pytest.raises(UsageError):
        call()


def test_spearman_is_the_correlation_of_ranks() -> None:
    one, other = [3.0, 1, 4, 1, 5], [10.0, 20, 30, 20, 90]
    assert ranks(one).tolist() == [3, 1.5, 4, 1.5, 5]
    assert spearman(one, other) == pytest.approx(np.corrcoef(ranks(one), ranks(other))[0, 1])
    assert spearman(one, one) == pytest.approx(1)
    assert spearman(one, [1.0] * 5) == 0


def test_top_precision_counts_all_that_tie_with_the_last() -> None:
    assert top_precision([9.0, 8, 7, 1], [5.0, 0, 5, 5], 2) == 0.5
    assert top_precision([1.0, 2], [1.0, 2], 3) == 1


def test_topic_coverage_by_hand() -> None:
    topics = {"a": {"ropes"}, "b": {"ropes", "soups"}, "c": {"owls"}, "e": ("maps",)}
    assert TopicCoverage(2)(["a", "x", "b"], topics) == 1 / 4
    assert TopicCoverage(3)(["a", "x", "b"], topics) == 2 / 4
    assert TopicCoverage(3)(["x"], topics) == TopicCoverage(3)(["a"], {}) == 0.0
    assert repr(TopicCoverage(20)) == "STREC@20"


def test_list_diversity_by_hand() -> None:
    rows = np.array([[1, 0], [0, 1], [-1, 0], [1, 0]], dtype=np.float32)
    assert ListDiversity(3)(rows) == pytest.approx((1 + 2 + 1) / 3)
    assert ListDiversity(9)(rows[[0, 3]]) == pytest.approx(0)
    assert ListDiversity(1)(rows) == ListDiversity(3)(rows[:0]) == 0.0
    assert repr(ListDiversity(20)) == "ILD@20"
