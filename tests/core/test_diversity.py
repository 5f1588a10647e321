"""The head of a list in an order that trades relevance for variety."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.diversity import spread
from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import ListDiversity
from broadsheet.core.vectors import unit

DRAW = np.random.default_rng(3)
VECTORS = unit(DRAW.normal(size=(60, 8)))
SCORES = np.sort(DRAW.normal(size=60))[::-1].copy()


def by_the_paper(scores: np.ndarray, vectors: np.ndarray, lam: float) -> list[int]:
    """Carbonell and Goldstein 1998, formula 1, word by word."""
    relevance = (scores - scores.min()) / (scores.max() - scores.min())
    chosen: list[int] = []
    while len(chosen) < len(scores):
        left = [each for each in range(len(scores)) if each not in chosen]
        worth = [
            lam * relevance[i] - (1 - lam) * max((float(vectors[i] @ vectors[j]) for j in chosen), default=0.0)
            for i in left
        ]
        chosen.append(left[int(np.argmax(worth))])
    return chosen


@pytest.mark.parametrize("diverse", [0.05, 0.3, 0.5, 0.9])
def test_it_is_the_formula_of_the_paper(diverse: float) -> None:
    assert spread(SCORES, VECTORS, diverse).tolist() == by_the_paper(SCORES, VECTORS, 1 - diverse)


def test_0_keeps_the_order_and_1_spreads_most() -> None:
    assert spread(SCORES, VECTORS, 0).tolist() == list(range(60))
    lists = [ListDiversity(10)(VECTORS[spread(SCORES, VECTORS, each)]) for each in (0, 0.5, 1)]
    assert lists[0] < lists[1] < lists[2]


def test_every_item_once_and_the_fixed_ones_first() -> None:
    order = spread(SCORES, VECTORS, 0.7, fixed=5)
    assert sorted(order.tolist()) == list(range(60))
    assert order[:5].tolist() == [0, 1, 2, 3, 4]
    assert spread(SCORES, VECTORS, 0.7, fixed=60).tolist() == list(range(60))


def test_a_copy_goes_down_and_an_item_without_a_vector_stays_about_where_it_is() -> None:
    twins = np.vstack([VECTORS[:1], VECTORS[:1], VECTORS[1:10]])
    order = spread(np.linspace(1, 0.9, 11), twins, 0.5).tolist()
    assert order[0] == 0
    assert order.index(1) > 5, "a copy of the first adds little"
    missing = twins.copy()
    missing[1] = np.nan
    assert spread(np.linspace(1, 0, 11), missing, 0.2).tolist().index(1) < 4


@pytest.mark.parametrize("scores", [np.ones(5), np.array([np.nan, 1, np.inf, -np.inf, 0]), np.zeros(5)])
def test_scores_that_say_nothing(scores: np.ndarray) -> None:
    assert sorted(spread(scores, VECTORS[:5], 0.4).tolist()) == list(range(5))


def test_nothing_and_one() -> None:
    assert spread(np.empty(0), VECTORS[:0], 0.5).tolist() == []
    assert spread(np.ones(1), VECTORS[:1], 0.5).tolist() == [0]
    assert sorted(spread(SCORES[:3], np.full((3, 1), np.nan, np.float32), 0.5).tolist()) == [0, 1, 2]


@pytest.mark.parametrize(("diverse", "rows"), [(-0.1, 60), (1.1, 60), (float("nan"), 60), (0.5, 59)])
def test_what_is_refused(diverse: float, rows: int) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        spread(SCORES, VECTORS[:rows], diverse)
