"""Layers with rotary positions and a gated middle, which NomicBERT and GTE share, whatever their files call the parts.

    words and kind, normalised -> layers of attention and of a gated middle, each added and then normalised

Su et al. 2021, "RoFormer"; Shazeer 2020, "GLU Variants Improve Transformer".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from broadsheet.encoders.families.family import Layout, Shape, pair
from broadsheet.encoders.families.operations import (
    Inputs,
    Tensors,
    activated,
    constant,
    joined_heads,
    length,
    linear,
    normalised,
    parted_linear,
    split_heads,
    unseen,
    whole,
)
from broadsheet.encoders.families.rotary import Rotation, Turns, turned, turns
from broadsheet.encoders.quiet import op

_WORDS, _KINDS = "embeddings.word_embeddings.weight", "embeddings.token_type_embeddings.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateShape(Shape):
    """A Shape with ``kinds`` of segments, of which a text is the first, or none; and where there are biases."""

    kinds: int
    rotation: Rotation
    attention_bias: bool
    narrow_bias: bool


class Names(NamedTuple):
    """What a file calls the parts, {} in the place of a layer's number.

    ``parts`` is one matrix of query, key and value under one another, or three; ``wide`` is one of both halves of the
    middle, or two: what is gated, and then its gate.
    """

    norm: str
    parts: Sequence[str]
    joined: str
    joined_norm: str
    wide: Sequence[str]
    narrow: str
    narrow_norm: str


NEWER = Names(
    "embeddings.LayerNorm", tuple(f"layers.{{}}.self_attn.{part}_proj" for part in "qkv"), "layers.{}.self_attn.o_proj",
    "layers.{}.post_attention_layernorm", ("layers.{}.mlp.up_proj", "layers.{}.mlp.gate_proj"),
    "layers.{}.mlp.down_proj", "layers.{}.post_mlp_layernorm",
)  # fmt: skip
"""What transformers calls the parts in both families, where it does not write the published names."""


def layout(shape: GateShape, names: Names) -> Layout:
    """Return the shapes of all tensors under these names."""
    hidden, inner = shape.hidden, shape.inner
    shapes: Layout = {_WORDS: (shape.words, hidden), **pair(names.norm, hidden)}
    if shape.kinds:
        shapes[_KINDS] = (shape.kinds, hidden)
    for layer in range(shape.layers):
        for name in names.parts:
            shapes |= pair(name.format(layer), 3 * hidden // len(names.parts), hidden, bias=shape.attention_bias)
        shapes |= pair(names.joined.format(layer), hidden, hidden, bias=shape.attention_bias)
        for name in names.wide:
            shapes |= pair(name.format(layer), 2 * inner // len(names.wide), hidden, bias=False)
        shapes |= pair(names.narrow.format(layer), hidden, inner, bias=shape.narrow_bias)
        shapes |= pair(names.joined_norm.format(layer), hidden) | pair(names.narrow_norm.format(layer), hidden)
    return shapes


def states(shape: GateShape, tensors: Tensors, spellings: Sequence[Names], inputs: Inputs) -> list[Any]:
    """Build all layers, under whichever spelling the tensors have."""
    names = next(each for each in spellings if layout(shape, each).keys() <= tensors.keys())
    made = [_embedded(shape, tensors, names, inputs)]
    by = turns(shape.rotation, width=shape.hidden // shape.heads, positions=shape.positions, length=length(inputs))
    sight = (by, unseen(inputs))
    for layer in range(shape.layers):
        own = Names(*(_numbered(each, layer) for each in names))
        made.append(_layer(shape, tensors, own, made[-1], sight))
    return made


def _numbered(name: Any, layer: int) -> Any:
    return name.format(layer) if isinstance(name, str) else [each.format(layer) for each in name]


def _embedded(shape: GateShape, tensors: Tensors, names: Names, inputs: Inputs) -> Any:
    words = op.gather(constant(tensors[_WORDS]), inputs.ids, whole(0))
    total = op.add(words, constant(tensors[_KINDS][0])) if shape.kinds else words
    return normalised(tensors, names.norm, total, shape.epsilon)


def _layer(shape: GateShape, tensors: Tensors, own: Names, before: Any, sight: tuple[Turns, Any]) -> Any:
    attended = linear(tensors, own.joined, _attention(shape, tensors, own, before, sight))
    middle = normalised(tensors, own.joined_norm, op.add(attended, before), shape.epsilon)
    taken, gate = _products(tensors, own.wide, middle, 2)
    wide = op.multiply(activated(shape.activation, gate), taken)
    return normalised(tensors, own.narrow_norm, op.add(linear(tensors, own.narrow, wide), middle), shape.epsilon)


def _attention(shape: GateShape, tensors: Tensors, own: Names, before: Any, sight: tuple[Turns, Any]) -> Any:
    by, hidden = sight
    parts = _products(tensors, own.parts, before, 3)
    query, key, value = (split_heads(part, shape.heads, shape.hidden) for part in parts)
    width = shape.hidden // shape.heads
    made = op.scaled_dot_product_attention(turned(query, by, width), turned(key, by, width), value, hidden)
    return joined_heads(made, shape.hidden)


def _products(tensors: Tensors, names: Sequence[str], before: Any, parts: int) -> list[Any]:
    if len(names) == 1:
        return parted_linear(tensors, names[0], before, parts)
    return [linear(tensors, name, before) for name in names]
