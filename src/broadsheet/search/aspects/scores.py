"""How near papers are to one paper, or to a text, in one aspect.

sentences of a paper, weighted by the probability of the role -> their mean, length 1: the vector of the aspect
score = the mean of two cosines: of the whole papers, and of their sentences of the aspect by optimal transport

That the two count half each was not fitted; transport was chosen on papers with keywords: see docs/aspects.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.alignment import Weighed, aligned, mean_vector, transported
from broadsheet.core.aspects import ASPECTS, Aspect
from broadsheet.core.types import Alike, Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.space.sentences import Parts, SentenceState

SURE = 0.5
"""The probability from which a sentence is said to have a role."""
_SHOWN = 3  # pairs of sentences
_LEAST = 0.3  # the cosine from which two sentences are shown as alike


class Asked(NamedTuple):
    """What papers are compared with: the vector (dim,) of a ``whole`` paper, and its ``sentences``, each counting as
    much as its role is probable."""

    whole: Vectors
    sentences: Weighed


def weighed(parts: Parts, aspect: Aspect) -> Weighed:
    """Return the sentences of a paper, each counting as much as its role is probable; all alike, where none can have
    it."""
    weights = parts.roles[:, ASPECTS.index(aspect)]
    return Weighed(parts.vectors, weights if weights.any() else np.ones_like(weights))


def aspect_vectors(state: SentenceState, numbers: Rows, aspect: Aspect) -> Vectors:
    """Return the vectors of an aspect (n, dim) of papers by number; NaN for a paper without sentences."""
    out = np.full((len(numbers), state.manifest.dim), np.nan, np.float32)
    for row, parts in enumerate(state.of(numbers)):
        vector = mean_vector(weighed(parts, aspect))
        if vector is not None:
            out[row] = vector
    return out


def aspect_scores(collection: Collection, asked: Asked, aspect: Aspect, numbers: Rows) -> tuple[Vectors, Vectors]:
    """Return the cosines (n,) of whole papers, and those that an optimal transport of the sentences of the aspect
    carries, by number. A paper without sentences counts as one sentence: all of it. NaN for a paper without a vector.

    CollectionError when sentences were not built.
    """
    snapshot = collection.space.snapshot()
    whole = snapshot.scores(asked.whole, numbers)
    others = [weighed(parts, aspect) for parts in collection.sentences.snapshot().of(numbers)]
    for place in [place for place, each in enumerate(others) if not each.some]:
        rows = snapshot.of(numbers[place : place + 1])
        others[place] = Weighed(rows, np.ones(len(rows), np.float32))
    return whole, transported(asked.sentences, others).astype(np.float32)


def alike(state: SentenceState, one: tuple[int, Document], other: tuple[int, Document], aspect: Aspect) -> list[Alike]:
    """Return sentences of two papers that match, each once, the nearest first: those that have the role; of the
    ``other`` any, if none has it."""
    asked, found = state.of(np.array([one[0], other[0]]))
    chosen, theirs = (np.flatnonzero(each.roles[:, ASPECTS.index(aspect)] >= SURE) for each in (asked, found))
    theirs = theirs if len(theirs) else np.arange(len(found.spans))
    if not len(chosen) or not len(theirs):
        return []
    table = asked.vectors[chosen].astype(np.float64) @ found.vectors[theirs].T.astype(np.float64)
    pairs = [(left, right) for left, right in aligned(table) if table[left, right] >= _LEAST][:_SHOWN]
    return [
        Alike(
            _text(one[1], asked.spans[chosen[left]]), _text(other[1], found.spans[theirs[right]]),
            round(float(table[left, right]), 4),
        )
        for left, right in pairs
    ]  # fmt: skip


def _text(document: Document, span: np.ndarray) -> str:
    return document.content[int(span[0]) : int(span[1])]
