"""How alike papers are by their sentences."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.alignment import Weighed, aligned, best_of_each, mean_vector, single_best, transported
from broadsheet.core.vectors import unit

AXES = np.eye(4, dtype=np.float32)


def weighed(*axes: int, weights: list[float] | None = None) -> Weighed:
    """A paper whose sentences are these axes."""
    rows = AXES[list(axes)]
    return Weighed(rows, np.array(weights if weights is not None else [1.0] * len(axes)))


NOTHING = Weighed(np.empty((0, 4), np.float32), np.empty(0))


def test_the_mean_is_of_what_counts() -> None:
    assert mean_vector(weighed(0, 1, weights=[3.0, 0.0])) == pytest.approx(AXES[0])
    assert mean_vector(weighed(0, 1)) == pytest.approx(unit(AXES[:1] + AXES[1:2])[0])
    assert mean_vector(NOTHING) is None
    assert mean_vector(weighed(0, weights=[0.0])) is None


def test_each_way_by_hand() -> None:
    asked, others = weighed(0, 1), [weighed(0, 2), weighed(0, 1), weighed(2, 3), NOTHING]
    assert single_best(asked, others) == pytest.approx([1, 1, 0, np.nan], nan_ok=True)
    assert best_of_each(asked, others) == pytest.approx([0.5, 1, 0, np.nan], nan_ok=True)
    assert transported(asked, others, blur=0.02) == pytest.approx([0.5, 1, 0, np.nan], nan_ok=True, abs=0.01)


def test_a_sentence_that_does_not_count_is_not_carried() -> None:
    asked = weighed(0, 1, weights=[1.0, 0.0])
    others = [weighed(0, 1, weights=[1.0, 0.0]), weighed(0, 1, weights=[0.0, 1.0])]
    assert transported(asked, others) == pytest.approx([1, 0])
    assert np.isnan(transported(asked, [weighed(0, weights=[0.0])])).all()
    assert single_best(weighed(0, 1, weights=[0.9, 0.1]), [weighed(1)]) == pytest.approx([0])


def test_transport_sees_what_a_mean_hides() -> None:
    """Two papers of two subjects each: the one with the same two, and one that is between all."""
    asked, same = weighed(0, 1), weighed(1, 0)
    between = Weighed(unit(AXES[:1] + AXES[1:2]), np.ones(1))
    means = [float(mean_vector(asked) @ mean_vector(each)) for each in (same, between)]  # type: ignore[operator]
    assert means[0] == pytest.approx(means[1])
    one, other = transported(asked, [same, between])
    assert one > other + 0.2


def test_pairs_are_one_to_one_and_the_nearest_comes_first() -> None:
    assert aligned(np.array([[0.9, 0.8], [0.85, 0.1]])) == [(1, 0), (0, 1)]
    assert aligned(np.array([[0.2], [0.7]])) == [(1, 0)]
