"""Which models belong together: average linkage (UPGMA) of their distances (Sokal and Michener 1958).

each model is a group -> the two nearest groups, by the mean distance of their members, become one -> ... -> one group
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups of names that became one, at the mean ``distance`` of their members."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    distance: float


def joins(names: Sequence[str], distances: Floats) -> list[Join]:
    """Return the joins in their order, m - 1 for m ``names``; ``distances`` (m, m) are symmetric.

    The order of the names in the last join is one in which near models are next to each other. UsageError for another
    shape or for distances that are not numbers.
    """
    if distances.shape != (len(names), len(names)) or not np.isfinite(distances).all():
        raise UsageError(f"A tree of {len(names)} models needs as many distances squared; got {distances.shape}.")
    groups = [[place] for place in range(len(names))]
    made = []
    while len(groups) > 1:
        pairs = [(_mean(distances, a, b), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups) if i < j]
        distance, i, j = min(pairs)
        one, other = groups[i], groups.pop(j)
        made.append(Join(tuple(names[each] for each in one), tuple(names[each] for each in other), distance))
        groups[i] = one + other
    return made


def groups(names: Sequence[str], made: Sequence[Join], *, most: float) -> list[tuple[str, ...]]:
    """Return the groups that are left when joins at a distance above ``most`` are not made, in the tree's order."""
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for join in made:
        if join.distance <= most:
            found |= dict.fromkeys(join.one + join.other, join.one + join.other)
    order = made[-1].one + made[-1].other if made else tuple(names)
    return list(dict.fromkeys(found[name] for name in order))


def _mean(distances: Floats, one: Sequence[int], other: Sequence[int]) -> float:
    return float(distances[np.ix_(one, other)].mean())
