"""ELECTRA: words that are narrower than states, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import edit
from broadsheet.core.errors import ModelError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.electra import ELECTRA
from broadsheet.encoders.folder import Config
from model_kit import MODELS, assert_same, copy_model, expected
from parity_texts import TEXTS


def test_the_words_have_a_width_of_their_own() -> None:
    config = Config.read(MODELS / "electra" / "config.json")
    shape = ELECTRA.read(config)
    assert (shape.hidden, shape.width, shape.kinds, shape.activation) == (32, 24, 2, "tanh")
    needed = ELECTRA.layout(shape)
    assert needed["embeddings.word_embeddings.weight"] == (shape.words, 24)
    assert needed["embeddings_project.weight"] == (32, 24)
    even = ELECTRA.read(Config(config.path, {**config.values, "embedding_size": 32}))
    assert "embeddings_project.weight" not in ELECTRA.layout(even)


def test_every_tensor_of_the_file_is_needed() -> None:
    facts = read_facts(MODELS / "electra")
    assert set(read_weights(facts)) == set(load_file(facts.weights))


@pytest.mark.usefixtures("exact")
def test_a_file_with_its_head_is_read_as_without(tmp_path: Path) -> None:
    folder = copy_model("electra", tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    save_file({f"electra.{name}": each for name, each in tensors.items()}, folder / "model.safetensors")
    assert_same(BertEncoder(folder, name="bert:x", version="1").encode(TEXTS), expected("electra"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"embedding_size": 23}, ["embeddings.", "24", "23"]),
        ({"embedding_size": -1}, ["embedding_size is -1"]),
        ({"embedding_size": 10**9}, ["embedding_size is 1000000000"]),
        ({"embedding_size": 32}, ["embeddings.", "(400, 24)", "(400, 32)"]),
        ({"num_attention_heads": 3}, ["hidden_size 32", "3 heads"]),
        ({"is_decoder": True}, ["is_decoder is true", "st:NAME"]),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, changes: dict[str, Any], words: list[str]) -> None:
    folder = copy_model("electra", tmp_path / "model")
    edit(folder / "config.json", **changes)
    with pytest.raises(ModelError) as caught:
        BertEncoder(folder, name="bert:x", version="1").encode(["a"])
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
