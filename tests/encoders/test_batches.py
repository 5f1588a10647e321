"""Texts in batches: every row once and in order, in few shapes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bert_kit import edit, open_tiny
from broadsheet.encoders.batches import STEP, TOKENS, Batches, batches, height
from tinybert import write_tiny


def test_many_batches_and_threads_give_the_same_rows(folder: Path) -> None:
    encoder = open_tiny(folder)
    texts = [f"{'word ' * (i % 11)}{i}" for i in range(700)]
    rows = encoder.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(encoder.encode, [texts] * 4 + [[text] for text in texts[:40]]))
    for other in again[:4]:
        np.testing.assert_allclose(other, rows, atol=1e-5)
    np.testing.assert_allclose(np.concatenate(again[4:]), rows[:40], atol=1e-5)


def test_few_shapes_are_computed_whatever_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each shape OpenVINO keeps code and memory, for good."""
    write_tiny(tmp_path / "tiny", config={"max_position_embeddings": 64})
    edit(tmp_path / "tiny" / "sentence_bert_config.json", max_seq_length=64)
    encoder, shapes, matrix = open_tiny(tmp_path / "tiny"), set[tuple[int, ...]](), Batches._matrix

    def seen(self: Batches, *batch: Any) -> Any:
        made = matrix(self, *batch)
        shapes.add(made[0].shape)
        return made

    monkeypatch.setattr(Batches, "_matrix", seen)
    for words in range(1, 70):
        for count in (1, 2, 3, 5, 9, 40, 150):
            assert encoder.encode([f"{'word ' * words}"] * count).shape[0] == count
    assert {width for _, width in shapes} == set(range(STEP, 65, STEP))
    assert len(shapes) <= sum((TOKENS // width).bit_length() + 1 for width in range(STEP, 65, STEP))


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 1024))
def test_batches_hold_every_row_once_and_keep_the_budget(lengths: list[int], tokens: int) -> None:
    groups = [group.tolist() for group in batches(lengths, tokens)]
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[row] for row in group) <= tokens


@given(st.integers(1, 1024), st.integers(0, 1024))
def test_heights_are_few_and_at_most_twice_what_is_there(rows: int, most: int) -> None:
    made = height(rows, most)
    assert rows <= made < 2 * rows or made == rows == 1
    assert made in (rows, most) if rows >= most else made == most or made.bit_count() == 1


def test_long_texts_have_few_lengths_that_are_little_longer(tmp_path: Path) -> None:
    widths = [Batches(tmp_path, max_length=8192, words=9)._width(length) for length in range(1, 8193)]
    assert widths[:512] == [-(-length // STEP) * STEP for length in range(1, 513)]
    assert len(set(widths)) <= 100
    assert all(length <= width < length * 17 / 16 + STEP for length, width in enumerate(widths, 1))
    assert max(widths) == 8192
    assert Batches(tmp_path, max_length=7999, words=9)._width(7990) == 7999
