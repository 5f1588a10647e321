"""BERT, and the families that differ from it only by where their positions begin: RoBERTa, XLM-R, CamemBERT.

    words + places + kind, normalised -> layers of attention and a wide middle, each added and then normalised

Devlin et al. 2019, "BERT"; Liu et al. 2019, "RoBERTa"; Conneau et al. 2020, "XLM-R"; Martin et al. 2020, "CamemBERT".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common, pair
from broadsheet.encoders.families.operations import (
    Inputs,
    Tensors,
    activated,
    constant,
    joined_heads,
    joined_linear,
    linear,
    normalised,
    placed,
    split_heads,
    unseen,
    whole,
)
from broadsheet.encoders.folder import Config
from broadsheet.encoders.quiet import op


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape(Shape):
    """A Shape with ``kinds`` of segments, of which a text is the first."""

    kinds: int


def _read(config: Config) -> BertShape:
    return _shape(config, offset=0)


def _read_after_padding(config: Config) -> BertShape:
    return _shape(config, offset=config.size("pad_token_id", 1 << 21) + 1)


def _shape(config: Config, *, offset: int) -> BertShape:
    position = config.values.get("position_embedding_type", "absolute")
    if position != "absolute":
        raise config.error(f"position_embedding_type is {repr(position)[:80]}; expected 'absolute'.")
    facts = common(config)
    positions = facts.pop("positions") - offset
    return BertShape(
        **facts, positions=positions, kinds=config.size("type_vocab_size", 64), offset=offset,
        activation=ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)],
        epsilon=config.number("layer_norm_eps", 1e-12),
    )  # fmt: skip


def _layout(shape: BertShape) -> Layout:
    hidden, inner = shape.hidden, shape.inner
    shapes: Layout = {
        "embeddings.word_embeddings.weight": (shape.words, hidden),
        "embeddings.position_embeddings.weight": (shape.positions + shape.offset, hidden),
        "embeddings.token_type_embeddings.weight": (shape.kinds, hidden),
        **pair("embeddings.LayerNorm", hidden),
    }
    for layer in range(shape.layers):
        at = f"encoder.layer.{layer}"
        for name in ("query", "key", "value"):
            shapes |= pair(f"{at}.attention.self.{name}", hidden, hidden)
        shapes |= pair(f"{at}.attention.output.dense", hidden, hidden)
        shapes |= pair(f"{at}.attention.output.LayerNorm", hidden)
        shapes |= pair(f"{at}.intermediate.dense", inner, hidden)
        shapes |= pair(f"{at}.output.dense", hidden, inner)
        shapes |= pair(f"{at}.output.LayerNorm", hidden)
    return shapes


def _states(shape: BertShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    states, hidden = [_embedded(shape, tensors, inputs)], unseen(inputs)
    for layer in range(shape.layers):
        states.append(_layer(shape, tensors, f"encoder.layer.{layer}", states[-1], hidden))
    return states


def _embedded(shape: BertShape, tensors: Tensors, inputs: Inputs) -> Any:
    words = op.gather(constant(tensors["embeddings.word_embeddings.weight"]), inputs.ids, whole(0))
    kind = constant(tensors["embeddings.token_type_embeddings.weight"][0])
    table = tensors["embeddings.position_embeddings.weight"][shape.offset :]
    states = op.add(op.add(words, placed(inputs, table)), kind)
    return normalised(tensors, "embeddings.LayerNorm", states, shape.epsilon)


def _layer(shape: BertShape, tensors: Tensors, at: str, states: Any, hidden: Any) -> Any:
    attended = linear(tensors, f"{at}.attention.output.dense", _attention(shape, tensors, at, states, hidden))
    states = normalised(tensors, f"{at}.attention.output.LayerNorm", op.add(attended, states), shape.epsilon)
    middle = activated(shape.activation, linear(tensors, f"{at}.intermediate.dense", states))
    added = op.add(linear(tensors, f"{at}.output.dense", middle), states)
    return normalised(tensors, f"{at}.output.LayerNorm", added, shape.epsilon)


def _attention(shape: BertShape, tensors: Tensors, at: str, states: Any, hidden: Any) -> Any:
    names = [f"{at}.attention.self.{name}" for name in ("query", "key", "value")]
    query, key, value = (split_heads(part, shape.heads, shape.hidden) for part in joined_linear(tensors, names, states))
    return joined_heads(op.scaled_dot_product_attention(query, key, value, hidden), shape.hidden)


BERT = Family(_read, _layout, _states, ("", "bert."), stretches=True)
ROBERTA = Family(_read_after_padding, _layout, _states, ("", "roberta.", "camembert."), stretches=True)
