"""Differences are found as often as they say, corrected as Holm did, and told in one sentence."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, difference
from broadsheet.lab.comparison import (
    Comparison,
    Summary,
    across_seeds,
    compare,
    corrected,
    holm,
    matched,
    resolutions,
    sign_test,
    summary,
    table,
    ties,
    ties_sentences,
    variance_shares,
)
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.statistics import statistic
from broadsheet.lab.task import Figure, Row

RANDOM = np.random.default_rng


def made(numbers: Any, name: str = "mean", **other: Any) -> Sample:
    rows = np.atleast_2d(np.asarray(numbers, dtype=np.float64).T).T
    groups = other.pop("groups", None) or [""] * len(rows)
    given = [Row("it", f"q{i}", tuple(row), groups[i]) for i, row in enumerate(rows.tolist())]
    figure = Figure("it", name, other.pop("higher", True))
    return sample(given, figure, **{"subject": "a", "set": "s"} | other)


def scored(count: int, noise: float, seed: int) -> Floats:
    """(score, gold) of a system whose scores are gold with noise; the gold is the same for all systems."""
    gold = RANDOM(0).normal(size=count)
    return np.column_stack([gold + noise * RANDOM(seed).normal(size=count), gold])


def fixed(**given: Any) -> Comparison:
    whole = {
        "set": "s", "figure": "it", "one": "a", "other": "b", "gain": 0.1, "low": 0.0, "high": 0.2, "error": 0.01,
        "p": 0.5, "adjusted": 0.5, "items": 100,
    }  # fmt: skip
    return Comparison(**whole | given)


def test_a_difference_of_means_is_the_one_that_was_there() -> None:
    random = RANDOM(1)
    one, other = random.random(80), random.random(80)
    found, known = compare(made(one), made(other, subject="b"), seed=3), difference(one, other, seed=3)
    assert (found.gain, found.p) == (pytest.approx(known.mean), known.p)
    assert (found.low, found.high) == (known.low, known.high)
    assert found.error == pytest.approx(stats.sem(one - other, ddof=0))


def test_the_same_numbers_differ_by_exactly_nothing() -> None:
    rows = scored(50, 1.0, 1)
    found = compare(made(rows, "spearman"), made(rows, "spearman", subject="b"), margin=0.01)
    assert (found.gain, found.low, found.high, found.error, found.p) == (0, 0, 0, 0, 1)
    assert found.verdict == "equal"


@pytest.mark.parametrize("name", ["mean", "spearman", "pearson"])
def test_the_permutation_test_is_scipy_s(name: str) -> None:
    one, other = scored(12, 0.8, 1), scored(12, 1.6, 2)
    if name == "mean":
        one, other = one[:, :1], other[:, :1]
    call = statistic(name)
    found = compare(made(one, name), made(other, name, subject="b"), seed=0)
    first, second = call.exchange(one, other)
    reference = stats.permutation_test(
        (first[:, 0], second[:, 0]), lambda x, y: gap(call, x, y, one), permutation_type="samples", n_resamples=4_096,
        vectorized=False, rng=RANDOM(3),
    )  # fmt: skip
    assert found.p == pytest.approx(reference.pvalue, abs=0.04)
    assert found.gain == pytest.approx(call(one) - call(other))


def gap(call: Any, x: Floats, y: Floats, rows: Floats) -> float:
    return float(call(np.column_stack([x, rows[:, 1:]])) - call(np.column_stack([y, rows[:, 1:]])))


@pytest.mark.parametrize("name", ["mean", "spearman", "auc"])
def test_equal_subjects_differ_as_rarely_as_it_says_and_others_are_found(name: str) -> None:
    wrong = found = 0
    for seed in range(40):
        gold = RANDOM(seed).normal(size=80)
        one, twin, worse = (
            gold + noise * RANDOM((seed, place + 1)).normal(size=80) for place, noise in enumerate((1.0, 1.0, 4.0))
        )
        kinds = {"mean": [-np.abs(x - gold) for x in (one, twin, worse)]}
        label = gold > 0 if name == "auc" else gold
        rows = kinds.get(name) or [np.column_stack([x, label]) for x in (one, twin, worse)]
        first, again, last = (made(each, name, subject=who) for each, who in zip(rows, "abc", strict=True))
        wrong += compare(first, again, seed=seed).p <= 0.05
        found += compare(first, last, seed=seed).verdict == "better"
    assert wrong <= 6  # of 40, of which 2 are expected: P(more) is 0.3 %
    assert found >= 32


def test_scales_do_not_matter_to_ranks() -> None:
    one, other = scored(200, 0.5, 1), scored(200, 0.5, 2)
    stretched = other * [1_000.0, 1.0] + [50.0, 0.0]
    same = [compare(made(one, "spearman"), made(each, "spearman", subject="b"), seed=0) for each in (other, stretched)]
    assert same[0] == same[1]


def test_an_error_is_better_when_it_is_lower() -> None:
    low, high = RANDOM(0).normal(0.1, 0.05, 100), RANDOM(1).normal(0.4, 0.05, 100)
    found = compare(made(low, higher=False), made(high, higher=False, subject="b"))
    assert found.verdict == "better"
    assert found.gain == pytest.approx(0.3, abs=0.03)
    assert found.low > 0


def test_groups_swap_and_are_drawn_together() -> None:
    """Ten equal rows for each of 12 groups are 12 differences, not 120."""
    gaps = RANDOM(4).normal(0.15, 0.4, size=12)
    groups = [f"g{i // 10}" for i in range(120)]
    many = compare(made(np.repeat(gaps, 10), groups=groups), made(np.zeros(120), subject="b", groups=groups))
    few = compare(made(gaps), made(np.zeros(12), subject="b"))
    naive = compare(made(np.repeat(gaps, 10)), made(np.zeros(120), subject="b"))
    assert many.p == few.p
    assert naive.p < 0.2 * few.p
    assert many.error == pytest.approx(few.error, rel=0.1)


def test_holm_is_that_of_the_worked_examples() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_rejects_what_the_step_down_rule_does() -> None:
    ps = RANDOM(2).beta(0.3, 4, size=30).tolist()
    ordered = sorted(ps)
    stop = next((step for step, p in enumerate(ordered) if p > 0.05 / (30 - step)), 30)
    assert {p for p, adjusted in zip(ps, holm(ps), strict=True) if adjusted <= 0.05} == set(ordered[:stop])
    assert 0 < stop < 30


def test_a_table_can_be_significant_however_many_comparisons_it_has() -> None:
    samples = [
        made(scored(30, noise, 3), "spearman", subject=f"{noise}", set=f"s{place}")
        for place in range(14)
        for noise in (0.1, 9.0, 9.1)
    ]
    compared = table(samples)
    assert len(compared) == 42
    clear = [each for each in compared if each.one == "0.1" and each.other in ("9.0", "9.1")]
    assert {each.verdict for each in clear} == {"better"}
    assert all(each.adjusted >= each.p for each in compared)


def test_ties_are_the_largest_groups_without_a_difference() -> None:
    """Against all subsets, on random patterns."""
    for seed in range(40):
        random, names = RANDOM(seed), list("abcdef")
        apart = {pair for pair in combinations(names, 2) if random.random() < 0.5}
        compared = [fixed(one=x, other=y, adjusted=0.01 if (x, y) in apart else 0.3) for x, y in combinations(names, 2)]
        free = [
            set(some)
            for size in range(1, 7)
            for some in combinations(names, size)
            if not any(pair in apart for pair in combinations(some, 2))
        ]
        largest = {tuple(sorted(each)) for each in free if not any(each < other for other in free)}
        assert set(ties(names, compared)) == largest


def test_ties_are_told_best_first() -> None:
    ps = {("m", "s"): 0.2, ("m", "h"): 0.01, ("s", "h"): 0.3} | {(each, "r"): 0.01 for each in "msh"}
    compared = [fixed(one=one, other=other, adjusted=p) for (one, other), p in ps.items()]
    groups = ties(["m", "s", "h", "r"], compared)
    assert groups == [("m", "s"), ("s", "h"), ("r",)]
    assert ties_sentences(groups) == ["These 2 cannot be told apart: m, s.", "These 2 cannot be told apart: s, h."]


def test_a_resolution_is_found_in_80_of_100_sets() -> None:
    """Against the power of the paired t-test, from the noncentral t of scipy."""
    gaps = RANDOM(5).normal(0, 0.3, size=200)
    found = compare(made(gaps), made(np.zeros(200), subject="b"))
    [seen] = resolutions([found])
    shift, edge = seen.value / (np.std(gaps) / np.sqrt(200)), stats.t.ppf(0.975, 199)
    assert 1 - stats.nct.cdf(edge, 199, shift) == pytest.approx(0.80, abs=0.03)
    assert found.needed(seen.value / 2) == pytest.approx(800, abs=2)
    with pytest.raises(UsageError, match="0 cannot be seen"):
        found.needed(0)


def test_a_set_s_resolution_is_the_median_of_its_pairs() -> None:
    compared = [fixed(error=error) for error in (0.01, 0.03, 0.0, 0.02)] + [fixed(set="t", error=0.5, items=9)]
    first, second = resolutions(compared)
    assert (first.value, first.low, first.high) == pytest.approx((0.056, 0.028, 0.084), abs=1e-3)
    assert (first.pairs, second.set, second.items) == (3, "t", 9)


def test_equality_is_two_one_sided_tests() -> None:
    for seed in range(12):
        gaps = RANDOM(seed).normal(0.004, 0.05, size=150)
        found = compare(made(gaps), made(np.zeros(150), subject="b"), margin=0.01, seed=seed)
        ps = [
            stats.ttest_1samp(gaps, -0.01, alternative="greater").pvalue,
            stats.ttest_1samp(gaps, 0.01, alternative="less").pvalue,
        ]
        if not 0.04 < max(ps) < 0.06:
            assert found.equal == (max(ps) <= 0.05)
    assert not compare(made(gaps), made(np.zeros(150), subject="b")).equal


def test_a_sentence_says_all_of_it() -> None:
    sets = tuple(
        fixed(set=name, one="minilm", other="static", adjusted=p, gain=gain, error=error, margin=0.01, equal=equal)
        for name, p, gain, error, equal in (
            ("scifact", 0.001, 0.2, 0.01, False), ("cacm", 0.2, 0.02, 0.0107, False), ("stsb", 0.3, 0.0, 0.02, False),
            ("sick", 0.01, -0.1, 0.02, False), ("mrpc", 0.9, 0.001, 0.002, True),
        )
    )  # fmt: skip
    whole = Summary(one="minilm", other="static", sets=sets, gain=0.0, low=0.0, high=0.0, sign=0.3)
    assert whole.sentence == (
        "minilm is better than static on 1 of 5 sets, worse on 1 (sick); 1 shows them equal within 0.01; "
        "2 cannot tell: their resolution is 0.03 to 0.056."
    )
    short = replace(whole, sets=tuple(replace(each, adjusted=0.01, gain=0.1) for each in sets))
    assert short.sentence == "minilm is better than static on 5 of 5 sets, worse on none."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"adjusted": 0.01}, "a is better than b by 0.1 (+0.000 to +0.200) of it on s."),
        ({"adjusted": 0.01, "gain": -0.1}, "a is worse than b by 0.1"),
        ({"equal": True, "margin": 0.02}, "a and b are equal within 0.02 of it on s."),
        ({}, "a and b cannot be told apart by it on s: its resolution is 0.028."),
    ],
)
def test_a_sentence_about_one_set(given: dict[str, Any], said: str) -> None:
    whole = Summary(one="a", other="b", sets=(fixed(**given),), gain=0.1, low=0.0, high=0.2, sign=1.0)
    assert whole.sentence.startswith(said)


def test_several_sets_weigh_the_same_and_are_drawn_within() -> None:
    """Against the standard error of a mean of independent means."""
    sizes, random = (40, 400, 90), RANDOM(6)
    gaps = [random.normal(0.05, 0.3, size=size) for size in sizes]
    pairs = [
        (made(each, set=f"s{place}"), made(np.zeros(len(each)), set=f"s{place}", subject="b"))
        for place, each in enumerate(gaps)
    ]
    found = summary(pairs)
    error = np.sqrt(sum(each.var() / len(each) for each in gaps)) / 3
    assert found.gain == pytest.approx(np.mean([each.mean() for each in gaps]))
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.06)
    assert found.sign == sign_test([each.mean() for each in gaps])
    with pytest.raises(UsageError, match="got 0 pairs"):
        summary([])


def test_the_sign_test_is_scipy_s() -> None:
    for wins, losses in ((6, 0), (4, 2), (3, 3), (1, 7)):
        expected = stats.binomtest(wins, wins + losses).pvalue
        assert sign_test([1.0] * wins + [-1.0] * losses + [0.0]) == pytest.approx(expected)


def test_the_correction_is_over_all_that_was_given() -> None:
    compared = corrected([fixed(p=0.01), fixed(p=0.04), fixed(p=0.5)])
    assert [each.adjusted for each in compared] == pytest.approx([0.03, 0.08, 0.5])
    assert compared[0].to_json()["verdict"] == "better"
    assert compared[1].to_json()["resolution"] == pytest.approx(0.028, abs=1e-3)


def test_items_are_matched_by_their_ids() -> None:
    one = made(scored(20, 1.0, 1), "spearman")
    order = RANDOM(1).permutation(20)
    shuffled = replace(one, items=tuple(one.items[i] for i in order), numbers=one.numbers[order], subject="b")
    assert compare(one, shuffled).gain == 0
    np.testing.assert_array_equal(matched(one, shuffled).numbers, one.numbers)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": ("other", *(f"q{i}" for i in range(1, 20)))}, "'q0' is in one only"),
        ({"set": "t"}, "cannot be compared"),
        ({"numbers": scored(20, 1.0, 1) + np.array([0.0, 1.0])}, "judgement of 'q0' in s differs"),
    ],
)
def test_what_is_not_the_same_is_refused(change: dict[str, Any], said: str) -> None:
    one = made(scored(20, 1.0, 1), "spearman")
    with pytest.raises(UsageError, match=said):
        compare(one, replace(one, **change))


def test_seeds_add_their_own_spread() -> None:
    gold = RANDOM(0).normal(0.7, 0.1, size=200)
    steady = across_seeds([made(gold + shift) for shift in (0.0, 0.0, 0.0)])
    shaky = across_seeds([made(gold + shift) for shift in (-0.1, 0.0, 0.1)])
    assert shaky.mean == pytest.approx(steady.mean)
    assert (steady.deviation, shaky.deviation) == (0, pytest.approx(0.1))
    variance = gold.var() / 200 + np.var([-0.1, 0.0, 0.1]) / 3
    assert shaky.high - shaky.low == pytest.approx(2 * 1.96 * np.sqrt(variance), rel=0.1)
    assert steady.warnings == ()
    assert across_seeds([made(gold)] * 2).warnings == ("2 seeds only: their spread is not known below 3.",)
    with pytest.raises(UsageError, match="at least one"):
        across_seeds([])


def test_shares_of_variance_are_those_of_an_additive_grid() -> None:
    values = {(e, d): float(e) * 2 + float(d) for e in "012" for d in "01"}
    shares = variance_shares(values, ["encoder", "distance"])
    assert shares["encoder"] == pytest.approx(4 * np.var([0, 1, 2]) / np.var(list(values.values())))
    assert shares["interactions"] == pytest.approx(0, abs=1e-12)
    assert sum(shares.values()) == pytest.approx(1)
    crossed = {(e, d): float(e != d) for e in "01" for d in "01"}
    assert variance_shares(crossed, ["encoder", "distance"])["interactions"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "said"),
    [({("a", "x"): 1.0, ("b", "y"): 2.0}, "has holes"), ({("a", "x"): 1.0, ("b", "x"): 1.0}, "no variance")],
)
def test_a_grid_that_says_nothing_is_refused(values: dict[tuple[str, ...], float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        variance_shares(values, ["encoder", "distance"])


def test_candidates_may_be_right_for_one_and_wrong_for_the_other() -> None:
    """Which candidate was mined, and so whether it is right, is the system's; whether one is to be found is not."""
    random, possible = RANDOM(1), (RANDOM(2).random(300) < 0.7).astype(float)
    good, bad = (np.column_stack([random.normal(size=300) + 3 * right, right, possible])
                 for right in (possible, possible * (random.random(300) < 0.5)))  # fmt: skip
    found = compare(made(good, "mined_f1"), made(bad, "mined_f1", subject="b"), seed=0)
    assert found.verdict == "better"
    with pytest.raises(UsageError, match=r"judgement of 'q\d+' in s differs"):
        compare(
            made(good, "mined_f1"), made(np.column_stack([bad[:, :2], 1 - possible]), "mined_f1", subject="b"), seed=0
        )


def test_an_interval_over_seeds_holds_the_mean_of_their_clusters() -> None:
    random = RANDOM(3)
    labels = random.integers(0, 50, 100)
    made = [
        Sample("c", "s", Figure("V", "v_measure"), tuple(map(str, range(100))),
               np.column_stack([np.where(random.random(100) < 0.3, labels, random.integers(0, 50, 100)), labels]) * 1.0)
        for _ in range(3)
    ]  # fmt: skip
    found = across_seeds(made)
    assert found.low < found.mean < found.high
