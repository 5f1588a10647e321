"""NomicBERT (Nussbaum et al. 2024, "Nomic Embed"): BERT with rotary positions and gated middles, without biases.

A text is read up to the length that the model was trained with: beyond it, transformers turns by other angles the
longer the longest text of a batch is, so that a vector would depend on its neighbours.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from broadsheet.encoders.families.family import ACTIVATIONS, Family, common, require
from broadsheet.encoders.families.gates import NEWER, GateShape, Names, layout, states
from broadsheet.encoders.families.operations import Inputs, Tensors
from broadsheet.encoders.families.rotary import Rotation, read_rotation, require_pairs
from broadsheet.encoders.folder import WAY_OUT, Config

_SPELLINGS = {
    "hidden": ("hidden_size", "n_embd"), "heads": ("num_attention_heads", "n_head"),
    "layers": ("num_hidden_layers", "n_layer"), "inner": ("intermediate_size", "n_inner"),
    "words": ("vocab_size",), "positions": ("max_trained_positions", "max_position_embeddings", "n_positions"),
}  # fmt: skip
_GATES = {"swiglu": "silu", "geglu": "gelu"}
_PLAIN = {
    "causal": False, "parallel_block": False, "prenorm": False, "use_rms_norm": False, "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False, "rotary_emb_scale_base": None, "qkv_proj_bias": False, "mlp_fc1_bias": False,
    "mlp_fc2_bias": False, "moe_every_n_layers": None,
}  # fmt: skip
_THETA = 1_000.0
_PUBLISHED = Names(
    "emb_ln", ("encoder.layers.{}.attn.Wqkv",), "encoder.layers.{}.attn.out_proj", "encoder.layers.{}.norm1",
    ("encoder.layers.{}.mlp.fc11", "encoder.layers.{}.mlp.fc12"), "encoder.layers.{}.mlp.fc2",
    "encoder.layers.{}.norm2",
)  # fmt: skip


def _read(config: Config) -> GateShape:
    require(config, _PLAIN)
    facts = common(config, {name: _spelling(config, *keys) for name, keys in _SPELLINGS.items()})
    width = facts["hidden"] // facts["heads"]
    require_pairs(config, width)
    if config.values.get("head_dim") not in (None, width):
        raise config.error(f"head_dim is {repr(config.values['head_dim'])[:80]}; expected {width}. {WAY_OUT}")
    return GateShape(
        **facts, kinds=config.size("type_vocab_size", 64), rotation=_rotation(config), attention_bias=False,
        narrow_bias=False, activation=_activation(config),
        epsilon=config.number(_spelling(config, "layer_norm_eps", "layer_norm_epsilon"), 1e-12),
    )  # fmt: skip


def _spelling(config: Config, *keys: str) -> str:
    """The first of the keys that the file has."""
    return next((key for key in keys if key in config.values), keys[0])


def _rotation(config: Config) -> Rotation:
    if config.values.get("rope_parameters") is None:
        return read_rotation(config, "rotary_emb_base", _THETA)
    return read_rotation(config.part("rope_parameters"), "rope_theta", _THETA)


def _activation(config: Config) -> str:
    """Published files name the gate, newer ones what it is made by."""
    if "hidden_act" in config.values:
        return ACTIVATIONS[config.choice("hidden_act", ACTIVATIONS)]
    return ACTIVATIONS[_GATES[config.choice("activation_function", _GATES)]]


def _states(shape: GateShape, tensors: Tensors, inputs: Inputs) -> list[Any]:
    return states(shape, tensors, (NEWER, _PUBLISHED), inputs)


NOMIC = Family(_read, partial(layout, names=_PUBLISHED), _states, ("", "nomic_bert."), (partial(layout, names=NEWER),))
