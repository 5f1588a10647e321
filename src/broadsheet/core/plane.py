"""A plane with boxes on it: each near where it belongs, and none on another.

boxes with a wished centre each -> pushed apart along the shorter way, half of it at a time, and held inside the plane
captions around them -> each at the first of its places where it lies on nothing, or nowhere
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
_ROUNDS = 150
_STEP = 0.5  # of an overlap, by which both boxes move in one round


def apart(wished: Floats, halves: Floats, *, width: float, height: float, rounds: int = _ROUNDS) -> Floats:
    """Return centres (n, 2) near the ``wished`` ones, so that boxes of these half widths and heights (n, 2) overlap as
    little as can be and lie inside a plane of this size, from 0 on. The same each time."""
    size = np.array([width, height])
    low, high = np.minimum(halves, size / 2), np.maximum(size - halves, size / 2)
    centres = np.clip(np.asarray(wished, dtype=np.float64), low, high)
    away = np.where(np.tri(len(centres), dtype=bool), -1.0, 1.0)  # two boxes at one place part by their order
    for _ in range(rounds):
        between = centres[None] - centres[:, None]  # (n, n, 2), from row to column
        inside = halves[None] + halves[:, None] - np.abs(between)
        overlap = (inside > 0).all(axis=2) & ~np.eye(len(centres), dtype=bool)
        if not overlap.any():
            break
        short = inside.argmin(axis=2)  # the axis along which two boxes are parted soonest
        push = np.zeros_like(between)
        for axis in range(2):
            side = np.where(between[..., axis] != 0, np.sign(between[..., axis]), away)
            push[..., axis] = np.where(overlap & (short == axis), side * (inside[..., axis] + 0.5), 0.0)
        centres = np.clip(centres - _STEP * push.sum(axis=1), low, high)
    return centres


def room(choices: Sequence[Sequence[Box]], taken: Sequence[Box], *, width: float, height: float) -> list[int | None]:
    """Return which of its choices each box gets, in order: the first that lies inside the plane and on no box that is
    ``taken`` or was placed before it; None where there is no room. A box is its centre, and half its width and height.
    """
    placed = np.array(taken, dtype=np.float64).reshape(-1, 4)
    got: list[int | None] = []
    for several in choices:
        got.append(None)
        for place, box in enumerate(several):
            x, y, wide, tall = box
            inside = wide <= x <= width - wide and tall <= y <= height - tall
            if inside and not (np.abs(placed[:, :2] - box[:2]) < placed[:, 2:] + box[2:]).all(axis=1).any():
                got[-1] = place
                placed = np.vstack([placed, box])
                break
    return got
