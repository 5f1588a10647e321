"""Cutoffs that keep their promise on exchangeable queries, and the test that sees when queries are others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom, kstest

from broadsheet.core.conformal import ALARM, cutoff, least_queries, martingale, p_values
from broadsheet.core.errors import UsageError

NEVER = -np.inf


def one_each(values: list[float]) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_with_one_paper_for_each_query_it_is_the_quantile_of_split_conformal_prediction() -> None:
    random = np.random.default_rng(0)
    for count in (9, 10, 19, 57, 200):
        for alpha in (0.05, 0.1, 0.25):
            values = random.normal(size=count)
            rank = int(np.floor(alpha * (count + 1) + 1e-9))  # the floor(alpha (n + 1))-th lowest, by the book
            expected = np.sort(values)[rank - 1] if rank else NEVER
            assert cutoff(one_each(values.tolist()), alpha=alpha) == expected


def test_coverage_over_exchangeable_queries_is_what_the_beta_law_says() -> None:
    """The coverage of a cutoff from n values is Beta(n + 1 - l, l) (Angelopoulos and Bates 2021, section 3.2)."""
    random, count, alpha = np.random.default_rng(1), 99, 0.1
    covered = [1 - (value := cutoff(one_each(random.random(count).tolist()), alpha=alpha)) for _ in range(2_000)]
    lowest = int(alpha * (count + 1))
    assert kstest(covered, beta(count + 1 - lowest, lowest).cdf).pvalue > 0.01
    assert 0 < value < 1


def test_a_held_out_query_is_covered_as_often_as_promised() -> None:
    random, rounds, hits = np.random.default_rng(2), 4_000, 0
    for _ in range(rounds):
        values = random.normal(size=60) + random.normal()  # queries of one day are alike, days are not
        hits += values[-1] >= cutoff(one_each(values[:-1].tolist()))
    low, high = binom(rounds, 0.9).interval(0.999)
    assert low <= hits <= high + rounds / 60  # at least 1 - alpha, at most 1 - alpha + 1 / (n + 1)


def test_of_several_relevant_papers_a_mean_share_of_alpha_is_missed_at_most() -> None:
    random, shares = np.random.default_rng(3), []
    for _ in range(1_500):
        sizes = random.integers(1, 12, size=80)
        queries = [random.normal(loc=size / 6, size=size) for size in sizes]
        edge = cutoff(queries[:-1])
        shares.append((queries[-1] < edge).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) <= 0.1 + 3 * error
    assert np.mean(shares) >= 0.1 - 2 / 80 - 3 * error  # and it does not keep far more than it must


def test_the_cutoff_is_the_highest_one_that_may_be() -> None:
    queries = [np.array([0.9, 0.2]), *one_each([0.8] * 19)]
    edge = cutoff(queries, alpha=0.1)  # 0.1 * 21 - 1 = 1.1 queries may be missed in the calibration
    assert edge == 0.8  # half a query is below it; above it all
    assert cutoff(queries, alpha=0.06) == 0.2


def test_papers_that_are_not_in_the_list_count_as_missed_and_few_queries_leave_nothing_out() -> None:
    found = one_each([float(number) for number in range(1, 40)])
    lost = one_each([NEVER] * 3)
    assert cutoff(found + lost) == 1.0  # 3.3 of 42 may be missed, and 3 are already
    assert cutoff(found + one_each([NEVER] * 4)) == NEVER
    assert cutoff(one_each([0.5] * 8)) == NEVER
    assert cutoff(one_each([0.5] * least_queries())) == 0.5
    assert least_queries(0.1) == 9


@pytest.mark.parametrize(
    ("values", "alpha"),
    [([], 0.1), ([np.array([])], 0.1), ([np.array([np.nan])], 0.1), ([np.array([1.0])], 0.0), ([np.array([1.0])], 1.0)],
)
def test_what_cannot_be_calibrated_is_an_error(values: list[np.ndarray], alpha: float) -> None:
    with pytest.raises(UsageError, match=r"expected|needs"):
        cutoff(values, alpha=alpha)


def test_p_values_of_exchangeable_queries_are_uniform_whatever_their_law() -> None:
    random = np.random.default_rng(4)
    values = np.round(random.gamma(2, size=900), 1)  # with many ties
    assert kstest(p_values(values[:100], values[100:], seed=0), "uniform").pvalue > 0.01
    with pytest.raises(UsageError, match="finite"):
        p_values(values, np.array([np.nan]), seed=0)


def test_the_alarm_is_rare_when_nothing_changed_and_comes_soon_when_queries_are_others() -> None:
    random = np.random.default_rng(5)
    alarms = 0
    for seed in range(300):
        values = random.normal(size=300)
        alarms += martingale(p_values(values[:100], values[100:], seed=seed)).max() >= ALARM
    assert alarms <= binom(300, 1 / ALARM).ppf(0.999)  # Ville's inequality
    for shift in (-1.0, 1.0):
        values = np.concatenate([random.normal(size=100), random.normal(loc=shift, size=150)])
        assert martingale(p_values(values[:100], values[100:], seed=0)).max() >= ALARM


def test_a_bet_wins_and_loses_by_the_book() -> None:
    """Wealth after the first p: the mean of 1 + e (p - 1/2) over the bets -1, 0 and 1, which is 1 whatever p is."""
    first, second = martingale(np.array([0.1, 0.1]))
    assert first == pytest.approx(1.0)
    parts = [(1 + bet * -0.4) / 3 for bet in (-1, 0, 1)]
    moved = [0.99 * part + 0.01 * sum(parts) / 3 for part in parts]
    assert second == pytest.approx(sum(part * (1 + bet * -0.4) for part, bet in zip(moved, (-1, 0, 1), strict=True)))
