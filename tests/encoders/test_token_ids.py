"""Texts as token ids: cut, whole, and unknown words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import open_tiny, token_ids
from broadsheet.core.errors import ModelError
from broadsheet.encoders.token_ids import CHUNK, TokenIds, parts
from tinybert import write_tiny


def test_cut_texts_are_told(folder: Path) -> None:
    encoder = open_tiny(folder)
    fits, cut = "word " * 10, "word " * 11
    assert encoder.too_long([fits, cut, "", "x" * 11]).tolist() == [False, True, False, True]
    assert not open_tiny(folder, whole=True).too_long([cut]).any()
    np.testing.assert_allclose(encoder.encode([cut]), encoder.encode([fits]), atol=1e-6)


def test_a_text_without_a_known_word_is_unread(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny")
    assert encoder.unread(["graph ∑", "∑ 图", ""]).tolist() == [False, True, False]


def test_a_whole_text_is_read_in_pieces_of_the_models_length(folder: Path) -> None:
    cut, whole = (TokenIds(folder / "tokenizer.json", max_length=12, whole=whole) for whole in (False, True))
    text = "word " * 25
    assert cut.pieces([text, "a"]) == [[token_ids(text)], [token_ids("a")]]
    assert [len(piece) for piece in whole.pieces([text])[0]] == [12, 12, 7]
    assert [each.ids for each in whole.encodings([text])[0]] == whole.pieces([text])[0]


def test_capitals_become_small_where_the_model_asks_for_it(folder: Path) -> None:
    path = folder / "tokenizer.json"
    for space in ("", " "):
        path.write_text(path.read_text().replace(f'"lowercase":{space}true', '"lowercase": false'))
    small, plain = (TokenIds(path, max_length=12, lower=lower) for lower in (True, False))
    assert small.pieces(["GRAPH"]) == plain.pieces(["graph"]) != plain.pieces(["GRAPH"])


def test_a_tokenizer_is_read_when_it_is_first_needed(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    ids = TokenIds(folder / "tokenizer.json", max_length=12)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        ids.pieces(["a"])


def test_texts_come_in_parts_that_fit_into_memory() -> None:
    texts = ["a"] * (2 * CHUNK + 1)
    assert [len(part) for part in parts(texts)] == [CHUNK, CHUNK, 1]
    assert list(parts([])) == []


def test_pieces_may_share_tokens_and_each_counts_once(folder: Path) -> None:
    ids = TokenIds(folder / "tokenizer.json", max_length=12, whole=True, shared=3)
    pieces = ids.pieces(["word " * 25])[0]
    assert [len(piece) for piece in pieces] == [12, 12, 12, 6]
    assert ids.around == (1, 1)
    assert sum(len(piece[span]) for piece, span in zip(pieces, ids.spans(pieces), strict=True)) == 27
    plain = TokenIds(folder / "tokenizer.json", max_length=12)
    assert plain.spans([[1, 2, 3]]) == [slice(3)]
