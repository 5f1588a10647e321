"""Scores of set operations on meanings, against what they are defined to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import zscore

from broadsheet.core.composition import combined, share_of_best, standing, weakest
from broadsheet.core.meanings import Both, Either, Meaning, Sets, every

A, B, C = (Meaning((name,)) for name in "abc")
SCORES = {
    A: np.array([4.0, 4.0, 0.5, 2.0, 3.0]),
    B: np.array([4.0, 0.0, 4.0, 2.0, 3.0]),
    C: np.array([0.0, 0.0, 0.0, 0.0, 4.0]),
    Meaning(("a b",)): np.array([4.0, 2.0, 2.0, 2.0, 3.0]),
}


def of(meaning: Meaning) -> np.ndarray:
    return SCORES[meaning]


def test_spreads_are_those_of_scipy() -> None:
    chance = np.random.default_rng(1).normal(size=200)
    assert np.allclose(standing(chance, chance), zscore(chance))
    assert standing(np.array([0.3]), np.full(9, 0.1)).tolist() == [0.0]
    assert standing(np.array([0.3]), np.empty(0)).tolist() == [0.0]


def test_the_share_of_the_best() -> None:
    highest = np.arange(20.0, 0, -1)
    assert share_of_best(np.array([31.0, 0.0]), highest).tolist() == [2.0, 0.0]
    assert share_of_best(np.array([1.0]), np.empty(0)).tolist() == [0.0]
    assert share_of_best(np.array([1.0]), np.zeros(3)).tolist() == [0.0]


def test_all_parts_come_before_a_lot_of_one() -> None:
    result = combined(Both((A, B)), of)
    say = softmax(-np.stack([SCORES[A], SCORES[B]]) / 0.5, axis=0)
    soft = say[0] * SCORES[A] + say[1] * SCORES[B]
    assert np.allclose(result.values, (soft + 0.5 * SCORES[Meaning(("a b",))]) / 1.5)
    assert np.argsort(-result.values)[:3].tolist() == [0, 4, 3]
    assert (SCORES[A] + SCORES[B])[3] < (SCORES[A] + SCORES[B])[2]  # a sum would have put it the other way round


def test_what_is_not_wanted_is_left_out_or_takes_off() -> None:
    result = combined(Both((A,), (C,)), of)
    assert result.held.tolist() == [True, True, True, True, False]
    assert np.allclose(result.values, SCORES[A] - 0.5 * SCORES[C])


def test_of_alternatives_the_best_counts() -> None:
    result = combined(Either((A, B)), of)
    assert result.values.tolist() == [4, 4, 4, 2, 3]
    assert result.weights[A].tolist() == [1, 1, 0, 1, 1]
    either = combined(Either((Both((A,), (C,)), B)), of)
    assert either.held.all()
    assert either.values[4] == 3.0  # left out of the first alternative, not of the second


def test_the_weakest_part() -> None:
    assert weakest(Both((A, B), (C,)), of).tolist() == [4, 0, 0.5, 2, 3]
    assert weakest(Either((A, B)), of).tolist() == [4, 4, 4, 2, 3]


_leaf = st.sampled_from([A, B, C])
_sets = st.recursive(
    _leaf,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda own: Either(tuple(own))),
        st.tuples(st.lists(parts, min_size=1, max_size=3), st.lists(parts, max_size=2)).map(
            lambda own: Both(tuple(own[0]), tuple(own[1]))
        ),
    ),
    max_leaves=6,
)


@given(_sets, st.integers(0, 99))
def test_the_shares_of_the_meanings_add_up(sets: Sets, seed: int) -> None:
    chance = np.random.default_rng(seed)
    scores = {each: chance.normal(scale=3, size=7) for each in every(sets)}
    result = combined(sets, scores.__getitem__)
    shares = sum((weights * scores[each] for each, weights in result.weights.items()), np.zeros(7))
    assert shares[result.held] == pytest.approx(result.values[result.held], abs=1e-9)
    assert np.isfinite(result.values).all()


def test_no_papers_at_all() -> None:
    empty = combined(Both((A, Either((B, C))), (C,)), lambda _: np.empty(0))
    assert (len(empty.values), len(empty.held)) == (0, 0)
