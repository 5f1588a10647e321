"""Measuring topics: intervals by the jackknife, the share of papers that keep their topic, labels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from benchmark_kit import benchmark

topics = benchmark("topics")


def test_the_jackknife_of_a_mean_is_the_standard_error_of_its_groups() -> None:
    values = np.random.default_rng(1).normal(size=2_000)
    group = np.random.default_rng(0).permutation(2_000) % topics.GROUPS
    mean, wide = topics.jackknife(lambda rows: float(values[rows].mean()), 2_000)
    assert mean == pytest.approx(values.mean())
    means = [values[group == each].mean() for each in range(topics.GROUPS)]
    assert wide == pytest.approx(1.96 * stats.sem(means))


def test_a_match_forgives_other_numbers_and_nothing_else() -> None:
    before = np.repeat([1, 2, 3], 100)
    assert topics.matched(before, before + 40) == 1
    after = np.where(np.arange(300) % 10 == 0, 9, before + 40)
    assert topics.matched(before, after) == pytest.approx(0.9)


def test_a_label_is_the_primary_category_or_the_session_without_its_number() -> None:
    assert topics.label_of({"extra": {"primary": "cs.CL"}, "topics": ["cs.AI", "cs.CL"]}) == "cs.CL"
    assert topics.label_of({"extra": {}, "topics": ["Machine Learning III"]}) == "machine learning"
    assert topics.label_of({"extra": {}, "topics": ["AI"]}) == "ai"
    assert topics.label_of({"extra": {}, "topics": []}) == ""
