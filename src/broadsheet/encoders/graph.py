"""A sentence encoder as an OpenVINO graph, straight from its tensors.

the family's states -> those of the last layer, or the mean of several layers' -> pooled -> the steps after it
-> the first axes, where it is cut (Kusupati et al. 2022, "Matryoshka Representation Learning") -> length 1
or, for late pooling, in two graphs: the states of a chunk's tokens, and what follows from those of the whole text
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from broadsheet.encoders.facts import Facts
from broadsheet.encoders.families.operations import Inputs, Tensors, constant, number, whole, wholes
from broadsheet.encoders.heads.norm import unit_rows
from broadsheet.encoders.heads.pooling import side_by_side, word_weights
from broadsheet.encoders.quiet import op, ov


def build(facts: Facts, tensors: Tensors, *, pooled: bool = True, states: bool = False) -> Any:
    """Build a graph: int32 ids and float32 mask (1: a word; 2: one of a prompt that pooling leaves out), both (n,
    length) -> float32 (n, dim), unit rows, and after them the ``states`` of all tokens, (n, length, hidden), if they
    are needed, too; the states alone where they are not to be ``pooled``."""
    ids = op.parameter([-1, -1], np.int32, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    places = _places() if facts.way else {}
    seen = mask if facts.with_prompt else op.minimum(mask, number(1.0))
    layers = facts.family.states(facts.shape, tensors, Inputs(ids, seen, **places))
    mixed = _mixed([layers[layer] for layer in facts.mix]) if facts.mix else layers[-1]
    if not pooled:
        return ov.Model([mixed], [ids, mask, *places.values()], "token encoder")
    counted = mask if facts.with_prompt else _without_prompt(mask)
    weights = op.gather(constant(word_weights(facts.shape.words)), ids, whole(0))  # left out where none needs it
    rows = side_by_side(facts.pooling, mixed, counted, weights)
    made = [_vectors(facts, tensors, rows), *([mixed] if states else [])]
    return ov.Model(made, [ids, mask, *places.values()], "sentence encoder")


def build_head(facts: Facts, tensors: Tensors) -> Any:
    """Build the graph of what follows the transformer alone: float32 states (n, length, hidden) of all tokens and their
    mask (n, length; 1: one that counts) -> float32 (n, dim), unit rows."""
    states = op.parameter([-1, -1, facts.shape.hidden], np.float32, name="states")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    rows = side_by_side(facts.pooling, states, mask, None)
    return ov.Model([_vectors(facts, tensors, rows)], [states, mask], "head")


def _places() -> dict[str, Any]:
    """The inputs that ``encoders.places`` makes, in its order."""
    kinds = {"below": np.int32, "share": np.float32}
    return {name: op.parameter([-1, -1], kind, name=name) for name, kind in kinds.items()}


def _vectors(facts: Facts, tensors: Tensors, rows: Any) -> Any:
    """What follows the pooling, up to rows of length 1."""
    for step in facts.steps:
        rows = step.apply(tensors, rows)
    if facts.dim < facts.width:
        rows = op.slice(rows, wholes([0]), wholes([facts.dim]), wholes([1]), wholes([1]))
    return unit_rows(rows)


def _without_prompt(mask: Any) -> Any:
    """1 for a word, 0 for what fills up and for what is 2: a word of the prompt."""
    return op.multiply(mask, op.subtract(number(2.0), mask))


def _mixed(layers: list[Any]) -> Any:
    return op.divide(reduce(op.add, layers), number(float(len(layers))))
