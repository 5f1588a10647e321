"""Paraphrases and near-duplicates in a corpus: pairs of texts that are each other's nearest by a margin.

    vectors -> the k nearest of each text, exactly, in blocks -> pairs of which each is among the other's k
    their margin: the cosine over the mean cosine of both with their k nearest -> how many words they share -> the kind

Margin: Artetxe and Schwenk 2019, "Margin-based parallel corpus mining", ratio; it is above 1 for two texts that are
nearer to each other than either is to its other neighbours, and does not depend on how wide an encoder spreads its
cosines. Words: the Jaccard overlap of their sets (Broder 1997, with single words).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.index.neighbours import neighbours
from broadsheet.core.metrics import Floats
from broadsheet.core.text import folded
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.core.words import words

Kind = Literal["copy", "near-duplicate", "paraphrase"]
NEAREST = 4  # a text may have as many copies
COPY = 0.8  # of the words of both texts are shared
MARGINS: dict[Kind, float] = {"near-duplicate": 1.35, "paraphrase": 1.15}
"""The least margin of each kind. On papers of conferences and arXiv with the same title under MiniLM ..."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their places: the cosine of their vectors, their margin, the share of words that they have in
    common, and the kind that follows: ``copy`` (shares 0.8 of the words), else by the margin."""

    one: int
    other: int
    cosine: float
    margin: float
    words: float
    kind: Kind


def duplicates(texts: Sequence[str], vectors: Vectors, *, least: float | None = None) -> list[Pair]:
    """Return the pairs of texts with a margin of at least ``least`` (default: that of a paraphrase) or shared words of
    a copy, the surest first: copies, then by margin.

    ``vectors`` (n, dim) are unit rows. Memory does not grow with the square of n; time does. UsageError for fewer than
    three texts or vectors that do not fit them.
    """
    if len(texts) != len(vectors) or len(texts) < 3:
        raise UsageError(f"Duplicates need at least 3 texts with a vector each; got {len(texts)} and {len(vectors)}.")
    lowest = MARGINS["paraphrase"] if least is None else least
    bags: dict[int, frozenset[str]] = {}
    found = []
    for one, other, cosine, margin in mutual(vectors):
        if margin >= lowest or cosine > _WORTH:
            shared = _shared(texts, one, other, bags)
            if kind := _kind(margin, shared, lowest):
                found.append(Pair(one, other, cosine, margin, shared, kind))
    return sorted(found, key=lambda pair: (pair.kind != "copy", -pair.margin, pair.one, pair.other))


_WORTH = 0.8  # cosine from which the words are compared whatever the margin: a text with many copies has small margins


def mutual(vectors: Vectors, k: int = NEAREST) -> list[tuple[int, int, float, float]]:
    """Return (one, other, cosine, margin) of the pairs of rows of which each is among the other's ``k`` nearest."""
    rows, cosines = neighbours(vectors, k)
    means = cosines.mean(axis=1, dtype=np.float64)
    one, other, place = _mutual(rows)
    scale = (means[one] + means[other]) / 2
    ratio: Floats = cosines[one, place] / np.where(scale > 0, scale, np.inf)
    return list(zip(one.tolist(), other.tolist(), cosines[one, place].tolist(), ratio.tolist(), strict=True))


def _mutual(rows: Rows) -> tuple[Rows, Rows, Rows]:
    """The pairs (one < other) in both directions of a list of neighbours, and the place of the other in the first."""
    n, k = rows.shape
    first, second = np.repeat(np.arange(n), k), rows.ravel()
    keys = np.minimum(first, second) * n + np.maximum(first, second)
    _, index, counts = np.unique(keys, return_index=True, return_counts=True)
    kept = index[counts == 2]  # the first of both is in the list of the lower row
    return first[kept], second[kept], kept % k


def _shared(texts: Sequence[str], one: int, other: int, bags: dict[int, frozenset[str]]) -> float:
    for each in (one, other):
        if each not in bags:
            bags[each] = frozenset(map(folded, words(texts[each])))
    either = bags[one] | bags[other]
    return len(bags[one] & bags[other]) / len(either) if either else 1.0


def _kind(margin: float, shared: float, lowest: float) -> Kind | None:
    if shared >= COPY:
        return "copy"
    if margin >= max(MARGINS["near-duplicate"], lowest):
        return "near-duplicate"
    return "paraphrase" if margin >= lowest else None
