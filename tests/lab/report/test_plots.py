"""The plots: every value is in their text, labels do not cover one another, and the front is a staircase."""

from __future__ import annotations

from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.lab.report import digits, plots

shares = some.floats(0.001, 1)


def texts(drawn: Element) -> list[str]:
    return [each.text or "" for each in drawn.iter() if each.tag.endswith("text")]


def lines(values: list[tuple[str, float, float]], *, quiet: bool = False) -> list[plots.Line]:
    return [
        plots.Line(name=name, number=at, value=value, low=value - wide, high=value + wide, quiet=quiet)
        for at, (name, value, wide) in enumerate(values)
    ]


@given(some.lists(some.tuples(some.text(max_size=60), shares, shares), max_size=8))
def test_every_value_of_a_forest_is_also_written(values: list[tuple[str, float, float]]) -> None:
    drawn = fromstring(plots.forest(lines(values), label="a forest", axis="nDCG@10"))
    written = " ".join(texts(drawn))
    for _, value, wide in values:
        interval = digits.interval(value - wide, value + wide).replace("\N{NO-BREAK SPACE}", " ")
        assert f"{digits.value(value)} ({interval})" in written
    assert drawn.attrib["role"] == "img"


def test_a_control_far_away_does_not_press_the_others_together() -> None:
    near = lines([("one", 0.6, 0.01), ("other", 0.5, 0.01)])
    far = lines([("chance", 0.0, 0.001)], quiet=True)
    alone, both = (fromstring(plots.forest(each, label="", axis="")) for each in (near, near + far))

    def places(drawn: Element) -> list[str]:
        return [each.attrib["cx"] for each in drawn.iter() if each.tag.endswith("circle")]

    assert places(alone) == places(both)[: len(places(alone))]
    assert [each for each in both.iter() if each.attrib.get("class") == "mark out"]
    assert "0.000" in " ".join(texts(both))


def point(name: str, speed: float, quality: float, *, quiet: bool = False) -> plots.Point:
    return plots.Point(
        name=name, number=len(name), speed=speed, quality=quality, low=quality - 0.02, high=quality + 0.02, quiet=quiet
    )


POINTS = [
    point("hash", 5000, 0.29),
    point("static", 3500, 0.35),
    point("static256", 3300, 0.42),
    point("minilm", 110, 0.6),
    point("hybrid", 90, 0.66),
]


def boxes(drawn: Element) -> dict[str, tuple[float, float, float, float]]:
    """Where the names of a plane are, as wide as in the widest of the usual fonts."""
    found = {}
    for each in drawn.iter():
        if each.attrib.get("class") == "name small" and each.text:
            x, y = float(each.attrib["x"]), float(each.attrib["y"])
            x -= 7.5 * len(each.text) * (each.attrib["text-anchor"] == "end")
            found[each.text] = (x, y - 10, x + 7.5 * len(each.text), y + 2)
    return found


def test_labels_of_a_plane_cover_neither_one_another_nor_its_edges() -> None:
    drawn = fromstring(plots.plane(POINTS, front=["hash", "minilm"], label="", axes=("queries a second", "nDCG@10")))
    found = boxes(drawn)
    assert set(found) == {each.name for each in POINTS}
    for one, other in combinations(found.values(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(box[0] >= 0 and box[2] <= plots.WIDTH for box in found.values())


def test_points_are_where_their_values_say() -> None:
    drawn = fromstring(plots.plane(POINTS, front=[], label="", axes=("s", "q")))
    labels = boxes(drawn)
    assert labels["hybrid"][1] < labels["minilm"][1] < labels["hash"][1]
    assert labels["hybrid"][0] < labels["hash"][0]


def test_the_front_goes_up_and_to_the_left() -> None:
    drawn = fromstring(plots.plane(POINTS, front=["hash", "minilm", "hybrid"], label="", axes=("s", "q")))
    [line] = [each for each in drawn.iter() if each.attrib.get("class") == "front"]
    corners = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
    assert [x for x, _ in corners] == sorted((x for x, _ in corners), reverse=True)
    assert [y for _, y in corners] == sorted((y for _, y in corners), reverse=True)


def test_a_control_at_chance_is_left_out_of_a_plane() -> None:
    assert plots.near([*POINTS, point("chance", 90_000, 0.0, quiet=True)]) == POINTS
    words = point("words", 800, 0.55, quiet=True)
    assert plots.near([*POINTS, words]) == [*POINTS, words]


@pytest.mark.parametrize("count", [1, 3, 384])
def test_a_curve_ends_at_all_of_the_variance(count: int) -> None:
    drawn = fromstring(plots.curves({"deep": [1 / count] * count}, {"deep": 3}, label="a spectrum"))
    [line] = [each for each in drawn.iter() if each.attrib.get("class", "").startswith("curve")]
    corners = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
    assert min(y for _, y in corners) == pytest.approx(26.0, abs=0.1)
    assert "deep" in texts(drawn)
