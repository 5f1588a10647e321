"""ELECTRA: BERT whose words may be narrower than its states, and are then widened before the first layer.

Clark et al. 2020, "ELECTRA".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from broadsheet.encoders.families import layers
from broadsheet.encoders.families.bert import KINDS, NAMES
from broadsheet.encoders.families.family import ACTIVATIONS, Family, Layout, Shape, common, pair
from broadsheet.encoders.families.operations import Inputs, Tensors, constant, linear, unseen
from broadsheet.encoders.folder import Config

_WIDENED = "embeddings_project"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectraShape(Shape):
    """A Shape whose words have ``width`` numbers, with ``kinds`` of segments, of which a text is the first."""

    width: int
    kinds: int


def _read(config: Config) -> ElectraShape:
    return ElectraShape(
        **common(config), width=config.size("embedding_size", 1 << 14), kinds=config.size("type_vocab_size", 64),
        activation=ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)],
        epsilon=config.number("layer_norm_eps", 1e-12),
    )  # fmt: skip


def _layout(shape: ElectraShape) -> Layout:
    tables = layers.layout(replace(shape, hidden=shape.width, layers=0), NAMES)
    widened = {} if shape.width == shape.hidden else pair(_WIDENED, shape.hidden, shape.width)
    return layers.layout(shape, NAMES) | tables | {KINDS: (shape.kinds, shape.width)} | widened


def _states(shape: ElectraShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    words = layers.embedded(shape, tensors, inputs, [constant(tensors[KINDS][0])])
    before = words if shape.width == shape.hidden else linear(tensors, _WIDENED, words)
    return layers.states(shape, tensors, NAMES, (before, unseen(inputs)))


ELECTRA = Family(_read, _layout, _states, ("", "electra."))
