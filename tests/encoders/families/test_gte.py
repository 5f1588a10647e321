"""GTE's own architecture: the config.json of published folders and of transformers, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.families import FAMILIES
from broadsheet.encoders.families.gates import GateShape
from broadsheet.encoders.families.gte import GTE, NEW
from broadsheet.encoders.families.rotary import Rotation
from broadsheet.encoders.folder import Config
from model_kit import copy_model, expected, open_model
from parity_texts import TEXTS

PUBLISHED: dict[str, Any] = {
    "model_type": "new", "hidden_act": "gelu", "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
    "layer_norm_type": "layer_norm", "logn_attention_clip1": False, "logn_attention_scale": False,
    "max_position_embeddings": 8192, "num_attention_heads": 12, "num_hidden_layers": 12, "pack_qkv": True,
    "position_embedding_type": "rope", "rope_scaling": {"factor": 8.0, "type": "ntk"}, "rope_theta": 20000,
    "type_vocab_size": 1, "unpad_inputs": False, "use_memory_efficient_attention": False, "vocab_size": 250048,
}  # fmt: skip


def read(**changes: Any) -> GateShape:
    shape: GateShape = NEW.read(Config(Path("config.json"), PUBLISHED | changes))
    return shape


def test_the_published_scaling_slows_even_the_fastest_pair() -> None:
    """Base 160,000, and all frequencies by 8 to the power of -1/32, as the authors' code computes them."""
    theta, stretch = read().rotation
    steps = np.arange(0, 64, 2) / 64
    original = 1 / (20000 * 8) ** steps / 8 ** (2 / 64)
    np.testing.assert_allclose(1 / theta**steps / stretch, original, rtol=1e-12)
    assert original[0] == pytest.approx(0.93708, abs=1e-4)


def test_transformers_own_spelling_is_read() -> None:
    own = {"rope_type": "default", "rope_theta": 160000.0}
    values = {key: value for key, value in PUBLISHED.items() if not key.startswith("rope_")}
    shape = GTE.read(Config(Path("config.json"), values | {"model_type": "gte", "rope_parameters": own}))
    assert shape.rotation == Rotation(160000.0)
    assert GTE.read(Config(Path("config.json"), values)).rotation == Rotation(160000.0)
    assert (FAMILIES["gte"], FAMILIES["new"]) == (GTE, NEW)


def test_a_model_may_have_no_kinds_of_segments() -> None:
    assert "embeddings.token_type_embeddings.weight" not in NEW.layout(read(type_vocab_size=0))
    assert NEW.layout(read(type_vocab_size=2))["embeddings.token_type_embeddings.weight"] == (2, 768)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rope_scaling": {"type": "yarn", "factor": 8.0}}, "rope_scaling type 'yarn'; expected 'default'"),
        ({"rope_scaling": {"type": "ntk", "factor": 0.5}}, "rope_scaling.factor is 0.5; expected a number between 1"),
        (
            {"rope_scaling": {"type": "ntk", "factor": 2.0, "mixed_b": 0.6}},
            "rope_scaling.mixed_b is 0.6; expected none",
        ),
        ({"rope_theta": 0}, "rope_theta is 0; expected a number"),
        ({"rope_theta": 1e30}, r"rope_theta is 1e\+30; expected a number"),
        ({"position_embedding_type": "absolute"}, "position_embedding_type is 'absolute'; expected 'rope'"),
        ({"layer_norm_type": "rms_norm"}, "layer_norm_type is 'rms_norm'; expected 'layer_norm'. Other models run as"),
        ({"logn_attention_scale": True}, "logn_attention_scale is True; expected False"),
        ({"pack_qkv": False}, "pack_qkv is False; expected True"),
        ({"type_vocab_size": -1}, "type_vocab_size is -1; expected a whole number from 0 to 64"),
        ({"hidden_act": "mish"}, "hidden_act is 'mish'"),
    ],
)
def test_a_lie_or_another_architecture_is_refused_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=rf"^config\.json: {message}") as caught:
        read(**changes)
    assert "\n" not in str(caught.value)


def test_a_file_under_neither_name_says_what_is_missing(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = copy_model("gte-published", tmp_path / "copy")
    tensors = load_file(folder / "model.safetensors")
    del tensors["new.encoder.layer.1.mlp.up_gate_proj.weight"]
    save_file(tensors, folder / "model.safetensors")
    from broadsheet.encoders.bert import BertEncoder

    with pytest.raises(ModelError, match=r"has no tensor encoder\.layer\.1\.mlp\.up_gate_proj\.weight \(1 missing\)"):
        BertEncoder(folder, name="bert:copy", version="1").encode(["a"])


def test_a_cut_model_runs_under_both_names() -> None:
    for name in ("gte", "gte-published"):
        rows = open_model(name, switches="layers=0").encode(TEXTS[:5])
        assert rows.shape == expected(name)[:5].shape
