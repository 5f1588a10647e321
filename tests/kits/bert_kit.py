"""Opens the tiny BERT of tinybert.py, and edits its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from broadsheet.encoders.bert import BertEncoder
from tinybert import tiny_tokenizer

TEXTS = ["graph paper", "", "a", "one word after another, and then more than twelve pieces of it.", "Graphing 2-3"]


def open_tiny(folder: Path, **options: Any) -> BertEncoder:
    return BertEncoder(folder, name="bert:tiny", version="1", **options)


def token_ids(text: str, length: int = 12) -> list[int]:
    tokenizer = tiny_tokenizer()
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    return tokenizer.encode(text).ids


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
