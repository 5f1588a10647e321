"""GTE's own architecture (Zhang et al. 2024, "mGTE"): BERT with rotary positions and gated middles.

Published folders call it ``new`` and name foreign code, which is not read; transformers calls it ``gte``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from broadsheet.encoders.families.family import ACTIVATIONS, Family, common, require
from broadsheet.encoders.families.gates import NEWER, GateShape, Names, layout, states
from broadsheet.encoders.families.operations import Inputs, Tensors
from broadsheet.encoders.families.rotary import (
    MOST_FACTOR,
    MOST_THETA,
    Rotation,
    read_rotation,
    read_scaled,
    require_pairs,
)
from broadsheet.encoders.folder import WAY_OUT, Config

_PLAIN = {
    "position_embedding_type": "rope", "layer_norm_type": "layer_norm", "logn_attention_scale": False, "pack_qkv": True,
}  # fmt: skip
_PUBLISHED = Names(
    "embeddings.LayerNorm", ("encoder.layer.{}.attention.qkv_proj",), "encoder.layer.{}.attention.o_proj",
    "encoder.layer.{}.attn_ln", ("encoder.layer.{}.mlp.up_gate_proj",), "encoder.layer.{}.mlp.down_proj",
    "encoder.layer.{}.mlp_ln",
)  # fmt: skip


def _read(config: Config, *, theta: float) -> GateShape:
    require(config, _PLAIN)
    facts = common(config)
    width = facts["hidden"] // facts["heads"]
    require_pairs(config, width)
    return GateShape(
        **facts, kinds=config.size("type_vocab_size", 64, 1, least=0), rotation=_rotation(config, width, theta),
        attention_bias=True, narrow_bias=True,
        activation=ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)],
        epsilon=config.number("layer_norm_eps", 1e-12),
    )  # fmt: skip


def _rotation(config: Config, width: int, theta: float) -> Rotation:
    """Published files ask for a fixed scaling by NTK, in which the fastest pair is slower too."""
    if config.values.get("rope_parameters") is not None:
        return read_rotation(config.part("rope_parameters"), "rope_theta", theta)
    scaling = config.part("rope_scaling")
    if scaling.values.get("type") != "ntk":
        return read_scaled(config, "rope_theta", theta)
    if scaling.values.get("mixed_b") is not None:
        raise config.error(f"rope_scaling.mixed_b is {repr(scaling.values['mixed_b'])[:80]}; expected none. {WAY_OUT}")
    factor = scaling.number("factor", 2.0, least=1.0, most=MOST_FACTOR)
    return Rotation(config.number("rope_theta", theta, least=1.0, most=MOST_THETA) * factor, factor ** (2 / width))


def _states(shape: GateShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    return states(shape, tensors, (NEWER, _PUBLISHED), inputs)


_LAYOUTS = (partial(layout, names=_PUBLISHED), partial(layout, names=NEWER))
_PREFIXES = ("", "new.", "gte.")
NEW = Family(partial(_read, theta=10_000.0), _LAYOUTS[0], _states, _PREFIXES, _LAYOUTS[1:])
GTE = Family(partial(_read, theta=160_000.0), _LAYOUTS[0], _states, _PREFIXES, _LAYOUTS[1:])
