"""Overlapping chunks of a long text, for late pooling: which of their tokens count, each of the text once.

a text in chunks of the model's length, each beginning with the last tokens of the one before
-> of the tokens that two chunks share, the first half counts in the first of them, the other half in the second; so
   each was read with tokens on both sides of it
-> the mark of beginning counts in the first chunk, the mark of the end in the last: as if the text were one chunk

Günther et al. 2024, "Late Chunking": states of tokens that were read in a longer context, pooled afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Marks(NamedTuple):
    """How many marks a tokenizer puts ``before`` and ``after`` each chunk."""

    before: int
    after: int


def overlap(max_length: int) -> int:
    """Return how many tokens neighbours share: a quarter of the model's length."""
    return max_length // 4


def counted(lengths: Sequence[int], shared: int, marks: Marks) -> list[slice]:
    """Return which tokens count of each chunk of one text; ``lengths`` are those of its chunks, marks included."""
    first, last = 0, len(lengths) - 1
    half = shared // 2
    return [
        slice(first if place == first else marks.before + half,
              length if place == last else length - marks.after - (shared - half))
        for place, length in enumerate(lengths)
    ]  # fmt: skip
