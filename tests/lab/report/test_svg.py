"""Drawings: whole XML whatever they are made of, scales that hold their values, and marks that differ."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as some

from broadsheet.lab.report import svg

numbers = some.floats(-1e9, 1e9)


@given(some.text())
def test_a_foreign_text_stays_a_text(words: str) -> None:
    drawn = fromstring(svg.picture(10, 10, [svg.text(1, 2, words)], label=words))
    assert drawn.attrib["aria-label"] == (drawn[0].text or "")
    assert [len(each) for each in drawn] == [0]


@given(some.lists(numbers, min_size=1))
def test_a_scale_holds_its_values_between_its_ends(values: list[float]) -> None:
    scale = svg.around(values, 10, 110)
    assert all(10 <= scale(each) <= 110 for each in values)
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 8
    assert all(10 - 1e-6 <= scale(each) <= 110 + 1e-6 for each in ticks)


@given(some.lists(some.floats(1e-6, 1e9), min_size=1))
def test_a_scale_of_powers_holds_its_values_and_has_ticks(values: list[float]) -> None:
    scale = svg.powers_around(values, 0, 100)
    assert all(0 <= scale(each) <= 100 for each in values)
    assert scale.ticks()
    assert scale.ticks() == sorted(set(scale.ticks()))


def test_higher_values_are_further_along() -> None:
    scale = svg.around([0, 1, 2], 100, 0)
    assert scale(0) > scale(1) > scale(2)
    powers = svg.powers_around([1, 10, 100], 0, 1)
    assert powers(10) - powers(1) == powers(100) - powers(10) or abs(powers(100) - 2 * powers(10) + powers(1)) < 1e-9


def test_what_is_not_a_number_moves_no_scale() -> None:
    assert svg.around([0.0, 1.0, float("nan"), float("inf")], 0, 1) == svg.around([0.0, 1.0], 0, 1)
    assert svg.around([], 0, 1).ticks()


def test_eight_subjects_have_eight_shapes() -> None:
    assert len({svg.marker(8, 8, number).replace(f"s{number}", "") for number in range(svg.SHAPES)}) == svg.SHAPES


def test_a_label_is_cut_to_its_room() -> None:
    assert svg.fitted("short", 100) == "short"
    assert len(svg.fitted("a name that is much too long for it", 80)) <= 10
