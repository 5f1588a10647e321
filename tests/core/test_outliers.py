from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import median_abs_deviation
from sklearn.metrics.pairwise import cosine_similarity

from broadsheet.core.outliers import FAR, distances, nearness
from broadsheet.core.vectors import unit

RANDOM = np.random.default_rng(2)
GROUP = unit(np.concatenate([np.eye(8)[0] + 0.2 * RANDOM.normal(size=(12, 8)), -np.eye(8)[:1]]))


def test_nearness_is_the_cosine_with_the_mean_of_the_others() -> None:
    for place, near in enumerate(nearness(GROUP)):
        others = np.delete(GROUP, place, axis=0).mean(axis=0, keepdims=True)
        assert near == pytest.approx(cosine_similarity(GROUP[place : place + 1], others)[0, 0], abs=1e-6)


def test_distances_are_modified_z_scores_below_the_median() -> None:
    near = nearness(GROUP)
    usual = median_abs_deviation(near)
    expected = np.maximum(0.6745 * (np.median(near) - near) / usual, 0)
    assert distances(near) == pytest.approx(expected)
    assert np.flatnonzero(distances(near) >= FAR).tolist() == [12]


def test_groups_that_say_nothing_have_no_outliers() -> None:
    assert nearness(GROUP[:1]).tolist() == [0.0]
    assert nearness(GROUP[:0]).shape == (0,)
    assert distances(np.full(9, 0.5)).tolist() == [0.0] * 9
    assert distances(np.zeros(0)).shape == (0,)
