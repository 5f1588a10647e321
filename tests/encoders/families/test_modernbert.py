"""ModernBERT: both spellings of its config.json, its layers one by one, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families.modernbert import MODERNBERT, ModernShape
from broadsheet.encoders.families.rotary import Rotation
from broadsheet.encoders.folder import Config
from model_kit import MODELS, copy_model, expected, open_model
from parity_texts import TEXTS

PUBLISHED: dict[str, Any] = {
    "model_type": "modernbert", "vocab_size": 50368, "hidden_size": 768, "intermediate_size": 1152,
    "num_hidden_layers": 22, "num_attention_heads": 12, "max_position_embeddings": 8192, "hidden_activation": "gelu",
    "global_attn_every_n_layers": 3, "local_attention": 128, "global_rope_theta": 160000.0, "local_rope_theta": 10000.0,
    "norm_eps": 1e-05, "norm_bias": False, "attention_bias": False, "mlp_bias": False,
}  # fmt: skip


def read(**changes: Any) -> ModernShape:
    values = {key: value for key, value in (PUBLISHED | changes).items() if value is not ...}
    shape: ModernShape = MODERNBERT.read(Config(Path("config.json"), values))
    return shape


def test_the_published_spelling_is_read() -> None:
    shape = read()
    assert (shape.hidden, shape.layers, shape.inner, shape.positions, shape.reach) == (768, 22, 1152, 8192, 64)
    assert [layer for layer, near in enumerate(shape.near) if not near] == [0, 3, 6, 9, 12, 15, 18, 21]
    assert (shape.far_turn, shape.near_turn) == (Rotation(160000.0), Rotation(10000.0))


def test_the_newer_spelling_says_the_same() -> None:
    kinds = ["sliding_attention" if layer % 3 else "full_attention" for layer in range(22)]
    rope = {
        "full_attention": {"rope_type": "default", "rope_theta": 160000.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
    }
    newer = read(
        layer_types=kinds, rope_parameters=rope, sliding_window=64, local_attention=...,
        global_attn_every_n_layers=..., global_rope_theta=..., local_rope_theta=...,
    )  # fmt: skip
    assert newer == read()


def test_what_a_file_does_not_say_is_as_in_transformers() -> None:
    missing = ("global_attn_every_n_layers", "local_attention", "global_rope_theta", "local_rope_theta", "norm_eps")
    assert read(**dict.fromkeys(missing, ...), norm_bias=..., attention_bias=..., mlp_bias=...) == read()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"global_rope_theta": 0}, "global_rope_theta is 0; expected a number between 1 and 1e.09"),
        ({"local_rope_theta": 1e30}, r"local_rope_theta is 1e\+30; expected a number"),
        ({"local_rope_theta": None}, "local_rope_theta is None; expected a number"),
        ({"local_attention": 0}, "local_attention is 0; expected a whole number from 1 to 65536"),
        ({"local_attention": 10**9}, "local_attention is 1000000000; expected"),
        ({"sliding_window": -1}, "sliding_window is -1; expected"),
        ({"global_attn_every_n_layers": 0}, "global_attn_every_n_layers is 0; expected"),
        ({"layer_types": ["full_attention"] * 3}, "layer_types has 3 values; expected 'full_attention' or 'sliding_"),
        ({"layer_types": ["chunked_attention"] * 22}, "layer_types has .*chunked.*; expected 'full_attention'"),
        ({"layer_types": "full_attention"}, "layer_types has 'full_attention'; expected"),
        ({"rope_scaling": {"type": "yarn", "factor": 4}}, "rope_scaling type 'yarn'; expected 'default'"),
        ({"rope_scaling": "yarn"}, "rope_scaling is 'yarn'; expected an object"),
        (
            {"rope_parameters": {"full_attention": {"rope_type": "longrope"}}},
            "rope_parameters.full_attention.type 'longrope'; expected 'default', 'dynamic' or 'linear'. Other models",
        ),
        (
            {"rope_parameters": {"sliding_attention": {"rope_theta": -1.0}}},
            "rope_parameters.sliding_attention.rope_theta is -1.0; expected",
        ),
        ({"rope_parameters": [1]}, r"rope_parameters is \[1\]; expected an object"),
        ({"hidden_activation": "laplace"}, "hidden_activation is 'laplace'"),
        ({"num_attention_heads": 256}, "a head has 3 numbers; expected an even number of them, at most 256"),
        ({"num_attention_heads": 1}, "a head has 768 numbers; expected an even number"),
        ({"norm_bias": "no"}, "norm_bias is 'no'; expected true or false"),
        ({"norm_eps": 1e-400}, "norm_eps is 0.0; expected a number between 0 and 1"),
        ({"max_position_embeddings": 10**9}, "max_position_embeddings is 1000000000; expected"),
    ],
)
def test_a_lie_is_refused_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=rf"^config\.json: {message}") as caught:
        read(**changes)
    assert "\n" not in str(caught.value)


def test_only_the_whole_model_is_normalised_at_its_end() -> None:
    shape = read(layer_types=["full_attention"] * 22)
    assert "final_norm.weight" in MODERNBERT.layout(shape)
    assert "final_norm.weight" not in MODERNBERT.layout(replace(shape, layers=21))
    assert "layers.0.attn_norm.weight" not in MODERNBERT.layout(shape)


def test_its_tensors_are_those_of_the_file() -> None:
    from safetensors import safe_open

    for name in ("modernbert", "modernbert-old"):
        config = json.loads((MODELS / name / "config.json").read_text())
        layout = MODERNBERT.layout(MODERNBERT.read(Config(Path("config.json"), config)))
        with safe_open(MODELS / name / "model.safetensors", framework="numpy") as file:
            assert layout == {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118


@pytest.mark.usefixtures("exact")
def test_a_layer_has_the_states_that_transformers_gives_it() -> None:
    [made] = open_model("modernbert", switches="layers=1").token_vectors([TEXTS[39]])
    np.testing.assert_allclose(made.vectors, expected("modernbert", "layer-1.npy"), atol=2e-5)


def test_beyond_what_bf16_can_count_vectors_are_as_near_as_before() -> None:
    encoder, reference = open_model("modernbert-old"), expected("modernbert-old")
    cosines = (encoder.encode(TEXTS) * reference).sum(1)
    long = encoder.tokens(TEXTS) > 600
    assert long.sum() >= 3
    assert cosines[long].min() > cosines[~long].min()


def test_a_model_with_another_window_gives_other_vectors(tmp_path: Path) -> None:
    folder = copy_model("modernbert-old", tmp_path / "copy")
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(values | {"local_attention": 8}))
    from broadsheet.encoders.bert import BertEncoder

    rows = BertEncoder(folder, name="bert:copy", version="1").encode(TEXTS[42:44])
    assert (rows * expected("modernbert-old")[42:44]).sum(1).max() < 0.99
