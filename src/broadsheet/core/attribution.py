"""What each part of two texts adds to their similarity.

tokens of two mean-pooled texts -> the product of each pair of vectors, over both lengths -> they sum to the cosine
members of a set, and a value of each part of the set -> what each adds on average: they sum to the value of the set

Stylianou et al. 2019, "Visualizing Deep Similarity Networks"; Eberle et al. 2022, "Building and Interpreting Deep
Similarity Models" (pairs); Štrumbelj and Kononenko 2010, "An Efficient Explanation of Individual Classifications using
Game Theory" (sampled Shapley values); Mitchell et al. 2022, "Sampling Permutations for Shapley Value Estimation" (each
order and its reverse).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Rows, Vectors

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]


def pair_parts(one: Vectors, other: Vectors) -> Floats:
    """Return what each pair of tokens (m, dim) and (n, dim) adds to the cosine of the two means, (m, n): their sum is
    the cosine. Zeros where a text has no tokens, or a mean no direction."""
    rows, columns = one.astype(np.float64), other.astype(np.float64)
    lengths = float(np.linalg.norm(rows.sum(axis=0)) * np.linalg.norm(columns.sum(axis=0)))
    return np.asarray(rows @ columns.T / lengths if lengths else np.zeros((len(rows), len(columns))))


def gathered(parts: Floats, rows: Rows, columns: Rows) -> Floats:
    """Return the parts (m, n) summed by group: ``rows`` (m,) and ``columns`` (n,) are the numbers of the groups that
    tokens belong to, from 0 on; the sum stays the same."""
    out = np.zeros((int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1))
    np.add.at(out, (rows[:, None], columns[None, :]), parts)
    return out


def shapley(value: Callable[[Masks], Floats], players: int, *, rounds: int, seed: int = 0) -> Floats:
    """Return what each member of a set adds on average, (players,), over ``rounds`` random orders and their reverses:
    the sum is the value of the whole set less that of the empty one.

    ``value`` takes masks (k, players), true for a member that is there, and returns the values (k,); it is called once
    for each order.
    """
    random, total = np.random.default_rng(seed), np.zeros(players)
    for _ in range(rounds):
        order = random.permutation(players)
        for each in (order, order[::-1]):
            masks = np.tri(players + 1, players, -1, dtype=np.bool_)[:, np.argsort(each)]
            total[each] += np.diff(value(masks))
    return total / (2 * rounds) if rounds else total
