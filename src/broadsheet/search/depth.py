"""How far down a list is read, so that a page keeps its places however deep the reader pages.

whole: an exact list, read to the end of a run of equal scores, for only a whole run can be sorted by id
layered: an approximate list, read again at fixed depths; papers found only at a greater depth come after the others
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from broadsheet.core.vectors import Rows, Vectors

DEPTH = 1_000
_FIRST = 100
_DEEPER = 4

Found = tuple[Rows, Vectors]
Find = Callable[[int], Found]  # so many at most -> numbers and scores, best first


def whole(find: Find, shown: int) -> Found:
    """Return at least the ``shown`` best, if there are as many, and all papers that tie with one of them."""
    depth = max(_FIRST, 2 * shown)
    while True:
        numbers, scores = find(depth)
        if len(numbers) < depth:
            return numbers, scores
        above = int(np.count_nonzero(scores > scores[-1]))
        if above >= shown:
            return numbers[:above], scores[:above]
        depth *= _DEEPER


def layered(find: Find, shown: int) -> Found:
    """Return at least the ``shown`` best, if there are as many: the best 1,000, then the rest of the best 4,000 ..."""
    depth = DEPTH
    numbers, scores = layer = find(depth)
    while len(numbers) < shown and len(layer[0]) >= depth:
        depth *= _DEEPER
        layer = find(depth)
        new = ~np.isin(layer[0], numbers)
        numbers, scores = np.concatenate([numbers, layer[0][new]]), np.concatenate([scores, layer[1][new]])
    return numbers, scores
