"""Operations that every family shares, chosen so that OpenVINO fuses them (scaled_dot_product_attention, mvn, gelu)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.quiet import op

Tensors = Mapping[str, NDArray[np.float32]]


class Inputs(NamedTuple):
    """The inputs of a graph: ``ids`` int32 and ``mask`` float32 (1: a token, 0: filled up), both (n, length); where two
    texts are read together, also ``kinds`` int32: which of them a token is of, for families that tell them apart.

    Where places are stretched, ``below`` int32 and ``share`` float32, both (n, length), are those of
    ``encoders.places``.
    """

    ids: Any
    mask: Any
    kinds: Any = None
    below: Any = None
    share: Any = None


def length(inputs: Inputs) -> Any:
    """Count the places of a batch: a scalar."""
    return op.gather(op.shape_of(inputs.ids), whole(1), whole(0))


def count(inputs: Inputs) -> Any:
    """Number the places of a batch from 0: int64 (length,)."""
    return op.range(whole(0), length(inputs), whole(1), "i64")


def between(rows: Any, below: Any, inputs: Inputs) -> Any:
    """Return what is between two rows of a table, (n, length, hidden), by the share of the second; ``below`` is the
    first of them. Before the first row, and after the last, there is no other."""
    last = op.subtract(op.gather(op.shape_of(rows, "i32"), whole(0), whole(0)), op.constant(np.int32(1)))
    low = op.maximum(below, op.constant(np.int32(0)))
    high = op.minimum(op.add(low, op.constant(np.int32(1))), last)
    share = op.unsqueeze(inputs.share, wholes([2]))
    first, second = (op.gather(rows, places, whole(0)) for places in (low, high))
    return op.add(op.multiply(first, op.subtract(number(1.0), share)), op.multiply(second, share))


def count_after(inputs: Inputs, padding: int) -> Any:
    """Number each row's tokens from 1: int32 (n, length). ``padding`` is the mark that fills up: where a text names it,
    it is a token, but gets 0 and is not counted."""
    there = op.convert(op.not_equal(inputs.ids, op.constant(np.int32(padding))), "i32")
    return op.multiply(op.cum_sum(there, op.constant(np.int32(1))), there)


def unseen(inputs: Inputs) -> Any:
    """Return what is added to the scores of attention, (n, 1, 1, length): 0 for a token, -1e9 for what fills up."""
    return op.multiply(op.subtract(number(1.0), op.unsqueeze(inputs.mask, wholes([1, 2]))), number(-1e9))


def linear(tensors: Tensors, name: str, states: Any) -> Any:
    """Multiply by ``name.weight`` (out, in), and add ``name.bias`` where there is one."""
    product = op.matmul(states, constant(tensors[f"{name}.weight"]), False, True)
    return op.add(product, constant(tensors[f"{name}.bias"])) if f"{name}.bias" in tensors else product


def normalised(tensors: Tensors, name: str, states: Any, epsilon: float) -> Any:
    """Normalise each state (LayerNorm; Ba et al. 2016), with ``name.bias`` where there is one."""
    centred = op.mvn(states, wholes([-1]), True, epsilon, "INSIDE_SQRT")
    scaled = op.multiply(centred, constant(tensors[f"{name}.weight"]))
    return op.add(scaled, constant(tensors[f"{name}.bias"])) if f"{name}.bias" in tensors else scaled


def activated(name: str, states: Any) -> Any:
    """Apply an activation by the name that ``ACTIVATIONS`` gives it."""
    if name == "relu":
        return op.relu(states)
    return op.swish(states) if name == "silu" else op.gelu(states, name)


def split_heads(states: Any, heads: int, hidden: int) -> Any:
    """Turn (n, length, hidden) into (n, heads, length, hidden / heads)."""
    split = op.reshape(states, wholes([0, 0, heads, hidden // heads]), True)
    return op.transpose(split, wholes([0, 2, 1, 3]))


def joined_heads(states: Any, hidden: int) -> Any:
    """Turn (n, heads, length, hidden / heads) into (n, length, hidden)."""
    return op.reshape(op.transpose(states, wholes([0, 2, 1, 3])), wholes([0, 0, hidden]), True)


def joined_linear(tensors: Tensors, names: list[str], states: Any) -> list[Any]:
    """Multiply by several matrices of one shape at once, and return their products."""
    weight, bias = (np.concatenate([tensors[f"{name}.{part}"] for name in names]) for part in ("weight", "bias"))
    product = op.add(op.matmul(states, constant(weight), False, True), constant(bias))
    return list(op.split(product, whole(2), len(names)).outputs())


def parted_linear(tensors: Tensors, name: str, states: Any, parts: int) -> list[Any]:
    """Multiply by each of the equal parts that stand under one another in ``name.weight``, and return their products:
    quicker than to cut up one product of all."""
    pieces = {at: np.split(tensors[at], parts) for at in (f"{name}.weight", f"{name}.bias") if at in tensors}
    return [linear({at: piece[part] for at, piece in pieces.items()}, name, states) for part in range(parts)]


def constant(values: NDArray[np.float32]) -> Any:
    """Return an array as a node."""
    return op.constant(np.ascontiguousarray(values))


def number(value: float) -> Any:
    """Return a float32 as a node."""
    return op.constant(np.float32(value))


def whole(value: int) -> Any:
    """Return an int64 as a node."""
    return op.constant(np.array(value))


def wholes(values: list[int]) -> Any:
    """Return int64s as a node."""
    return op.constant(np.array(values))
