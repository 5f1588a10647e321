from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import normalizers

from broadsheet.encoders import words
from broadsheet.encoders.words import Words
from tinybert import tiny_tokenizer


def bare(**options: Any) -> Any:
    tokenizer = tiny_tokenizer()
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if options:
        tokenizer.normalizer = normalizers.BertNormalizer(**options)
    return tokenizer


TOKENIZER, REMEMBERED = bare(), Words(bare())
PIECES = st.sampled_from(
    [
        "graph",
        "Paper",
        "[SEP]",
        "[sep]",
        "##ing",
        " ",
        "\t",
        "\n",
        "\x00",
        "\u3000",
        "\u2028",
        "É",
        "e\u0301",
        "İ",
        "東京",
        "don't",
        "x" * 120,
        "-",
        "…",
        "\u200b",
        "1,5",
        "ß",
        "\xa0",
    ]
)


@given(st.text() | st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=12).map("".join))
@example("[CLS] graph paper [SEP]")
@example("\u0301graph \u0301paper")
def test_remembered_ids_are_the_tokenizers(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    assert REMEMBERED.ids(clean) == TOKENIZER.encode(clean, add_special_tokens=False).ids


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MOST", 10)
    remembered = Words(bare())
    for i in range(100):
        assert remembered.ids(f"word {i}") == TOKENIZER.encode(f"word {i}", add_special_tokens=False).ids
    assert len(remembered) <= 10
    remembered.ids("é" * 1000)
    assert max(map(len, remembered)) <= 100


def test_a_tokenizer_that_minds_case_is_asked_itself() -> None:
    tokenizer = bare(lowercase=False)
    remembered = Words(tokenizer)
    assert remembered.ids("Graph paper") == tokenizer.encode("Graph paper", add_special_tokens=False).ids
    assert not remembered
