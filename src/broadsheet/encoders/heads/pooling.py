"""Pooling: the states of a text's tokens -> one row.

Reimers and Gurevych 2019, "Sentence-BERT" (mean, cls, max); Muennighoff 2022, "SGPT" (last, weighted by place).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from broadsheet.encoders.families.operations import number, whole, wholes
from broadsheet.encoders.quiet import op


def _mean(states: Any, mask: Any) -> Any:
    there = op.unsqueeze(mask, wholes([2]))
    total = op.reduce_sum(op.multiply(states, there), wholes([1]), False)
    return op.divide(total, op.reduce_sum(there, wholes([1]), False))


def _first(states: Any, mask: Any) -> Any:  # noqa: ARG001 - as the other ways
    return op.gather(states, whole(0), whole(1))


def _last(states: Any, mask: Any) -> Any:
    """The last word that is there, counted in whole numbers: bf16 cannot count beyond 256."""
    count = op.reduce_sum(op.convert(mask, "i32"), wholes([1]), True)
    return op.squeeze(op.gather(states, op.subtract(count, op.constant(np.int32(1))), whole(1), 1), wholes([1]))


def _largest(states: Any, mask: Any) -> Any:
    away = op.multiply(op.subtract(number(1.0), op.unsqueeze(mask, wholes([2]))), number(-1e9))
    return op.reduce_max(op.add(states, away), wholes([1]), False)


def _weighted(states: Any, mask: Any) -> Any:
    """The mean in which the i-th word counts i times."""
    length = op.gather(op.shape_of(mask), whole(1), whole(0))
    places = op.range(whole(1), op.add(length, whole(1)), whole(1), "f32")
    return _mean(states, op.multiply(mask, places))


POOLS = {"mean": _mean, "cls": _first, "last": _last, "max": _largest, "weighted": _weighted}
"""The name of a pooling -> states (n, length, hidden) and mask (n, length) -> rows (n, hidden)."""
