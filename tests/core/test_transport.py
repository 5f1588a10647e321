"""Transport and assignment against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog

from broadsheet.core.transport import assignment, transport


def cheapest(costs: np.ndarray, left: np.ndarray, right: np.ndarray) -> float:
    """The cost of the best plan, by a linear programme."""
    n, m = costs.shape
    rows = [np.eye(n)[row][:, None] * np.ones(m) for row in range(n)]
    columns = [np.ones((n, 1)) * np.eye(m)[column] for column in range(m)]
    equal = np.array([each.ravel() for each in (*rows, *columns)])
    return float(linprog(costs.ravel(), A_eq=equal, b_eq=np.concatenate([left, right])).fun)


def test_a_plan_carries_the_masses_at_nearly_the_least_cost() -> None:
    random = np.random.default_rng(0)
    costs = random.random((5, 3, 4))
    left, right = random.dirichlet(np.ones(3), 5), random.dirichlet(np.ones(4), 5)
    plans = transport(costs, left, right, blur=0.005, rounds=5_000)
    assert plans.sum(axis=1) == pytest.approx(right, abs=1e-9)
    assert plans.sum(axis=2) == pytest.approx(left, abs=1e-3)
    for cost, plan, one, other in zip(costs, plans, left, right, strict=True):
        assert (plan * cost).sum() == pytest.approx(cheapest(cost, one, other), abs=0.01)


def test_a_pair_that_is_filled_up_has_the_plan_that_it_has_alone() -> None:
    random = np.random.default_rng(1)
    costs, left, right = random.random((1, 2, 3)), np.full((1, 2), 0.5), np.full((1, 3), 1 / 3)
    alone = transport(costs, left, right, blur=0.1, rounds=100)
    filled = np.zeros((1, 2, 5))
    filled[:, :, :3] = costs
    more = transport(filled, left, np.pad(right, ((0, 0), (0, 2))), blur=0.1, rounds=100)
    assert more[:, :, :3] == pytest.approx(alone)
    assert not more[:, :, 3:].any()


def test_more_blur_spreads_the_masses() -> None:
    costs, half = np.array([[[0.0, 1.0], [1.0, 0.0]]]), np.full((1, 2), 0.5)
    sharp, soft = (transport(costs, half, half, blur=blur, rounds=100)[0, 0, 1] for blur in (0.05, 5.0))
    assert sharp < 1e-6 < 0.2 < soft < 0.25


def test_no_pairs_have_no_plans() -> None:
    assert transport(np.empty((0, 2, 3)), np.empty((0, 2)), np.empty((0, 3)), blur=0.1, rounds=5).shape == (0, 2, 3)


@pytest.mark.parametrize("seed", range(40))
def test_assignments_have_the_highest_sum(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(size=tuple(random.integers(1, 9, 2)))
    scores = np.round(scores) if seed % 3 == 0 else scores  # with ties
    pairs = assignment(scores)
    rows, columns = linear_sum_assignment(scores, maximize=True)
    assert len(pairs) == min(scores.shape) == len({row for row, _ in pairs}) == len({column for _, column in pairs})
    assert sum(scores[pair] for pair in pairs) == pytest.approx(scores[rows, columns].sum())


def test_nothing_is_assigned_to_nothing() -> None:
    assert assignment(np.empty((0, 3))) == assignment(np.empty((2, 0))) == []
