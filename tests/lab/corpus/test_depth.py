"""Depth is the mean over pairs, and the test of two corpora keeps its level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import unit
from broadsheet.lab.corpus.depth import depths, rank_sum, shift
from corpus_kit import cloud


def test_depth_is_two_minus_the_mean_distance() -> None:
    corpus, others = cloud(40, seed=1), cloud(7, seed=2)
    apart = cdist(corpus, corpus, "cosine")
    assert depths(corpus) == pytest.approx(2 - apart.sum(axis=1) / 39, abs=1e-5)
    assert depths(corpus, others) == pytest.approx(2 - cdist(others, corpus, "cosine").mean(axis=1), abs=1e-5)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=30), st.lists(st.integers(0, 9), min_size=3, max_size=30))
def test_the_rank_sum_is_scipys(one: list[int], other: list[int]) -> None:
    found = rank_sum(np.array(one, float), np.array(other, float))
    if len({*one, *other}) == 1:
        assert (found.deeper, found.p) == (0.5, 1)
        return
    expected = stats.mannwhitneyu(other, one, use_continuity=False, method="asymptotic")
    assert found.deeper == pytest.approx(expected.statistic / (len(one) * len(other)))
    assert found.p == pytest.approx(expected.pvalue)


def test_halves_of_one_corpus_are_rejected_one_time_in_twenty() -> None:
    found = [shift(cloud(60, seed=seed), cloud(60, seed=10_000 + seed)).p < 0.05 for seed in range(600)]
    assert 0.03 < np.mean(found) < 0.075


def test_a_text_is_not_compared_with_itself() -> None:
    """With its own distance of 0, small corpora look deeper than what is drawn from the same place."""
    careless = [
        rank_sum(depths(one, one), depths(one, other)).p < 0.05
        for one, other in ((cloud(20, seed=s, dim=60), cloud(20, seed=9_000 + s, dim=60)) for s in range(300))
    ]
    careful = [shift(cloud(20, seed=s, dim=60), cloud(20, seed=9_000 + s, dim=60)).p < 0.05 for s in range(300)]
    assert np.mean(careless) > 2 * np.mean(careful)


def test_what_lies_outside_is_shallow_and_rejected() -> None:
    corpus, others = cloud(200, seed=1), cloud(50, seed=2, shift=1.5)
    found = shift(corpus, others)
    assert found.deeper < 0.3
    assert found.p < 0.001
    values = depths(np.concatenate([corpus, -unit(corpus[:3] + 5 * corpus.mean(axis=0))]))
    assert set(np.argsort(values)[:3]) == {200, 201, 202}


def test_what_has_no_depth() -> None:
    with pytest.raises(UsageError, match="at least 10"):
        depths(cloud(5, seed=1))
    with pytest.raises(UsageError, match="one dimension"):
        depths(cloud(20, seed=1), cloud(20, seed=1, dim=5))
    bad = cloud(20, seed=1)
    bad[3, 2] = np.nan
    with pytest.raises(UsageError, match="not numbers"):
        depths(bad)
    with pytest.raises(UsageError, match="both sides"):
        rank_sum(np.array([]), np.array([1.0]))
