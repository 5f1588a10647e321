"""Matching the parts of two things: what of the one goes to what of the other, and at which cost.

transport: many to many, as cheap as can be for given masses, made smooth so that a few rounds of scaling find it
assignment: one to one, as good as can be
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST = 1e-300


def transport(costs: Floats, left: Floats, right: Floats, *, blur: float, rounds: int) -> Floats:
    """Return plans (b, n, m) that carry the masses ``left`` (b, n) to ``right`` (b, m) at low ``costs`` (b, n, m),
    for b pairs at once. A mass may be 0: nothing leaves or arrives there, so that pairs of different sizes can be
    filled up. The smaller ``blur``, in units of cost, the nearer to the cheapest plan and the more rounds are needed.

    Cuturi 2013, "Sinkhorn Distances: Lightspeed Computation of Optimal Transport". Costs are counted from the lowest
    of their pair, which changes no plan; a kernel then holds for costs up to some 600 times the blur above it.
    """
    lowest = costs.min(axis=(1, 2), keepdims=True, initial=np.inf)
    kernel = np.exp(-(costs - np.where(np.isfinite(lowest), lowest, 0.0)) / blur)
    up, down = np.ones_like(left), np.ones_like(right)
    for _ in range(rounds):
        up = left / np.maximum(np.einsum("bnm,bm->bn", kernel, down), _LEAST)
        down = right / np.maximum(np.einsum("bnm,bn->bm", kernel, up), _LEAST)
    plans: Floats = up[:, :, None] * kernel * down[:, None, :]
    return plans


def assignment(scores: Floats) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of the one-to-one matching of ``scores`` (n, m) with the highest sum; min(n, m)
    pairs, by row.

    Kuhn 1955, "The Hungarian method for the assignment problem", with the shortest augmenting paths of Jonker and
    Volgenant 1987.
    """
    if not scores.size:
        return []
    if scores.shape[0] > scores.shape[1]:
        return sorted((row, column) for column, row in assignment(scores.T))
    costs = scores.max() - scores
    rows, columns = costs.shape
    prices, worth = np.zeros(columns), np.zeros(rows)
    taken = np.full(columns, -1)
    for row in range(rows):
        _augment(costs, row, prices, worth, taken)
    return sorted((int(taken[column]), int(column)) for column in np.flatnonzero(taken >= 0))


def _augment(costs: Floats, row: int, prices: Floats, worth: Floats, taken: NDArray[np.int64]) -> None:
    """Give a further row a column: along the shortest path of columns that change their rows."""
    columns = costs.shape[1]
    shortest, before = np.full(columns, np.inf), np.full(columns, -1)
    done, at, length, end = np.zeros(columns, np.bool_), row, 0.0, -1
    while end < 0:
        step = length + costs[at] - worth[at] - prices
        better = ~done & (step < shortest)
        shortest[better], before[better] = step[better], at
        open_ = np.where(done, np.inf, shortest)
        column = int(open_.argmin())
        length, done[column] = float(open_[column]), True
        if taken[column] < 0:
            end = column
        else:
            at = int(taken[column])
    changed = done.copy()
    changed[end] = False
    worth[taken[changed]] += length - shortest[changed]
    worth[row] += length
    prices[changed] -= length - shortest[changed]
    own = -1
    while own != row:
        own = int(before[end])
        left = -1 if own == row else int(np.flatnonzero(taken == own)[0])
        taken[end], end = own, left
