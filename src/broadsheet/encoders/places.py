"""Places of the tokens of a text that is longer than a model was trained for, within those that it knows.

tokens of a text, and the trained length -> a place for each, a number from 0 to the trained length - 1
    stretch   evenly between the first and the last (Chen et al. 2023, "Extending Context Window ... via Positional
              Interpolation")
    group     several tokens in a row share one
    repeat    from the first again, and again
a batch -> for each token the whole place below its own, and how far it is on the way to the next

The three are compared by Zhu et al. 2024, "LongEmbed". A text of the trained length or shorter has the places that it
always has. They are computed here, not in the graph: bf16 has no whole numbers beyond 256.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.metrics import Floats

_TIMES, _MOST = 8, 4_096  # tokens that are read: attention takes time by their square
Whole = NDArray[np.int32]
Share = NDArray[np.float32]
There = NDArray[np.bool_]


def _stretch(tokens: int, trained: int) -> Floats:
    return np.linspace(0, trained - 1, tokens)


def _group(tokens: int, trained: int) -> Floats:
    return np.floor(np.arange(tokens) / -(-tokens // trained))


def _repeat(tokens: int, trained: int) -> Floats:
    return np.arange(tokens, dtype=np.float64) % trained


WAYS: Mapping[str, Callable[[int, int], Floats]] = {"stretch": _stretch, "group": _group, "repeat": _repeat}
"""The name of a way -> tokens of a text and trained length -> places, float64 (tokens,)."""


def reach(trained: int) -> int:
    """Return how many tokens are read of a text: 8 times the trained length, at most 4,096."""
    return max(trained, min(_TIMES * trained, _MOST))


def places(batch: tuple[Whole, There], *, way: str, trained: int, padding: int = -1) -> tuple[Whole, Share]:
    """Return the places of a batch of ids (n, length) and of which are there: those below, int32 (n, length), and the
    share of the next one, from 0 to 1, float32 (n, length). What fills up has the place -1, also in a text that names
    it: ``padding``."""
    ids, there = batch
    exact = np.full(ids.shape, -1.0)
    for row, counted in zip(exact, there & (ids != padding), strict=True):
        tokens = int(counted.sum())
        row[counted] = np.arange(tokens) if tokens <= trained else WAYS[way](tokens, trained)
    below = np.floor(exact)
    return below.astype(np.int32), (exact - below).astype(np.float32)
