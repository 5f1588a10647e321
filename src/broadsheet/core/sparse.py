"""Arithmetic on weighted terms: rows joined, their products summed, a corpus that waits for queries.

rows of weights -> their terms above 0 -> SparseVectors -> for each term, the documents that have it (an inverted file)
a query -> for each of its terms, what it adds to each document -> the sums
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.protocols import SparseVectors

Scores = NDArray[np.float32]


def sparse_of(rows: NDArray[np.float32], *, most: int) -> SparseVectors:
    """Return the terms of dense rows, float32 (n, terms), whose weight is above 0: of each row the ``most`` heaviest,
    of equal weights the first terms."""
    there = rows > 0
    for row in np.flatnonzero(there.sum(axis=1) > most):
        heaviest = np.argsort(-rows[row], kind="stable")[:most]
        there[row] = False
        there[row, heaviest] = True
    starts = np.concatenate([[0], np.cumsum(there.sum(axis=1, dtype=np.int64))])
    return SparseVectors(starts, there.nonzero()[1].astype(np.int32), rows[there], rows.shape[1])


def joined(parts: Sequence[SparseVectors], size: int) -> SparseVectors:
    """Return the rows of all parts, one part after another; each has ``size`` terms."""
    ends = np.cumsum([0, *(each.starts[-1] for each in parts)])
    starts = [each.starts[1:] + end for each, end in zip(parts, ends[:-1], strict=True)]
    return SparseVectors(
        np.concatenate([np.zeros(1, np.int64), *starts]),
        np.concatenate([np.empty(0, np.int32), *(each.terms for each in parts)]),
        np.concatenate([np.empty(0, np.float32), *(each.weights for each in parts)]), size,
    )  # fmt: skip


def reordered(vectors: SparseVectors, rows: NDArray[np.int64]) -> SparseVectors:
    """Return these rows of vectors, in this order."""
    lengths = np.diff(vectors.starts)[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(starts[-1]) + np.repeat(vectors.starts[:-1][rows] - starts[:-1], lengths)
    return SparseVectors(starts, vectors.terms[places], vectors.weights[places], vectors.size)


def row_of(vectors: SparseVectors, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the terms and the weights of one row."""
    part = slice(vectors.starts[row], vectors.starts[row + 1])
    return vectors.terms[part], vectors.weights[part]


def products(one: SparseVectors, other: SparseVectors) -> NDArray[np.float64]:
    """Return the similarity of each row with the row at its place, float64 (n,)."""
    sums = np.zeros(len(one.starts) - 1)
    for row in range(len(sums)):
        (terms, weights), (others, heavy) = row_of(one, row), row_of(other, row)
        _, here, there = np.intersect1d(terms, others, assume_unique=True, return_indices=True)
        sums[row] = weights[here].astype(np.float64) @ heavy[there]
    return sums


class Postings:
    """Documents by their terms: an inverted file, as Zobel and Moffat 2006 describe it, in memory."""

    def __init__(self, documents: SparseVectors) -> None:
        order = np.argsort(documents.terms, kind="stable")
        self.count = len(documents.starts) - 1
        self._rows = np.repeat(np.arange(self.count), np.diff(documents.starts))[order]
        self._weights = documents.weights[order]
        self._starts = np.searchsorted(documents.terms[order], np.arange(documents.size + 1))

    def scores(self, terms: NDArray[np.int32], weights: NDArray[np.float32]) -> Scores:
        """Return the similarity of a query with each document, float32 (n,): 0 where they share no term."""
        sums = np.zeros(self.count)
        for term, weight in zip(terms.tolist(), weights.tolist(), strict=True):
            part = slice(self._starts[term], self._starts[term + 1])
            sums[self._rows[part]] += weight * self._weights[part]
        return sums.astype(np.float32)
