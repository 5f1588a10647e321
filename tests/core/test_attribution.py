from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from broadsheet.core.attribution import gathered, pair_parts, shapley

RANDOM = np.random.default_rng(3)


def test_parts_of_pairs_sum_to_the_cosine_of_the_means() -> None:
    one, other = (RANDOM.normal(size=(count, 16)).astype(np.float32) for count in (5, 9))
    parts = pair_parts(one, other)
    left, right = one.mean(axis=0), other.mean(axis=0)
    assert parts.shape == (5, 9)
    assert parts.sum() == pytest.approx(left @ right / np.linalg.norm(left) / np.linalg.norm(right), abs=1e-6)


def test_the_shared_token_ranks_first() -> None:
    one, other = np.eye(6, dtype=np.float32)[:3], np.eye(6, dtype=np.float32)[2:5]
    parts = pair_parts(one, other)
    assert np.unravel_index(parts.argmax(), parts.shape) == (2, 0)


def test_a_text_without_tokens_or_direction_has_no_parts() -> None:
    assert pair_parts(np.zeros((0, 4), np.float32), np.ones((2, 4), np.float32)).shape == (0, 2)
    assert not pair_parts(np.array([[1, 0], [-1, 0]], np.float32), np.ones((1, 2), np.float32)).any()


def test_gathered_parts_keep_their_sum() -> None:
    parts = RANDOM.normal(size=(4, 3))
    table = gathered(parts, np.array([0, 2, 2, 1]), np.array([1, 1, 0]))
    assert table.shape == (3, 2)
    assert table.sum() == pytest.approx(parts.sum())
    assert table[2, 1] == pytest.approx(parts[1:3, :2].sum())


def test_shapley_values_are_those_of_all_orders() -> None:
    """A game whose values are known in full: each member's mean gain over all 24 orders."""
    worth = {mask: float(RANDOM.normal()) for mask in range(16)}

    def value(masks: np.ndarray) -> np.ndarray:
        return np.array([worth[int(row @ (1 << np.arange(4)))] for row in masks])

    exact = np.zeros(4)
    for order in permutations(range(4)):
        mask = 0
        for member in order:
            exact[member] += (worth[mask | 1 << member] - worth[mask]) / 24
            mask |= 1 << member
    found = shapley(value, 4, rounds=4_000, seed=1)
    assert found.sum() == pytest.approx(worth[15] - worth[0])
    assert found == pytest.approx(exact, abs=0.05)
