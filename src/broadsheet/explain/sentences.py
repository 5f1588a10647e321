"""Sentences of two papers side by side: which say the same in other words, and which have no counterpart.

sentences of both texts -> their vectors -> each one's nearest in the other -> pairs that are nearest to each other
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.text import sentences
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors

MOST = 24
"""Sentences of a text that are read."""
_LONGEST = 1_000  # characters of a sentence


@dataclass(frozen=True, slots=True)
class Aligned:
    """A sentence of the one text, the sentence of the other that is nearest to it, and their cosine."""

    one: str
    other: str
    cosine: float


def pieces(document: Document) -> list[str]:
    """Return the title and the sentences of a paper, at most 24."""
    texts = [document.shown_title, *sentences(document.shown_text[: MOST * _LONGEST])]
    return [text[:_LONGEST] for text in texts if text.strip()][:MOST]


def nearest(collection: Collection, vector: Vectors, texts: Sequence[str]) -> tuple[str, float] | None:
    """Return the text nearest to a unit vector (dim,) and its cosine; None without texts."""
    if not texts:
        return None
    cosines = collection.encoder.encode(list(texts)) @ vector
    place = int(np.argmax(cosines))
    return texts[place], float(cosines[place])


def aligned(one: Sequence[str], other: Sequence[str], cosines: Vectors, least: float) -> tuple[Aligned, ...]:
    """Return pairs of texts that are each other's nearest, by their cosines (m, n), and at least ``least``; nearest
    first."""
    if not len(one) or not len(other):
        return ()
    there, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    mutual = [row for row in range(len(one)) if back[there[row]] == row and cosines[row, there[row]] >= least]
    mutual.sort(key=lambda row: -cosines[row, there[row]])
    return tuple(Aligned(one[row], other[there[row]], float(cosines[row, there[row]])) for row in mutual)


def alone(texts: Sequence[str], cosines: Vectors, least: float, most: int) -> tuple[str, ...]:
    """Return the texts without one in the other list at ``least`` this near, by their cosines (m, n): the farthest
    first, at most so many."""
    best = cosines.max(axis=1, initial=-1.0)
    order = np.argsort(best, kind="stable")
    return tuple(texts[row] for row in order.tolist() if best[row] < least)[:most]
