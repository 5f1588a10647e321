"""NomicBERT: both spellings of its config.json, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families.gates import GateShape
from broadsheet.encoders.families.nomic import NOMIC
from broadsheet.encoders.families.rotary import Rotation
from broadsheet.encoders.folder import Config

PUBLISHED: dict[str, Any] = {
    "model_type": "nomic_bert", "activation_function": "swiglu", "n_embd": 768, "n_head": 12, "n_inner": 3072,
    "n_layer": 12, "n_positions": 8192, "max_trained_positions": 2048, "vocab_size": 30528, "type_vocab_size": 2,
    "layer_norm_epsilon": 1e-12, "rotary_emb_base": 1000, "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False,
    "rotary_emb_scale_base": None, "rotary_scaling_factor": None, "qkv_proj_bias": False, "mlp_fc1_bias": False,
    "mlp_fc2_bias": False, "prenorm": False, "parallel_block": False, "use_rms_norm": False, "causal": False,
    "auto_map": {"AutoModel": "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel"},
}  # fmt: skip
NEWER: dict[str, Any] = {
    "model_type": "nomic_bert", "hidden_act": "silu", "hidden_size": 768, "num_attention_heads": 12,
    "intermediate_size": 3072, "num_hidden_layers": 12, "max_position_embeddings": 2048, "vocab_size": 30528,
    "type_vocab_size": 2, "layer_norm_eps": 1e-12, "head_dim": 64,
    "rope_parameters": {"factor": 2.0, "rope_theta": 1000.0, "rope_type": "dynamic"},
}  # fmt: skip


def read(values: dict[str, Any]) -> GateShape:
    shape: GateShape = NOMIC.read(Config(Path("config.json"), values))
    return shape


def test_both_spellings_say_the_same_and_so_do_both_together() -> None:
    shape = read(PUBLISHED)
    assert shape == read(NEWER) == read(PUBLISHED | NEWER)
    assert (shape.positions, shape.rotation, shape.activation) == (2048, Rotation(1000.0), "silu")


def test_a_text_is_read_to_the_length_of_training() -> None:
    """Even if a file says that more positions can be had."""
    assert read(PUBLISHED | NEWER | {"max_position_embeddings": 8192}).positions == 2048
    assert read({key: value for key, value in PUBLISHED.items() if key != "max_trained_positions"}).positions == 8192


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prenorm": True}, "prenorm is True; expected False. Other models run as st:NAME"),
        ({"rotary_emb_interleaved": True}, "rotary_emb_interleaved is True; expected False"),
        ({"rotary_emb_fraction": 0.5}, "rotary_emb_fraction is 0.5; expected 1.0"),
        ({"rotary_emb_scale_base": 512}, "rotary_emb_scale_base is 512; expected None"),
        ({"qkv_proj_bias": True}, "qkv_proj_bias is True; expected False"),
        ({"activation_function": "gelu"}, "activation_function is 'gelu'"),
        ({"activation_function": None}, "activation_function is None"),
        ({"n_head": 7}, "n_embd 768 cannot be divided among 7 heads"),
        ({"n_inner": "3072"}, "n_inner is '3072'; expected a whole number"),
        ({"rotary_emb_base": 0}, "rotary_emb_base is 0; expected a number between 1 and"),
        ({"rotary_emb_base": 1e30}, r"rotary_emb_base is 1e\+30; expected"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e3}}, "rope_parameters.type 'yarn'; expected"),
        ({"moe_every_n_layers": 2, "num_experts": 8}, "moe_every_n_layers is 2; expected None"),
        ({"head_dim": 32}, "head_dim is 32; expected 64"),
    ],
)
def test_a_lie_or_another_architecture_is_refused_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=rf"^config\.json: {message}") as caught:
        read(PUBLISHED | changes)
    assert "\n" not in str(caught.value)


def test_its_tensors_have_published_names_or_those_of_transformers() -> None:
    [other] = NOMIC.others
    published, newer = NOMIC.layout(read(PUBLISHED)), other(read(PUBLISHED))
    assert published["encoder.layers.11.attn.Wqkv.weight"] == (2304, 768)
    assert newer["layers.11.self_attn.k_proj.weight"] == (768, 768)
    assert not [name for name in published if name.endswith("bias") and "norm" not in name and "emb_ln" not in name]
