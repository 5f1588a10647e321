"""A sentence encoder as an OpenVINO graph, straight from its tensors.

the family's states -> those of the last layer, or the mean of several layers' -> pooled -> length 1
or, for late pooling, in two graphs: the states of a chunk's tokens, and what follows from those of the whole text
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
    places = _places() if facts.way else []
    inputs = Inputs(ids, mask, *places)
    states = facts.family.states(facts.shape, tensors, inputs)
    mixed = _mixed([states[layer] for layer in facts.mix]) if facts.mix else states[-1]
    if not pooled:
        return ov.Model([mixed], [ids, mask, *places], "token encoder")
    return ov.Model([_vectors(facts, mixed, mask)], [ids, mask, *places], "sentence encoder")


def build_head(facts: Facts) -> Any:
    """Build the graph of what follows the transformer alone: float32 states (n, length, hidden) of all tokens and their
    mask (n, length) -> float32 (n, hidden), unit rows."""
    states = op.parameter([-1, -1, facts.shape.hidden], np.float32, name="states")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    return ov.Model([_vectors(facts, states, mask)], [states, mask], "head")


def _vectors(facts: Facts, states: Any, mask: Any) -> Any:
    return op.normalize_l2(POOLS[facts.pooling](states, mask), wholes([1]), 1e-12, "max")


def _places() -> list[Any]:
    below = op.parameter([-1, -1], np.int32, name="below")
    return [below, op.parameter([-1, -1], np.float32, name="share")]


def _mixed(layers: list[Any]) -> Any:
    return op.divide(reduce(op.add, layers), number(float(len(layers))))
