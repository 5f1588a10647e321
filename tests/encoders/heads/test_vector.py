"""The head of a vector model: steps in their order, with the tensors of their own files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.heads.vector import read_head, read_head_tensors
from broadsheet.encoders.modules import Step, read_steps
from broadsheet.testing import check_encoder
from model_kit import MODELS, copy_model, open_model
from parity_texts import TEXTS


def test_steps_are_read_without_a_last_normalize() -> None:
    head = read_head(read_steps(MODELS / "head-dense"))
    assert (head.pooling, head.with_prompt) == ("mean,cls", True)
    assert [str(step) for step in head.steps] == [
        "length 1", "dense 48 to 32, GELU", "dense 32 to 20, Identity, residual", "layer norm",
    ]  # fmt: skip
    assert read_head(read_steps(MODELS / "bert")) == ("mean", True, ())
    assert len(read_head(read_steps(MODELS / "head-cut")).steps) == 1


def test_tensors_have_the_name_of_their_step_before_theirs() -> None:
    tensors = read_head_tensors(read_head(read_steps(MODELS / "head-dense")).steps)
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "3_Dense.linear.weight": (32, 48), "4_Dense.linear.weight": (20, 32), "4_Dense.linear.bias": (20,),
        "4_Dense.residual.weight": (20, 32), "5_LayerNorm.norm.weight": (20,), "5_LayerNorm.norm.bias": (20,),
    }  # fmt: skip


def test_dropout_does_nothing_and_without_a_pooling_it_is_the_mean(tmp_path: Path) -> None:
    transformer, dropout, normalize = (
        Step(kind, f"x.{kind}", "", tmp_path) for kind in ("Transformer", "Dropout", "Normalize")
    )
    assert read_head([transformer, dropout, normalize]) == ("mean", True, ())


def test_a_dense_of_tokens_is_not_part_of_a_vector_model(tmp_path: Path) -> None:
    folder = copy_model("head-cut", tmp_path / "model")
    path = folder / "2_Dense" / "config.json"
    tokens = dict.fromkeys(["module_input_name", "module_output_name"], "token_embeddings")
    path.write_text(json.dumps(json.loads(path.read_text()) | tokens))
    with pytest.raises(ModelError, match="changes the tokens"):
        read_facts(folder)


@pytest.mark.parametrize("name", ["head-poolings", "head-dense", "head-prompt", "head-cut"])
def test_models_with_a_head_keep_the_promises(name: str) -> None:
    check_encoder(open_model(name), TEXTS)


def test_the_manifest_says_what_follows_and_all_weights_count(tmp_path: Path) -> None:
    manifest = open_model("head-dense").manifest
    assert (manifest.dim, len(manifest.weights)) == (20, 64)
    assert manifest.pooling == (
        "mean,cls, then length 1, then dense 48 to 32, GELU, then dense 32 to 20, Identity, residual, then layer norm"
    )
    folder = copy_model("head-dense", tmp_path / "model")
    path = folder / "3_Dense" / "model.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    other = open_model("head-dense", folder=folder)
    assert other.manifest.weights != manifest.weights
    assert other._identity != open_model("head-dense")._identity
    assert np.abs(other.encode(["a"]) - open_model("head-dense").encode(["a"])).max() > 0
