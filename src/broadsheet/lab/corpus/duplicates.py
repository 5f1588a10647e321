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
from typing import Literal, get_args

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.index.neighbours import neighbours
from broadsheet.core.metrics import Floats
from broadsheet.core.text import folded
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.core.words import words

Kind = Literal["copy", "near-duplicate", "paraphrase"]
_ORDER: tuple[Kind, ...] = get_args(Kind)
NEAREST = 4  # a text may have as many copies
MARGIN = 1.15
COPY, NEAR = 0.8, 0.3  # of the words of both texts are shared
"""From which margin, and from which share of words, a pair is what kind. Chosen on half of the 673 papers that are on
arXiv and in proceedings under one title, among 3,579 other papers (title and abstract, MiniLM): near-duplicates and
copies together had a precision of 0.974 and a recall of 0.985 there, and of 0.931 and 1.000 on the other half. What
counts as wrong there are mostly two versions of a paper under two titles."""
_WORTH = 0.8  # cosine from which words are compared whatever the margin: a text with many copies has small margins


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts by their places: the cosine of their vectors, their margin, the share of words that they have in
    common, and the kind that follows: a ``copy`` shares 0.8 of the words, a ``near-duplicate`` 0.3, a ``paraphrase``
    fewer."""

    one: int
    other: int
    cosine: float
    margin: float
    words: float
    kind: Kind


def duplicates(texts: Sequence[str], vectors: Vectors, *, least: float = MARGIN) -> list[Pair]:
    """Return the pairs of texts with a margin of at least ``least``, or with so many shared words that they are copies:
    copies first, then near-duplicates, then paraphrases, each by margin.

    ``vectors`` (n, dim) are unit rows. Memory does not grow with the square of n; time does. UsageError for fewer than
    three texts or vectors that do not fit them.
    """
    if len(texts) != len(vectors) or len(texts) < 3:
        raise UsageError(f"Duplicates need at least 3 texts with a vector each; got {len(texts)} and {len(vectors)}.")
    bags: dict[int, frozenset[str]] = {}
    found = []
    for one, other, cosine, margin in mutual(vectors):
        if margin >= least or cosine > _WORTH:
            shared = _shared(texts, one, other, bags)
            if kind := _kind(margin, shared, least):
                found.append(Pair(one, other, cosine, margin, shared, kind))
    return sorted(found, key=lambda pair: (_ORDER.index(pair.kind), -pair.margin, pair.one, pair.other))


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


def _kind(margin: float, shared: float, least: float) -> Kind | None:
    if shared >= COPY:
        return "copy"
    if margin < least:
        return None
    return "near-duplicate" if shared >= NEAR else "paraphrase"
