"""DistilBERT: what its own names say, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import edit
from broadsheet.core.errors import ModelError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.distilbert import DISTILBERT
from broadsheet.encoders.folder import Config
from model_kit import MODELS, assert_same, copy_model, expected
from parity_texts import TEXTS


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return copy_model("distilbert", tmp_path / "model")


def test_sizes_come_from_its_own_names() -> None:
    shape = DISTILBERT.read(Config.read(MODELS / "distilbert" / "config.json"))
    assert (shape.hidden, shape.layers, shape.heads, shape.inner) == (32, 2, 4, 48)
    assert (shape.positions, shape.offset, shape.activation, shape.epsilon) == (64, 0, "erf", 1e-12)


def test_every_tensor_of_the_file_is_needed() -> None:
    facts = read_facts(MODELS / "distilbert")
    assert set(read_weights(facts)) == set(load_file(facts.weights))


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("head", [{}, {"vocab_transform.bias": np.zeros(32, "f2")}])
def test_a_file_saved_with_a_head_is_read_as_without(model: Path, head: dict[str, Any]) -> None:
    """As DistilBertForMaskedLM saves it: the kind before each name, and more tensors than are needed."""
    tensors = load_file(model / "model.safetensors")
    named = {f"distilbert.{name}": each for name, each in tensors.items()}
    save_file(named | head, model / "model.safetensors")
    rows = BertEncoder(model, name="bert:x", version="1").encode(TEXTS)
    assert_same(rows, expected("distilbert"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n_heads": 5}, ["dim 32", "5 heads"]),
        ({"n_layers": 10**9}, ["n_layers is 1000000000", "from 1 to 256"]),
        ({"n_layers": 3}, ["no tensor transformer.layer.2.attention"]),
        ({"dim": None}, ["dim is None"]),
        ({"hidden_dim": "48"}, ["hidden_dim is '48'"]),
        ({"hidden_dim": 49}, ["ffn.lin1.weight is F16 (48, 32)", "(49, 32)"]),
        ({"activation": "snake"}, ["activation is 'snake'", "st:NAME"]),
        ({"max_position_embeddings": 65}, ["position_embeddings", "(65, 32)"]),
        ({"vocab_size": 1 << 21}, ["word_embeddings", "(2097152, 32)"]),
    ],
)
def test_what_does_not_fit_is_named(model: Path, changes: dict[str, Any], words: list[str]) -> None:
    edit(model / "config.json", **changes)
    with pytest.raises(ModelError) as caught:
        BertEncoder(model, name="bert:x", version="1").encode(["a"])
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert json.loads((model / "config.json").read_text())["model_type"] == "distilbert"
