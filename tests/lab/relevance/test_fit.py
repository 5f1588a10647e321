"""A fit finds the calibration that judged lists were drawn from, and a cutoff that keeps its promise on others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.relevance import shape, worth
from broadsheet.lab.relevance.fit import answer, calibrated, curves, ended, relevant_worths
from broadsheet.lab.relevance.lists import flat
from broadsheet.lab.relevance.measures import calibration_error
from relevance_kit import BASE, drawn_list

RANDOM = np.random.default_rng(0)
LISTS = [drawn_list(RANDOM, str(number)) for number in range(400)]


def test_the_curve_that_the_lists_were_drawn_from_is_found() -> None:
    random = np.random.default_rng(1)
    _, both = curves({"drawn": [drawn_list(random, str(each), some=False) for each in range(1_500)]}, (0.1, 0.1))
    for name, weight in BASE.both.weights.items():
        assert both.weights[name] == pytest.approx(weight, abs=0.2)


def test_without_words_the_second_curve_is_the_first() -> None:
    meaning, both = curves({"drawn": LISTS[:50]}, None, words=False)
    assert meaning == both


def test_probabilities_of_other_lists_are_believed() -> None:
    made = calibrated({"one": LISTS[:200]}, BASE, made=date(2026, 1, 1))
    chances, truth = flat(LISTS[200:], made, 60)
    assert calibration_error(chances, truth) < 0.05
    assert (made.data, made.queries, made.cutoff) == (("one",), 200, None)


def test_a_cutoff_misses_a_tenth_at_most_of_what_is_relevant_to_other_queries() -> None:
    shown = []
    for seed in range(6):
        order = np.random.default_rng(seed).permutation(len(LISTS))
        made = ended(BASE, [LISTS[at] for at in order[:200]])
        assert made.cutoff is not None
        for at in order[200:]:
            each = LISTS[at]
            inside = worth(each.under(made).places, made.power) >= made.cutoff
            shown.append(each.relevant[inside].sum() / each.relevant.sum())
    assert 0.87 <= np.mean(shown) <= 0.94


def test_a_paper_that_is_not_in_the_list_is_missed_wherever_the_list_ends() -> None:
    (found,) = relevant_worths(BASE, [replace(LISTS[0], missing=2)], 1.0)
    assert np.isneginf(found).sum() == 2
    assert len(found) == LISTS[0].relevant.sum() + 2


def test_too_few_queries_have_no_cutoff_and_none_no_calibration() -> None:
    assert ended(replace(BASE, cutoff=1.0), LISTS[:8]).cutoff is None
    with pytest.raises(UsageError, match="judged queries"):
        curves({}, None)


def test_queries_that_reach_no_paper_are_told_from_those_that_do() -> None:
    def shapes(top: float) -> list:
        return [shape(RANDOM.normal(top, 0.05, 10), RANDOM.normal(0.1, 0.1, 100), (0.1, 0.1)) for _ in range(60)]

    curve = answer({"one": shapes(0.6), "two": shapes(0.5)}, {"other": shapes(0.2)})
    assert min(curve(each.about) for each in shapes(0.6)) > 0.9
    assert max(curve(each.about) for each in shapes(0.15)) < 0.2
