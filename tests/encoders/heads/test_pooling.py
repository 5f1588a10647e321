"""Each pooling is what the papers say, of every layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import TEXTS, edit, open_tiny, token_ids
from broadsheet.encoders.heads.pooling import POOLS
from tinybert import forward, write_tiny


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("pooling", POOLS)
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
