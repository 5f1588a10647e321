"""The graph computes what the papers about BERT say, digit by digit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bert_kit import TEXTS, edit, open_tiny, token_ids
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.families.family import ACTIVATIONS
from broadsheet.encoders.graph import build
from broadsheet.encoders.switches import POOLINGS
from tinybert import forward, write_tiny


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    ("config", "pooling", "options"),
    [
        ({}, "mean", {}),
        ({}, "cls", {}),
        ({"hidden_act": "gelu_new"}, "mean", {}),
        ({"hidden_act": "relu", "layer_norm_eps": 1e-5}, "mean", {}),
        ({"hidden_act": "silu", "type_vocab_size": 1}, "cls", {"prefix": "bert."}),
        ({"model_type": "roberta", "pad_token_id": 1}, "mean", {"prefix": "roberta."}),
    ],
)
def test_the_graph_computes_what_the_papers_say(
    tmp_path: Path, config: dict[str, Any], pooling: str, options: dict[str, Any]
) -> None:
    full = write_tiny(tmp_path / "tiny", config=config, pooling=pooling, **options)
    offset = 2 if full["model_type"] == "roberta" else 0
    expected = [forward(full, token_ids(text), pooling=pooling, offset=offset) for text in TEXTS]
    np.testing.assert_allclose(open_tiny(tmp_path / "tiny").encode(TEXTS), expected, atol=2e-5)


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize(
    ("value", "layers"), [("2", (2,)), ("1", (1,)), ("0", (0,)), ("0,2", (0, 2)), ("last2", (1, 2))]
)
def test_each_layer_and_each_pooling_is_what_the_papers_say(
    tmp_path: Path, pooling: str, value: str, layers: tuple[int, ...]
) -> None:
    full = write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches=f"layers={value}&pooling={pooling}")
    expected = [forward(full, token_ids(text), pooling=pooling, layers=layers) for text in TEXTS]
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=2e-5)


@pytest.mark.usefixtures("exact")
def test_the_last_of_many_words_is_found_beyond_what_bf16_can_count(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny", config={"max_position_embeddings": 400})
    edit(tmp_path / "tiny" / "sentence_bert_config.json", max_seq_length=400)
    text = " ".join("abcdefgh"[i % 8] for i in range(300))
    row = open_tiny(tmp_path / "tiny", switches="pooling=last").encode([text])[0]
    np.testing.assert_allclose(row, forward(full, token_ids(text, 400), pooling="last"), atol=2e-5)


def test_half_precision_weights_are_read(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny", dtype="f2")
    row = open_tiny(tmp_path / "tiny").encode(["graph paper"])[0]
    assert row @ forward(full, token_ids("graph paper")) > 0.9999


def test_every_activation_is_one_the_graph_knows() -> None:
    assert set(ACTIVATIONS.values()) == {"erf", "tanh", "relu", "silu"}


def test_the_graph_takes_any_number_of_words_and_gives_unit_rows(folder: Path) -> None:
    facts = read_facts(folder)
    for pooling in POOLINGS:
        graph = build(replace(facts, pooling=pooling), read_weights(facts))
        assert [str(each.get_partial_shape()) for each in graph.inputs] == ["[?,?]", "[?,?]"]
        assert str(graph.output(0).get_partial_shape()) == f"[?,{facts.shape.hidden}]"
    tokens = build(facts, read_weights(facts), pooled=False)
    assert str(tokens.output(0).get_partial_shape()) == f"[?,?,{facts.shape.hidden}]"
