"""BERT, and the families that differ from it only by where their positions begin: RoBERTa, XLM-R, CamemBERT.

    words + places + kind, normalised -> layers of attention and a wide middle, each added and then normalised

Devlin et al. 2019, "BERT"; Liu et al. 2019, "RoBERTa"; Conneau et al. 2020, "XLM-R"; Martin et al. 2020, "CamemBERT".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from broadsheet.encoders.families import layers
from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common
from broadsheet.encoders.families.operations import Inputs, Tensors, constant, unseen, whole
from broadsheet.encoders.folder import Config
from broadsheet.encoders.quiet import op

NAMES = layers.Names(
    "encoder.layer.{}.attention.self.query", "encoder.layer.{}.attention.self.key",
    "encoder.layer.{}.attention.self.value", "encoder.layer.{}.attention.output.dense",
    "encoder.layer.{}.attention.output.LayerNorm", "encoder.layer.{}.intermediate.dense",
    "encoder.layer.{}.output.dense", "encoder.layer.{}.output.LayerNorm",
)  # fmt: skip
KINDS = "embeddings.token_type_embeddings.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape(Shape):
    """A Shape with ``kinds`` of segments, of which a text is the first."""

    kinds: int


def _read(config: Config) -> BertShape:
    return _shape(config, offset=0)


def _read_after_padding(config: Config) -> BertShape:
    return _shape(config, offset=config.size("pad_token_id", 1 << 21, least=0) + 1)


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
    return layers.layout(shape, NAMES) | {KINDS: (shape.kinds, shape.hidden)}


def _states(shape: BertShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    kinds = constant(tensors[KINDS][0])
    if inputs.kinds is not None:
        kinds = op.gather(constant(tensors[KINDS]), inputs.kinds, whole(0))
    before = layers.embedded(shape, tensors, inputs, [kinds])
    return layers.states(shape, tensors, NAMES, (before, unseen(inputs)))


BERT = Family(_read, _layout, _states, ("", "bert."), stretches=True)
ROBERTA = Family(_read_after_padding, _layout, _states, ("", "roberta.", "camembert."), stretches=True)
