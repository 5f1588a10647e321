"""BERT and RoBERTa compute what the papers say, digit by digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bert_kit import TEXTS, open_tiny, token_ids
from broadsheet.encoders.families.bert import BERT, ROBERTA
from broadsheet.encoders.folder import Config
from tinybert import CONFIG, forward, random_tensors, write_tiny


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


def test_the_tensors_that_it_needs_are_those_of_a_model() -> None:
    layout = BERT.layout(BERT.read(Config(Path("config.json"), CONFIG)))
    assert layout == {name: each.shape for name, each in random_tensors(CONFIG).items()}


def test_the_positions_of_roberta_begin_after_the_padding() -> None:
    config = Config(Path("config.json"), CONFIG | {"model_type": "roberta", "pad_token_id": 1})
    shape = ROBERTA.read(config)
    assert (shape.offset, shape.positions) == (2, CONFIG["max_position_embeddings"] - 2)
    assert ROBERTA.layout(shape) == BERT.layout(BERT.read(config))
