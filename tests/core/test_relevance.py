"""Shapes of lists, curves over their features, and what is read off a probability."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

from broadsheet.core.errors import UsageError
from broadsheet.core.relevance import Calibration, Curve, calibration, falling, figure, shape, strength, worth

MADE = Calibration(
    meaning=Curve(-4.0, {"height": 0.5, "lead": 0.6}),
    both=Curve(-5.0, {"height": 0.5, "lead": 0.5, "words": 2.0}),
    answer=Curve(-3.0, {"reach": 1.5, "width": 1.0, "ground": 0.0}),
    cutoff=0.02,
    weights="ab",
    made=date(2026, 1, 2),
    data=("one", "two"),
    queries=12,
    facts={"error": 0.03},
)
RANDOM = np.random.default_rng(0).normal(0.1, 0.1, 400)
OWN = shape(np.linspace(0.7, 0.4, 40), RANDOM, (0.1, 0.1))


def test_a_shape_is_in_units_of_chance() -> None:
    assert OWN.about["reach"] == pytest.approx(6.0)
    assert OWN.near == pytest.approx(np.linspace(0.7, 0.4, 40)[:10].mean())
    assert OWN.about["width"] == pytest.approx(RANDOM.std() / 0.1)
    found = OWN.features(np.array([0.5, OWN.near]), np.array([1.0, 0.0]))
    assert found["height"].tolist() == pytest.approx([4.0, (OWN.near - 0.1) / 0.1])
    assert found["lead"][1] == pytest.approx(0.0)
    assert found["words"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("random", [[], [0.3], [np.nan] * 80])
def test_few_papers_are_filled_up_with_what_chance_gives(random: list[float]) -> None:
    own = shape(np.array([0.3]), np.array(random), (0.1, 0.05))
    assert own.mean == pytest.approx(0.1, abs=0.01)
    assert own.spread == pytest.approx(0.05, abs=0.02)


def test_nothing_near_and_damaged_cosines_give_numbers_all_the_same() -> None:
    own = shape(np.array([np.nan, np.nan]), np.zeros(100), (0.1, 0.0))
    assert own.top == 0.1
    assert np.isfinite(list(own.about.values())).all()
    assert MADE.probabilities(own, np.array([np.nan, 0.2])).tolist()[0] == 0.0


def test_a_probability_never_falls_with_the_cosine_or_the_words() -> None:
    cosines = np.linspace(-0.2, 1.0, 50)
    assert (np.diff(MADE.probabilities(OWN, cosines)) > 0).all()
    shares = np.linspace(0, 1, 50)
    assert (np.diff(MADE.probabilities(OWN, np.full(50, 0.4), shares)) > 0).all()


def test_a_curve_is_the_logistic_function_and_a_query_about_nothing_here_lowers_all() -> None:
    (found,) = MADE.probabilities(OWN, np.array([0.6]))
    odds = -4 + 0.5 * 5 + 0.6 * (0.6 - OWN.near) / 0.1
    assert found == pytest.approx(MADE.answerable(OWN) / (1 + np.exp(-odds)))
    other = replace(OWN, top=0.2, spread=0.04)
    assert MADE.answerable(other) < MADE.answerable(OWN)


def test_edges_are_the_cosines_at_which_the_word_changes() -> None:
    words = ("weak", "fair", "good", "strong")
    for step, edge in enumerate(MADE.edges(OWN)):
        below, above = MADE.probabilities(OWN, np.array([edge - 1e-6, edge + 1e-6]))
        assert (strength(below), strength(above)) == (words[step], words[step + 1])
    hopeless = replace(OWN, top=-0.5)
    assert MADE.edges(hopeless)[2] == float("inf")
    assert MADE.cosine(OWN, 0.0) == -float("inf")


@pytest.mark.parametrize("seed", range(20))
def test_pooling_is_isotonic_regression(seed: int) -> None:
    values = np.random.default_rng(seed).random(60).round(1 + seed % 3)
    assert falling(values) == pytest.approx(isotonic_regression(values, increasing=False).x)
    assert falling(values).mean() == pytest.approx(values.mean())


def test_pooling_of_nothing_and_of_what_falls_already() -> None:
    assert falling(np.empty(0)).tolist() == []
    assert falling(np.array([0.9, 0.5, 0.5, 0.1])).tolist() == [0.9, 0.5, 0.5, 0.1]


def test_a_list_is_worth_reading_by_its_first_places_and_by_how_far_down_it_is() -> None:
    places = np.array([0.8, 0.6, 0.4, 0.3, 0.3])
    assert worth(places, 0.0) == pytest.approx(np.log(places / 0.6))
    assert worth(places, 2.0) == pytest.approx(np.log(places / 0.6) - 2 * np.log([1, 2, 3, 4, 5]))
    assert worth(places / 4, 1.0) == pytest.approx(worth(places, 1.0))  # it is the same for a query with less
    assert worth(np.zeros(2), 1.0) == pytest.approx([0, -np.log(2)])
    assert worth(places, float("inf")).tolist() == (-np.log([1, 2, 3, 4, 5])).tolist()
    assert worth(np.empty(0), 1.0).tolist() == []


def test_a_figure_never_says_more_than_its_word() -> None:
    shown = [figure(value) for value in (0.0, 0.0099, 0.01, 0.0999, 0.249, 0.25, 0.29, 0.4999, 0.5, 0.99, 0.991, 1.0)]
    assert " ".join(shown) == "<0.01 <0.01 0.01 0.09 0.24 0.25 0.29 0.49 0.50 0.99 >0.99 >0.99"


def test_a_calibration_is_stored_and_read_in_full() -> None:
    assert calibration(MADE.to_json()) == MADE
    with_scale = replace(MADE, scale=(0.1, 0.2), cutoff=None, made=None)
    assert calibration(with_scale.to_json()) == with_scale


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0}, {"meaning": None}, {"both": {"constant": "x"}}, {"meaning": {"constant": -1, "height": -0.1}},
        {"answer": {"constant": float("nan")}}, {"made": "yesterday"}, {"scale": [1]}, {"cutoff": True},
    ],
)  # fmt: skip
def test_a_damaged_calibration_is_never_used(change: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="fit"):
        calibration({**MADE.to_json(), **change})


def test_what_is_not_an_object_is_not_a_calibration() -> None:
    with pytest.raises(UsageError, match="expected"):
        calibration(None)
