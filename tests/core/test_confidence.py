"""How sure it is that two papers are one work."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest

from broadsheet.core.confidence import SURE, WEIGHTS, Evidence, confidence, evidence, logistic
from broadsheet.core.types import Document
from near_kit import COPY, OTHERS, RENAMED, WORK, akin

EMPTY = Document(id="made:empty", title="")
PAPERS = [WORK, COPY, RENAMED, akin(1, 1), OTHERS[0], EMPTY, replace(WORK, text="", authors=(), year=None)]


def test_a_copy_is_surer_than_a_work_of_the_same_kind() -> None:
    assert confidence(WORK, COPY) > 0.95
    assert confidence(WORK, RENAMED) > SURE
    assert confidence(WORK, akin(1, 1)) < 0.1
    assert confidence(WORK, OTHERS[0]) < 0.01


def test_it_is_a_probability_whatever_is_missing_and_whoever_comes_first() -> None:
    for one, other in product(PAPERS, PAPERS):
        assert 0 <= confidence(one, other) <= 1
        assert evidence(one, other) == evidence(other, one)


def test_each_sign_points_where_it_should() -> None:
    nothing = Evidence(*[0.0] * len(Evidence._fields))
    base = logistic(nothing)
    for name in ("title", "reworded", "people", "unsigned", "wording"):
        assert logistic(nothing._replace(**{name: 1.0})) > base, name
    for name in ("years_bare", "years"):
        assert logistic(nothing._replace(**{name: 1.0})) < base, name


def test_the_logistic_function_of_the_weighted_sum() -> None:
    found = evidence(WORK, RENAMED)
    odds = math.log(confidence(WORK, RENAMED) / (1 - confidence(WORK, RENAMED)))
    base = math.log(logistic(Evidence(*[0.0] * 9)) / (1 - logistic(Evidence(*[0.0] * 9))))
    assert odds == pytest.approx(base + sum(w * v for w, v in zip(WEIGHTS, found, strict=True)))


def test_what_is_compared() -> None:
    found = evidence(WORK, COPY)
    assert found.worded == found.people == found.reworded == found.title_and_text == 1
    assert 0.5 < found.title < 1
    assert 0.8 < found.wording < 1
    assert found.years == found.years_bare == 0
    later = evidence(replace(WORK, year=2026), replace(COPY, year=1990, listed=None, text=""))
    assert (later.years, later.years_bare, later.worded) == (0, 5, 0)
