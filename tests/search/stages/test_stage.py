"""What a stage is given and gives: a deadline, and a side whose parts are z-scores."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.fusion import z_scores
from broadsheet.search.stages.stage import Deadline, LateError, side_from, side_of


def test_a_deadline_passes_by_its_clock():
    now = [0.0]
    deadline = Deadline(0.05, lambda: now[0])
    deadline.check()
    now[0] = 0.051
    with pytest.raises(LateError, match="it took longer than 50 ms"):
        deadline.check()


def test_what_a_side_adds_is_its_z_score_among_those_that_were_looked_at():
    side = side_of(np.array([0.2, np.nan, 0.8, 0.5], "f4"), 0.3)
    assert side.ranks.tolist() == [3, 0, 1, 2]
    assert side.adds[1] == 0
    np.testing.assert_allclose(side.adds[[0, 2, 3]], 0.3 * z_scores(np.array([0.2, 0.8, 0.5], "f4")))


def test_a_side_of_nothing_adds_nothing():
    assert side_of(np.full(3, np.nan, "f4"), 0.3).adds.tolist() == [0, 0, 0]
    assert side_of(np.array([], "f4"), 0.3).adds.tolist() == []


def test_a_side_adds_nothing_where_it_has_no_score_or_nothing_to_add():
    side = side_from(np.array([0.2, np.nan, 0.8]), np.array([1.0, 2.0, np.nan]))
    assert (side.adds.tolist(), side.ranks.tolist()) == ([1, 0, 0], [1, 0, 0])
    assert side.part(2).score is None
