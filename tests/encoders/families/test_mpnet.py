"""MPNet: the bias for how far apart two words are, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from bert_kit import edit
from broadsheet.core.errors import ModelError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.mpnet import MPNET, bucket
from broadsheet.encoders.folder import Config
from model_kit import MODELS, assert_same, copy_model, expected, open_model
from parity_texts import TEXTS

BIAS = "encoder.relative_attention_bias.weight"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return copy_model("mpnet", tmp_path / "model")


def test_near_distances_have_a_bucket_each_and_far_ones_share() -> None:
    """By T5's own rule: 8 single steps a side, then the logarithm up to 128, the last bucket for all beyond."""
    left = bucket(-np.arange(200))
    assert left[:8].tolist() == list(range(8))
    assert left[[8, 11, 12, 15, 16, 22, 23, 31, 32, 45, 46, 63, 64, 90, 91, 127, 128, 199]].tolist() == [
        8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 15, 15,
    ]  # fmt: skip
    right = bucket(np.arange(200))
    assert right[0] == 0
    np.testing.assert_array_equal(right[1:], left[1:] + 16)


def test_positions_begin_after_the_padding_whatever_the_config_says() -> None:
    config = Config.read(MODELS / "mpnet" / "config.json")
    shape = MPNET.read(Config(config.path, {**config.values, "pad_token_id": 7}))
    assert (shape.offset, shape.positions) == (2, 162)


def test_every_tensor_is_one_of_the_file() -> None:
    facts = read_facts(MODELS / "mpnet")
    unneeded = set(load_file(facts.weights)) - set(read_weights(facts))
    assert unneeded == {"pooler.dense.weight", "pooler.dense.bias"}


@pytest.mark.usefixtures("exact")
def test_the_bias_of_distances_matters_to_the_vectors(model: Path) -> None:
    """Without it, or with left and right exchanged, the proof does not hold."""
    tensors = load_file(model / "model.safetensors")
    for wrong in (np.zeros_like(tensors[BIAS]), np.roll(tensors[BIAS], 16, axis=0)):
        save_file(tensors | {BIAS: wrong}, model / "model.safetensors")
        rows = BertEncoder(model, name="bert:x", version="1").encode(TEXTS)
        with pytest.raises(AssertionError):
            assert_same(rows, expected("mpnet"), least=0.99)


@pytest.mark.usefixtures("exact")
def test_what_fills_a_batch_up_changes_nothing() -> None:
    encoder = open_model("mpnet")
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert_same(encoder.encode(TEXTS), alone)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"num_attention_heads": 5}, ["hidden_size 32", "5 heads"]),
        (
            {"relative_attention_num_buckets": 10**12},
            ["relative_attention_num_buckets is 1000000000000", "expected 32"],
        ),
        ({"relative_attention_num_buckets": 16}, ["relative_attention_num_buckets is 16", "expected 32"]),
        ({"relative_attention_num_buckets": True}, ["relative_attention_num_buckets is True"]),
        ({"num_hidden_layers": 10**9}, ["num_hidden_layers is 1000000000", "from 1 to 256"]),
        ({"num_attention_heads": 8}, ["relative_attention_bias.weight is F16 (32, 4)", "(32, 8)"]),
        ({"max_position_embeddings": 4}, ["maximum length is 2"]),
        ({"max_position_embeddings": 1}, ["maximum length is -1"]),
        ({"hidden_act": "snake"}, ["hidden_act is 'snake'", "st:NAME"]),
    ],
)
def test_what_does_not_fit_is_named(model: Path, changes: dict[str, Any], words: list[str]) -> None:
    edit(model / "config.json", **changes)
    with pytest.raises(ModelError) as caught:
        BertEncoder(model, name="bert:x", version="1").encode(["a"])
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
