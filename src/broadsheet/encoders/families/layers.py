"""The layers that BERT and its nearest relatives share, whatever their files call the parts.

    words and places, normalised -> layers of attention and of a wide middle, each added and then normalised

Vaswani et al. 2017, "Attention Is All You Need"; Devlin et al. 2019, "BERT".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from broadsheet.encoders.families.family import Layout, Shape, pair
from broadsheet.encoders.families.operations import (
    Inputs,
    Tensors,
    activated,
    between,
    constant,
    count,
    count_after,
    joined_heads,
    joined_linear,
    linear,
    normalised,
    split_heads,
    whole,
)
from broadsheet.encoders.quiet import op

_WORDS, _PLACES = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
_NORM = "embeddings.LayerNorm"


class Names(NamedTuple):
    """What a file calls the parts of a layer, {} in the place of its number: the three that are split among heads, what
    joins them again, the two matrices of the middle, and what normalises after each."""

    query: str
    key: str
    value: str
    joined: str
    joined_norm: str
    wide: str
    narrow: str
    narrow_norm: str

    def of(self, layer: int) -> Names:
        """Return the names in one layer."""
        return Names(*(name.format(layer) for name in self))


def layout(shape: Shape, names: Names) -> Layout:
    """Return the shapes of the tables of words and places, and of all layers."""
    hidden, inner = shape.hidden, shape.inner
    shapes: Layout = {
        _WORDS: (shape.words, hidden), _PLACES: (shape.positions + shape.offset, hidden), **pair(_NORM, hidden),
    }  # fmt: skip
    for own in (names.of(layer) for layer in range(shape.layers)):
        for name in (own.query, own.key, own.value, own.joined):
            shapes |= pair(name, hidden, hidden)
        shapes |= pair(own.wide, inner, hidden) | pair(own.narrow, hidden, inner)
        shapes |= pair(own.joined_norm, hidden) | pair(own.narrow_norm, hidden)
    return shapes


def states(shape: Shape, tensors: Tensors, names: Names, before: tuple[Any, Any]) -> list[Any]:
    """Build all layers. ``before``: the states before the first, and what is added to the scores of attention; it is
    broadcast to (n, heads, length, length)."""
    made, bias = [before[0]], before[1]
    for layer in range(shape.layers):
        made.append(_layer(shape, tensors, names.of(layer), (made[-1], bias)))
    return made


def embedded(shape: Shape, tensors: Tensors, inputs: Inputs, more: Sequence[Any] = ()) -> Any:
    """Add the row of each word, that of its place, and ``more``; normalise."""
    words = op.gather(constant(tensors[_WORDS]), inputs.ids, whole(0))
    total = op.add(words, _placed(shape, tensors, inputs))
    for each in more:
        total = op.add(total, each)
    return normalised(tensors, _NORM, total, shape.epsilon)


def _placed(shape: Shape, tensors: Tensors, inputs: Inputs) -> Any:
    """The row of each place. With an ``offset``, the row before that of the first place belongs to the mark that fills
    up, whose number in the vocabulary is the same."""
    padding = shape.offset - 1
    rows = constant(tensors[_PLACES][max(0, padding) :])
    if inputs.below is not None:
        return between(rows, op.add(inputs.below, op.constant(np.int32(shape.offset > 0))), inputs)
    places = count_after(inputs, padding) if shape.offset else count(inputs)
    return op.gather(rows, places, whole(0))


def _layer(shape: Shape, tensors: Tensors, own: Names, before: tuple[Any, Any]) -> Any:
    attended = linear(tensors, own.joined, _attention(shape, tensors, own, before))
    middle = normalised(tensors, own.joined_norm, op.add(attended, before[0]), shape.epsilon)
    wide = activated(shape.activation, linear(tensors, own.wide, middle))
    return normalised(tensors, own.narrow_norm, op.add(linear(tensors, own.narrow, wide), middle), shape.epsilon)


def _attention(shape: Shape, tensors: Tensors, own: Names, before: tuple[Any, Any]) -> Any:
    parts = joined_linear(tensors, [own.query, own.key, own.value], before[0])
    query, key, value = (split_heads(part, shape.heads, shape.hidden) for part in parts)
    return joined_heads(op.scaled_dot_product_attention(query, key, value, before[1]), shape.hidden)
