"""The exact nearest rows of every row: for what looks at a whole set of vectors at once, not at one query.

    for each block of queries: cosines with each block of rows -> the best k so far -> ties by row

Memory is two blocks of cosines, whatever the number of rows; time is their product.
"""

from __future__ import annotations

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import Rows, Vectors

_QUERIES, _ROWS = 1_024, 16_384  # of a block: 64 MB of cosines
MOST_PAIRS = 1_000_000
"""Pairs that are held at once: 16 MB, and as much again while the best of them are chosen."""


def neighbours(vectors: Vectors, k: int, *, queries: Vectors | None = None) -> tuple[Rows, Vectors]:
    """Return rows and cosines, both (m, at most k), of the nearest unit rows of ``vectors`` (n, dim), best first, ties
    by row.

    For each of ``queries`` (m, dim), or, without them, for each row itself among the others. UsageError for a k below
    1, for two dimensions, or for vectors that are not numbers.
    """
    asked = vectors if queries is None else queries
    if k < 1 or asked.shape[1] != vectors.shape[1]:
        raise UsageError(
            f"Neighbours need k of at least 1 and one dimension; got k {k} and dimensions {asked.shape[1]} and "
            f"{vectors.shape[1]}."
        )
    if not (np.isfinite(vectors).all() and np.isfinite(asked).all()):
        raise UsageError("Some vectors are not numbers (NaN or infinite): make them again, or leave those rows out.")
    width = min(k, len(vectors) - (queries is None))
    rows = np.empty((len(asked), max(width, 0)), dtype=np.int64)
    scores = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(asked) if width > 0 else 0, _QUERIES):
        part = slice(start, min(start + _QUERIES, len(asked)))
        rows[part], scores[part] = _best(asked[part], vectors, width, start if queries is None else None)
    return rows, scores


def near_pairs(vectors: Vectors, least: float, *, most: int = MOST_PAIRS) -> tuple[Rows, Vectors]:
    """Return the pairs of rows (p, 2), each once, the lower row first, with a cosine of at least ``least``, and their
    cosines (p,), nearest first, ties by row; of more than ``most``, the nearest.

    For unit rows (n, dim). UsageError for a ``most`` below 1, or for vectors that are not numbers.
    """
    if most < 1 or not np.isfinite(vectors).all():
        raise UsageError(f"Near pairs need rows of numbers and at least one pair to return; got at most {most}.")
    pairs, scores = np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32)
    for start in range(0, len(vectors), _QUERIES):
        queries = vectors[start : start + _QUERIES]
        for first in range(start, len(vectors), _ROWS):
            found = queries @ vectors[first : first + _ROWS].T
            one, other = np.nonzero(found >= least)
            once = one + start < other + first
            new = np.stack([one[once] + start, other[once] + first], axis=1)
            pairs, scores = np.concatenate([pairs, new]), np.concatenate([scores, found[one[once], other[once]]])
            if len(scores) > most:
                pairs, scores = _nearest(pairs, scores, most)
                least = max(least, float(scores[-1]))
    return _nearest(pairs, scores, most)


def _nearest(pairs: Rows, scores: Vectors, most: int) -> tuple[Rows, Vectors]:
    """At most ``most`` pairs, nearest first, ties by row."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores))[:most]
    return pairs[order], scores[order]


def _best(queries: Vectors, vectors: Vectors, k: int, own: int | None) -> tuple[Rows, Vectors]:
    """Rows and cosines (m, k) of one block of queries; the first of them is the row ``own`` itself, if it is one."""
    rows = np.full((len(queries), k), -1, dtype=np.int64)
    scores = np.full(rows.shape, -np.inf, dtype=np.float32)
    for start in range(0, len(vectors), _ROWS):
        found = queries @ vectors[start : start + _ROWS].T
        if own is not None:
            _leave_out(found, own - start)
        least = np.maximum(scores[:, -1], _kth(found, k) if start == 0 else -np.inf)
        rows, scores = _joined(rows, scores, found, least=least, first=start)
    return rows, scores


def _leave_out(found: Vectors, first: int) -> None:
    """Give the cosine of each row with itself, which begin at the column ``first``, the lowest value."""
    places = np.arange(len(found))
    inside = (places + first >= 0) & (places + first < found.shape[1])
    found[places[inside], places[inside] + first] = -np.inf


def _kth(found: Vectors, k: int) -> Vectors:
    """A value just below the k-th best of each row."""
    if found.shape[1] <= k:
        return np.full(len(found), -np.inf, dtype=np.float32)
    edge = np.partition(found, found.shape[1] - k, axis=1)[:, found.shape[1] - k]
    return np.asarray(np.nextafter(edge, np.float32(-np.inf)))


def _joined(rows: Rows, scores: Vectors, found: Vectors, *, least: Vectors, first: int) -> tuple[Rows, Vectors]:
    """The best of those so far (m, k) and of ``found`` above ``least``, k for each query; earlier rows win ties."""
    m, k = scores.shape
    query, column = np.nonzero(found > least[:, None])
    queries = np.concatenate([np.repeat(np.arange(m), k), query])
    every = np.concatenate([rows.ravel(), column + first])
    values = np.concatenate([scores.ravel(), found[query, column]])
    order = np.lexsort((every, -values, queries))
    queries = queries[order]
    counts = np.bincount(queries, minlength=m)
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[place < k]
    return every[kept].reshape(m, k), values[kept].reshape(m, k)
