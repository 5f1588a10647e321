"""Boxes on a plane: pushed apart, held inside, and captions where there is room."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.plane import Floats, apart, room


def overlaps(centres: Floats, halves: Floats) -> int:
    """Pairs of boxes that lie on one another by more than rounding, one after the other."""
    return sum(
        bool((np.abs(centres[one] - centres[other]) < halves[one] + halves[other] - 1e-6).all())
        for one in range(len(centres))
        for other in range(one)
    )


@pytest.mark.parametrize("seed", range(5))
def test_boxes_end_apart_and_inside(seed: int) -> None:
    random = np.random.default_rng(seed)
    wished, halves = random.uniform(0, 300, (40, 2)), random.uniform(4, 14, (40, 2))
    assert overlaps(wished, halves) > 5
    placed = apart(wished, halves, width=300, height=300)
    assert overlaps(placed, halves) == 0
    assert (placed >= halves - 1e-9).all()
    assert (placed <= 300 - halves + 1e-9).all()
    assert np.array_equal(placed, apart(wished, halves, width=300, height=300)), "the same each time"


def test_boxes_that_are_apart_stay_where_they_are() -> None:
    wished = np.array([[20.0, 20.0], [80.0, 20.0]])
    assert np.array_equal(apart(wished, np.full((2, 2), 10.0), width=100, height=40), wished)


def test_boxes_at_one_place_part() -> None:
    halves = np.full((3, 2), 10.0)
    placed = apart(np.full((3, 2), 50.0), halves, width=100, height=100)
    assert overlaps(placed, halves) == 0
    assert len(apart(np.empty((0, 2)), np.empty((0, 2)), width=9, height=9)) == 0


def test_a_box_gets_the_first_place_with_room() -> None:
    taken = [(50.0, 50.0, 10.0, 10.0)]
    under, above, outside = (50.0, 66.0, 8.0, 5.0), (50.0, 34.0, 8.0, 5.0), (97.0, 50.0, 8.0, 5.0)
    assert room([[under, above], [under, above], [under, above], [outside]], taken, width=100, height=100) == [
        0, 1, None, None,
    ]  # fmt: skip
    assert room([[(50.0, 55.0, 8.0, 5.0), above]], taken, width=100, height=100) == [1]
    assert room([[]], [], width=10, height=10) == [None]
