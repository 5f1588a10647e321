"""Rising topics on past weeks: what is counted, and what the figures are."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from benchmark_kit import benchmark

bench = benchmark("topics_rising")
START = date(2025, 1, 1)


def test_a_week_is_compared_with_its_past_and_the_next() -> None:
    past = [(START + timedelta(days=n), 1 + n % 2) for n in range(84)]
    week = [(START + timedelta(days=84 + n), 1) for n in range(6)] + [(START + timedelta(days=84), 0)] * 2
    after = [(START + timedelta(days=91 + n % 7), 2) for n in range(16)]
    rows = sorted(past + week + after)
    first = START + timedelta(days=84)
    [only] = bench.weeks([day for day, _ in rows], [topic for _, topic in rows], first, first + timedelta(days=14))
    assert only.papers.tolist() == [6, 0]
    assert only.predicted.tolist() == pytest.approx([4, 4])  # of 8 papers, two of them in no topic
    assert only.later.tolist() == [0, 16]
    assert only.later_predicted.tolist() == pytest.approx([8, 8])
    assert only.growth[1] == pytest.approx(np.log2(16.5 / 8.5))


def made(seed: int, strength: float) -> object:
    random = np.random.default_rng(seed)
    predicted = random.uniform(1, 20, size=400)
    counts = [random.poisson(random.gamma(strength, 1 / strength, size=400) * predicted) for _ in range(2)]
    return bench.Week(counts[0].astype(float), predicted, counts[1].astype(float), predicted)


@pytest.mark.parametrize("strength", [1.0, 8.0, 50.0])
def test_the_strength_of_the_prior_is_found_again(strength: float) -> None:
    assert bench.probable([made(seed, strength) for seed in range(6)]) == strength


def test_correlations_are_those_of_scipy() -> None:
    week = made(1, 3.0)
    found = bench.correlations([week])
    assert found["most papers"] == pytest.approx([stats.spearmanr(week.papers, week.growth).statistic])
    assert found["largest topics"] == pytest.approx([stats.spearmanr(week.predicted, week.growth).statistic])


def test_lifts_are_of_as_many_topics_by_each_score() -> None:
    quiet = bench.Week(*(np.ones(3) for _ in range(4)))
    week = bench.Week(*map(np.array, ([30.0, 3, 50], [5.0, 1, 50], [20.0, 0, 40], [5.0, 1, 50])))
    found = bench.lifts([quiet, week])
    assert found["rising"].tolist() == [[20, 5, 1, 1]]
    assert found["most papers"].tolist() == [[40, 50, 0, 1]]
    assert found["all topics"].tolist() == [[60, 56, 1, 3]]
