"""The tree of models is that of scipy's average linkage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from broadsheet.core.errors import UsageError
from broadsheet.lab.agreement.tree import groups, joins


def distances(seed: int, m: int) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(m, 3))
    return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=-1))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_heights_and_groups_are_scipys(seed: int, m: int) -> None:
    apart = distances(seed, m)
    made = joins([str(each) for each in range(m)], apart)
    expected = linkage(squareform(apart, checks=False), "average")
    assert [join.distance for join in made] == pytest.approx(expected[:, 2].tolist())
    members = {each: {str(each)} for each in range(m)}
    for step, (one, other, _, _) in enumerate(expected):
        members[m + step] = members[int(one)] | members[int(other)]
        assert set(made[step].one + made[step].other) == members[m + step]


def test_groups_below_a_distance() -> None:
    apart = np.array([[0, 1, 9, 9], [1, 0, 9, 9], [9, 9, 0, 2], [9, 9, 2, 0.0]])
    made = joins(["a", "b", "c", "d"], apart)
    assert groups("abcd", made, most=5) == [("a", "b"), ("c", "d")]
    assert groups("abcd", made, most=1) == [("a", "b"), ("c",), ("d",)]
    assert groups("abcd", made, most=9) == [("a", "b", "c", "d")]
    assert groups("a", joins("a", np.zeros((1, 1))), most=1) == [("a",)]


def test_distances_that_fit_no_models() -> None:
    with pytest.raises(UsageError, match="tree of 2 models"):
        joins(["a", "b"], np.zeros((3, 3)))
    with pytest.raises(UsageError, match="tree of 2 models"):
        joins(["a", "b"], np.full((2, 2), np.nan))
