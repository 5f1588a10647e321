"""The words of a match: ordered by strength, stored and sent as words."""

from __future__ import annotations

import json
import random

import pytest

from broadsheet.core.types import LEVELS, Strength

WORDS = ["weak", "fair", "good", "strong", "exact"]


def test_strengths_are_ordered_by_strength_and_not_by_letter() -> None:
    mixed = random.Random(4).sample([*Strength], 5)
    assert sorted(mixed) == WORDS
    assert max(mixed) == "exact"
    assert [each for each in Strength if each >= Strength.GOOD] == ["good", "strong", "exact"]


@pytest.mark.parametrize("weaker", range(5))
@pytest.mark.parametrize("stronger", range(5))
def test_a_strength_compares_with_the_word_of_another(weaker: int, stronger: int) -> None:
    one, other = Strength(WORDS[weaker]), WORDS[stronger]
    assert (one < other, one <= other) == (weaker < stronger, weaker <= stronger)
    assert (other < one, other <= one) == (stronger < weaker, stronger <= weaker)
    assert (one == other) == (weaker == stronger)


def test_a_strength_is_its_word_wherever_it_is_written() -> None:
    assert json.dumps({"strength": Strength.FAIR}) == '{"strength": "fair"}'
    assert f"{Strength.FAIR}" == str(Strength.FAIR) == "fair"
    assert repr([Strength.FAIR]) == "['fair']"
    assert {"fair": 1}[Strength.FAIR] == 1
    assert [each.label for each in Strength][2:4] == ["Good match", "Strong match"]


@pytest.mark.parametrize(
    ("score", "raised", "word"),
    [(0.1, 0, "weak"), (0.3, 0, "fair"), (0.49, 0, "fair"), (0.5, 0, "good"), (0.9, 0, "strong"), (0.1, 1, "fair"),
     (0.7, 1, "strong"), (0.9, 1, "strong")],
)  # fmt: skip
def test_the_bands_say_how_strong_a_score_is(score: float, raised: int, word: str) -> None:
    assert Strength.of(score, (0.3, 0.5, 0.7), raised=raised) == word


def test_without_bands_nothing_is_more_than_weak() -> None:
    assert Strength.of(1.0, ()) == "weak"


def test_each_level_begins_at_a_band() -> None:
    assert [Strength.of(edge, (0.3, 0.5, 0.7)) for edge in (0.3, 0.5, 0.7)] == list(LEVELS)
