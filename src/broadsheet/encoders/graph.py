"""A sentence encoder as an OpenVINO graph, straight from its tensors.

the family's states -> those of the last layer, or the mean of several layers' -> pooled -> length 1
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from broadsheet.encoders.facts import Facts
from broadsheet.encoders.families.operations import Inputs, Tensors, number, wholes
from broadsheet.encoders.heads.pooling import POOLS
from broadsheet.encoders.quiet import op, ov


def build(facts: Facts, tensors: Tensors, *, pooled: bool = True) -> Any:
    """Build a graph: int32 ids and float32 mask (1: a word), both (n, length) -> float32 (n, hidden), unit rows; the
    states of all tokens, (n, length, hidden), where they are not to be ``pooled``."""
    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    states = facts.family.states(facts.shape, tensors, Inputs(ids, mask))
    mixed = _mixed([states[layer] for layer in facts.mix]) if facts.mix else states[-1]
    if not pooled:
        return ov.Model([mixed], [ids, mask], "token encoder")
    rows = POOLS[facts.pooling](mixed, mask)
    return ov.Model([op.normalize_l2(rows, wholes([1]), 1e-12, "max")], [ids, mask], "sentence encoder")


def _mixed(layers: list[Any]) -> Any:
    return op.divide(reduce(op.add, layers), number(float(len(layers))))
