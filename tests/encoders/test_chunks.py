"""Which tokens count of overlapping chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.encoders.chunks import Marks, counted, overlap


@given(st.integers(0, 400), st.integers(8, 40), st.integers(0, 2), st.integers(0, 2))
def test_every_token_counts_once_with_tokens_on_both_sides(words: int, size: int, before: int, after: int) -> None:
    shared, marks, chunks = overlap(size), Marks(before, after), [list[object]()]
    room = size - before - after
    start = 0
    while True:
        own = (
            [f"^{i}" for i in range(before)],
            list(range(words))[start : start + room],
            [f"${i}" for i in range(after)],
        )
        chunks.append([*own[0], *own[1], *own[2]])
        if start + room >= words:
            break
        start += room - shared
    chunks = chunks[1:]
    spans = counted([len(chunk) for chunk in chunks], shared, marks)
    read = [token for chunk, span in zip(chunks, spans, strict=True) for token in chunk[span]]
    assert read == [*(f"^{i}" for i in range(before)), *range(words), *(f"${i}" for i in range(after))]
    for place, (chunk, span) in enumerate(zip(chunks, spans, strict=True)):
        assert place == 0 or span.start >= before + shared // 2
        assert place == len(chunks) - 1 or len(chunk) - span.stop >= after + shared // 2


def test_one_chunk_counts_whole() -> None:
    assert counted([7], 4, Marks(1, 1)) == [slice(0, 7)]


@pytest.mark.parametrize(("length", "shared"), [(12, 3), (256, 64), (512, 128)])
def test_a_quarter_is_shared(length: int, shared: int) -> None:
    assert overlap(length) == shared
