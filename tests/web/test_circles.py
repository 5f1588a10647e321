"""The circles of the map: as large as their papers are many, none on another, and no caption on anything."""

from __future__ import annotations

from itertools import combinations
from math import hypot

import numpy as np
import pytest

from broadsheet.core.topic import Topic
from broadsheet.web.circles import SIZES, SMALL, Size, Spot, laid

WORDS = [
    "learning",
    "of",
    "large",
    "models",
    "for",
    "video",
    "retrieval",
    "with",
    "graphs",
    "and",
    "language",
    "under",
    "noise",
]


def topics(count: int, fields: int = 3) -> tuple[list[Topic], dict[int, tuple[float, float]]]:
    random = np.random.default_rng(count)
    made = [
        Topic(id=each, level="field", name=f"Field of {WORDS[each]} and {WORDS[-each]}")
        for each in range(1, fields + 1)
    ]
    for place in range(count):
        name = " ".join(random.choice(WORDS, int(random.integers(1, 6)), replace=False))
        made.append(
            Topic(
                id=100 + place, level="topic", name=name, parent=1 + place % fields, papers=int(random.integers(1, 200))
            )
        )
    at = {each.id: (float(random.uniform()) ** 2, float(random.uniform())) for each in made if each.level == "topic"}
    return made, at


def boxes(spots: tuple[Spot, ...], size: Size) -> list[tuple[float, float, float, float]]:
    """The captions with the width of their letters, and the height of their lines."""
    return [
        (*spot.middle, max(map(len, spot.lines)) * 0.62 * size.font / 2, len(spot.lines) * 1.2 * size.font / 2)
        for spot in spots
        if spot.lines
    ]


@pytest.mark.parametrize("size", [*SIZES, SMALL], ids=lambda size: size.name)
@pytest.mark.parametrize("count", [1, 14, 40])
def test_nothing_lies_on_anything(size: Size, count: int) -> None:
    made, at = topics(count)
    spots, height = laid(made, at, size, set())
    circles = [spot for spot in spots if spot.radius]
    assert len(circles) == count
    for one, other in combinations(circles, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius
    captions = boxes(spots, size)
    for one, other in combinations(captions, 2):
        assert abs(one[0] - other[0]) >= one[2] + other[2] - 0.01 or abs(one[1] - other[1]) >= one[3] + other[3] - 0.01
    for x, y, wide, tall in captions:
        assert wide <= x <= size.width - wide
        assert tall <= y <= height - tall
        assert all(
            hypot(max(abs(spot.x - x) - wide, 0), max(abs(spot.y - y) - tall, 0)) >= spot.radius for spot in circles
        )


def test_the_area_of_a_circle_is_that_of_its_papers() -> None:
    made = [Topic(id=n, level="topic", name=f"T{n}", papers=papers) for n, papers in ((1, 100), (2, 25), (3, 0))]
    spots, _ = laid(made, {1: (0, 0), 2: (1, 0), 3: (1, 1)}, SIZES[0], set())
    radius = {spot.topic.id: spot.radius for spot in spots}
    assert radius[1] == pytest.approx(2 * radius[2])
    assert radius[3] > 0, "still to be seen"


def test_of_many_topics_the_largest_and_the_wanted_have_names() -> None:
    made, at = topics(120)
    wide = SIZES[0]
    least = min((each for each in made if each.level == "topic"), key=lambda each: (each.papers, -each.id))
    named = {spot.topic.id for spot in laid(made, at, wide, {least.id})[0] if spot.radius and spot.lines}
    assert len(named) <= wide.captions + 1
    assert least.id in named
    assert not any(spot.lines for spot in laid(made, at, SMALL, set())[0])


def test_neighbours_in_a_layout_stay_on_their_side() -> None:
    made = [Topic(id=n, level="topic", name=f"T{n}", papers=9) for n in range(1, 5)]
    spots, height = laid(made, {1: (0, 0), 2: (1, 0), 3: (0, 1), 4: (1, 1)}, SIZES[0], set())
    at = {spot.topic.id: (spot.x < SIZES[0].width / 2, spot.y < height / 2) for spot in spots}
    assert at == {1: (True, True), 2: (False, True), 3: (True, False), 4: (False, False)}
