"""MPNet: BERT without kinds of segments, whose attention also looks at how far apart two words are.

    distance of two words -> one of 32 buckets, near distances one each, far ones together -> a bias for each head

Song et al. 2020, "MPNet"; the buckets: Raffel et al. 2020, "T5".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.families import layers
from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common
from broadsheet.encoders.families.operations import Inputs, Tensors, constant, count, unseen, whole
from broadsheet.encoders.folder import Config
from broadsheet.encoders.quiet import op

_BUCKETS, _FARTHEST = 32, 128  # of the model's own code, which takes no other numbers
_OFFSET = 2  # the row of the first position, after that of the padding; fixed in that code too
_BIAS = "encoder.relative_attention_bias.weight"
_NAMES = layers.Names(
    "encoder.layer.{}.attention.attn.q", "encoder.layer.{}.attention.attn.k", "encoder.layer.{}.attention.attn.v",
    "encoder.layer.{}.attention.attn.o", "encoder.layer.{}.attention.LayerNorm",
    "encoder.layer.{}.intermediate.dense", "encoder.layer.{}.output.dense", "encoder.layer.{}.output.LayerNorm",
)  # fmt: skip


def _read(config: Config) -> Shape:
    facts = common(config)
    positions, buckets = facts.pop("positions") - _OFFSET, config.values.get("relative_attention_num_buckets", _BUCKETS)
    if isinstance(buckets, bool) or buckets != _BUCKETS:
        raise config.error(f"relative_attention_num_buckets is {repr(buckets)[:80]}; expected {_BUCKETS}.")
    return Shape(
        **facts, positions=positions, offset=_OFFSET, activation=ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)],
        epsilon=config.number("layer_norm_eps", 1e-12),
    )  # fmt: skip


def _layout(shape: Shape) -> Layout:
    return layers.layout(shape, _NAMES) | {_BIAS: (_BUCKETS, shape.heads)}


def _states(shape: Shape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    bias = op.add(_distances(shape, tensors, inputs), unseen(inputs))  # once, for all layers
    return layers.states(shape, tensors, _NAMES, (layers.embedded(shape, tensors, inputs), bias))


def _distances(shape: Shape, tensors: Tensors, inputs: Inputs) -> Any:
    """The bias of each pair of places, (1, heads, length, length), from a table of all distances that there are."""
    far = shape.positions - 1
    table = tensors[_BIAS][bucket(np.arange(-far, far + 1))].T  # (heads, distances)
    places = count(inputs)
    distances = op.subtract(op.unsqueeze(places, whole(0)), op.unsqueeze(places, whole(1)))
    if inputs.below is not None:  # longer than the table, whose ends are in the bucket of all that is farther
        distances = op.clamp(distances, -far, far)
    return op.unsqueeze(op.gather(constant(table), op.add(distances, whole(far)), whole(1)), whole(0))


def bucket(distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bucket of each distance, positive to the right: half of them for each side; of these half for single
    steps, the others by the logarithm up to ``_FARTHEST``, in float32, as the model was trained."""
    side, single = _BUCKETS // 2, _BUCKETS // 4
    steps = np.abs(distances)
    logs = np.log(np.maximum(steps, 1).astype(np.float32) / np.float32(single))
    far = single + (logs / np.float32(math.log(_FARTHEST / single)) * np.float32(side - single)).astype(np.int64)
    return np.where(distances > 0, side, 0) + np.where(steps < single, steps, np.minimum(far, side - 1))


MPNET = Family(_read, _layout, _states, ("", "mpnet."), stretches=True)
