"""The exact nearest rows of every row: for what looks at a whole set of vectors at once, not at one query.

    for each block of queries: cosines with each block of rows -> the best k so far -> ties by row

Memory is two blocks of cosines, whatever the number of rows; time is their product.
"""

from __future__ import annotations

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import Rows, Vectors

_QUERIES, _ROWS = 1_024, 16_384  # of a block: 64 MB of cosines


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
