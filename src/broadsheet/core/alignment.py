"""How alike two papers are by their sentences, and which sentence goes with which.

cosines of the sentences of two papers, how much each counts -> the single best match, the best match of each, or an
optimal transport -> one number; one to one -> the pairs that are shown

Mysore, Cohan and Hope 2022, "Multi-Vector Models with Textual Guidance for Fine-Grained Scientific Document
Similarity" (ASPIRE): single best match and optimal transport of sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.transport import Floats, assignment, transport
from broadsheet.core.vectors import Vectors, unit

BLUR, ROUNDS = 0.1, 50


class Weighed(NamedTuple):
    """The sentences of a paper: unit rows ``vectors`` (n, dim), and how much each counts, ``weights`` (n,)."""

    vectors: Vectors
    weights: NDArray[np.floating]

    @property
    def some(self) -> bool:
        """Return whether any sentence counts."""
        return bool(len(self.weights)) and float(self.weights.sum()) > 0


def mean_vector(paper: Weighed) -> Vectors | None:
    """Return the unit vector (dim,) of the weighted mean of sentences; None where none counts."""
    return unit((paper.vectors * paper.weights[:, None]).sum(axis=0, keepdims=True))[0] if paper.some else None


def single_best(asked: Weighed, others: Sequence[Weighed]) -> Floats:
    """Return the highest cosine (n,) of a sentence that counts most in its own paper with any of each other paper."""
    chosen = asked.vectors[asked.weights >= asked.weights.max(initial=0) / 2]
    return _each(others, lambda other: float((chosen @ other.vectors.T).max()))


def best_of_each(asked: Weighed, others: Sequence[Weighed]) -> Floats:
    """Return the weighted mean (n,), over the sentences asked about, of the highest cosine with any of each paper."""
    shares = asked.weights / asked.weights.sum()
    return _each(others, lambda other: float(shares @ (asked.vectors @ other.vectors.T).max(axis=1)))


def transported(asked: Weighed, others: Sequence[Weighed], *, blur: float = BLUR) -> Floats:
    """Return the cosine (n,) that an optimal transport of the weights of one paper to those of each other carries."""
    return _each_plan(asked, others, blur)


def aligned(cosines: Floats) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of a one-to-one matching with the highest sum of cosines (n, m), the nearest
    first."""
    return sorted(assignment(cosines), key=lambda pair: -cosines[pair])


def _each(others: Sequence[Weighed], score: Callable[[Weighed], float]) -> Floats:
    """One score for each paper; NaN for one without sentences."""
    return np.array([score(each) if len(each.vectors) else np.nan for each in others], dtype=np.float64)


def _each_plan(asked: Weighed, others: Sequence[Weighed], blur: float) -> Floats:
    there = [place for place, each in enumerate(others) if each.some]
    scores = np.full(len(others), np.nan)
    if not there:
        return scores
    longest = max(len(others[place].weights) for place in there)
    cosines = np.zeros((len(there), len(asked.weights), longest))
    right = np.zeros((len(there), longest))
    for row, place in enumerate(there):
        other = others[place]
        cosines[row, :, : len(other.weights)] = asked.vectors @ other.vectors.T
        right[row, : len(other.weights)] = other.weights / other.weights.sum()
    left = np.tile(asked.weights / asked.weights.sum(), (len(there), 1))
    plans = transport(1 - cosines, left, right, blur=blur, rounds=ROUNDS)
    scores[there] = (plans * cosines).sum(axis=(1, 2))
    return scores
