"""A plane with boxes on it: each near where it belongs, and none on another.

boxes with a wished centre each -> pushed apart along the shorter way, a little of it at a time, and held inside the
plane -> for what still overlaps, the later box of the two is left out
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 600
_STEP = 0.5  # of an overlap, by which both boxes move in one round


def apart(wished: Floats, halves: Floats, *, width: float, height: float) -> Floats:
    """Return centres (n, 2) near the ``wished`` ones, so that boxes of these half widths and heights (n, 2) overlap as
    little as can be and lie inside a plane of this size, from 0 on. The same each time."""
    size = np.array([width, height])
    low, high = np.minimum(halves, size / 2), np.maximum(size - halves, size / 2)
    centres = np.clip(np.asarray(wished, dtype=np.float64), low, high)
    away = np.where(np.tri(len(centres), dtype=bool), -1.0, 1.0)  # two boxes at one place part by their order
    for _ in range(_ROUNDS):
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


def clear(centres: Floats, halves: Floats, taken: Sequence[tuple[float, float, float, float]] = ()) -> list[bool]:
    """Tell for each box, in order, whether it overlaps none of the boxes before it that do not either, and none that is
    ``taken`` (its centre, and half its width and height)."""
    placed = [np.array(each, dtype=np.float64) for each in taken]
    free = []
    for centre, half in zip(centres, halves, strict=True):
        box = np.concatenate([centre, half])
        good = not any((np.abs(box[:2] - other[:2]) < box[2:] + other[2:]).all() for other in placed)
        free.append(good)
        if good:
            placed.append(box)
    return free
