"""DistilBERT: BERT without kinds of segments, under names of its own.

Sanh et al. 2019, "DistilBERT, a distilled version of BERT".
"""

from __future__ import annotations

from typing import Any

from broadsheet.encoders.families import layers
from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common
from broadsheet.encoders.families.operations import Inputs, Tensors, unseen
from broadsheet.encoders.folder import Config

_SIZES = {
    "hidden": "dim", "heads": "n_heads", "layers": "n_layers", "inner": "hidden_dim", "words": "vocab_size",
    "positions": "max_position_embeddings",
}  # fmt: skip
_NAMES = layers.Names(
    "transformer.layer.{}.attention.q_lin", "transformer.layer.{}.attention.k_lin",
    "transformer.layer.{}.attention.v_lin", "transformer.layer.{}.attention.out_lin",
    "transformer.layer.{}.sa_layer_norm", "transformer.layer.{}.ffn.lin1", "transformer.layer.{}.ffn.lin2",
    "transformer.layer.{}.output_layer_norm",
)  # fmt: skip


def _read(config: Config) -> Shape:
    activation = ACTIVATIONS[config.choice("activation", ACTIVATIONS)]
    return Shape(**common(config, _SIZES), activation=activation, epsilon=1e-12)


def _layout(shape: Shape) -> Layout:
    return layers.layout(shape, _NAMES)


def _states(shape: Shape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    before = layers.embedded(shape, tensors, inputs)
    return layers.states(shape, tensors, _NAMES, (before, unseen(inputs)))


DISTILBERT = Family(_read, _layout, _states, ("", "distilbert."), stretches=True)
