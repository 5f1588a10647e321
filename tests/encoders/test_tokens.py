"""How many tokens an encoder reads of each text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from broadsheet.encoders.bert import BertEncoder
from broadsheet.encoders.static import named
from tinybert import WORDS, tiny_tokenizer, write_tiny

TEXTS = ["graph paper", "", "word " * 30]


def test_bert_counts_what_it_reads_with_its_marks(tmp_path: Path) -> None:
    write_tiny(tmp_path / "m")
    assert BertEncoder(tmp_path / "m", name="tiny", version="1").tokens(TEXTS).tolist() == [4, 2, 12]
    whole = BertEncoder(tmp_path / "m", name="tiny", version="1", whole=True).tokens(TEXTS)
    assert whole.tolist() == [4, 2, 36], "three pieces of ten words and two marks"


def test_static_counts_what_it_reads(tmp_path: Path) -> None:
    save_file({"embeddings": np.ones((len(WORDS), 4), "f4")}, tmp_path / "model.safetensors")
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text(json.dumps({"max_length": 7}))
    assert named(str(tmp_path)).tokens(TEXTS).tolist() == [2, 0, 7]
