"""Texts of a few made fields, and vectors whose corpora differ by a known amount."""

from __future__ import annotations

import numpy as np

from broadsheet.core.vectors import Vectors, unit

FIELDS = {
    "bees": ["bee", "hive", "honey", "swarm", "queen", "nectar", "pollen", "comb", "forager", "dance", "wax", "brood"],
    "rivers": [
        "river",
        "sand",
        "flood",
        "delta",
        "bank",
        "current",
        "silt",
        "basin",
        "tide",
        "bridge",
        "stream",
        "ferry",
    ],
    "stars": [
        "star",
        "galaxy",
        "nova",
        "orbit",
        "telescope",
        "spectrum",
        "dust",
        "comet",
        "planet",
        "lens",
        "moon",
        "mass",
    ],
}


def texts(field: str, count: int, *, seed: int = 0) -> list[str]:
    """Different texts of eight words of a field, two of them common to all."""
    random = np.random.default_rng([seed, sorted(FIELDS).index(field)])
    made = dict[str, None]()
    while len(made) < count:
        words = [*random.choice(FIELDS[field], 6, replace=False), *random.choice(["study", "model", "data", "we"], 2)]
        made[" ".join(words)] = None
    return list(made)


def cloud(count: int, *, seed: int, shift: float = 0.0, dim: int = 12) -> Vectors:
    """Unit vectors around an axis, moved by ``shift`` along another."""
    rows = np.random.default_rng(seed).normal(size=(count, dim)) * 0.4
    rows[:, 0] += 1
    rows[:, 1] += shift
    return unit(rows)
