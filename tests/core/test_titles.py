"""Titles compared: spelling, subtitles, and what tells the works of a series apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core import titles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pre-training of bells", "Pretraining of Bells."),
        ("Rings in drift wood", "Rings in Driftwood"),
        ("Étude de l'orme", "Etude de l’orme"),
    ],
)
def test_one_title_in_two_spellings(one: str, other: str) -> None:
    assert titles.same(one, other)
    assert titles.similar(one, other)


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("Eels: A History of Slippery Things", "Eels"),
        ("Bells and Ropes - how they wear", "Bells and ropes"),
        ("Who rings? A study of bells", "Who rings"),
    ],
)
def test_a_title_without_its_subtitle(whole: str, short: str) -> None:
    assert titles.shortened(whole, short)
    assert titles.shortened(short, whole)
    assert titles.split(whole)[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Desert winds: Part II", "Desert winds"),
        ("Desert winds. II", "Desert winds"),
        ("Desert winds: Erratum", "Desert winds"),
        ("Editorial: spring", "Editorial"),
        ("Winds: of deserts", "Winds: of seas"),
    ],
)
def test_a_part_is_not_a_short_title(one: str, other: str) -> None:
    assert not titles.shortened(one, other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Counting fish by sound", "Conting fish by sound", True),
        ("Counting fish by sound", "Counting fish by sound in rivers", True),
        ("Rivers of Asia", "Rivers of Africa", False),
        ("Desert winds and dunes 1", "Desert winds and dunes 2", False),
        ("Report of the year 2008", "Report of the year 2009", False),
        ("Counting fish by sound", "Lakes that vanish in summer", False),
        ("", "Rivers", False),
    ],
)
def test_a_correction_is_similar_and_a_sibling_is_not(one: str, other: str, expected: bool) -> None:
    assert titles.similar(one, other) is titles.similar(other, one) is expected


def test_words_in_common() -> None:
    assert titles.overlap("Counting fish", "Fish that count")
    assert not titles.overlap("The sea", "The fog")


def test_titles_that_every_volume_has_tell_nothing() -> None:
    assert not titles.telling("Editorial", 1)
    assert not titles.telling("Preface to the volume", 2)
    assert titles.telling("Introduction to the theory of bells and ropes", 2)


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_order_of_two_titles_does_not_matter(one: str, other: str) -> None:
    assert titles.similar(one, other) == titles.similar(other, one)
    assert titles.same(one, one) == bool(titles.compact(one))
