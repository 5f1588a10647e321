"""The distinct words of a text: which there are, where they are, and the text without some of them.

A word and its other forms are one unit, wherever they occur: what is explained, or left out, is never one place of a
word alone, since a model reads it from the others (Deiseroth et al. 2023, "AtMan", damp similar tokens together).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.text import squeeze
from broadsheet.core.vectors import Rows
from broadsheet.core.words import places


@dataclass(frozen=True, slots=True)
class Units:
    """The words of a ``text``: ``names`` of the units as they are first written, ``spans`` int64 (words, 2) where each
    word begins and ends, and ``of`` (words,): the unit of each."""

    text: str
    names: tuple[str, ...]
    spans: NDArray[np.int64]
    of: Rows

    @property
    def counts(self) -> Rows:
        """Return how often each unit occurs, (units,)."""
        return np.bincount(self.of, minlength=len(self.names))

    def only(self, chosen: NDArray[np.bool_]) -> str:
        """Return the text without the units that are not ``chosen`` (units,); what is not a word stays."""
        return self.words_only(chosen[self.of])

    def words_only(self, chosen: NDArray[np.bool_]) -> str:
        """Return the text without the words that are not ``chosen`` (words,); what is not a word stays."""
        pieces, at = [], 0
        for (start, end), stays in zip(self.spans.tolist(), chosen.tolist(), strict=True):
            pieces.append(self.text[at : max(at, start)])
            if stays:
                pieces.append(self.text[max(at, start) : end])
            at = max(at, end)
        return squeeze("".join([*pieces, self.text[at:]]))

    def at(self, spans: NDArray[np.int64]) -> Rows:
        """Return the unit that each span (n, 2) of characters lies in; one more than the last for what is in none."""
        starts, none = self.spans[:, 0], len(self.names)
        if not len(starts):
            return np.full(len(spans), none, dtype=np.int64)
        word = np.searchsorted(starts, spans[:, 0], side="right") - 1
        inside = (word >= 0) & (spans[:, 1] > spans[:, 0]) & (spans[:, 0] < self.spans[np.maximum(word, 0), 1])
        return np.where(inside, self.of[np.maximum(word, 0)], none)


def units(text: str, key: Callable[[str], str] = str.casefold) -> Units:
    """Read the units of a text; words with an equal ``key`` are one."""
    found = list(places(text))
    numbers: dict[str, int] = {}
    names: list[str] = []
    of = []
    for _, _, word in found:
        each = key(word)
        if each not in numbers:
            numbers[each] = len(names)
            names.append(word)
        of.append(numbers[each])
    spans = np.array([(start, end) for start, end, _ in found], np.int64).reshape(-1, 2)
    return Units(text, tuple(names), spans, np.array(of, dtype=np.int64))
