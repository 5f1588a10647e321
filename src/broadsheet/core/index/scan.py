"""An Index for up to about a million vectors: a scan of one-bit codes, then exact cosines of the best rows.

    few rows allowed:  exact cosines of those rows
    many:              Hamming distance of every code -> the nearest 2,000 by counting -> cosines of those -> best k

Nothing is trained; a delete or a filter is a mask. Signs as codes: Charikar 2002; exact rescoring corrects them. Where
axes differ in scale, codes are made in other axes (``core.rotation``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.rotation import axes, rotated
from broadsheet.core.vectors import Rows, Vectors, best, cosines, sign_codes

EXACT_BELOW = 4_000
CANDIDATES = 2_000
_BLOCK = 1 << 15  # rows per pass: the scratch memory of one block stays in the second-level cache
_TOGETHER = 256  # rows whose vectors are copied at a time


class ScanIndex:
    """Searches ``vectors`` (n, dim), unit rows, using their codes, stored column by column (words, n), which were made
    in the axes of the seed ``rotation``, and of so many ``turns`` from it."""

    def __init__(self, vectors: Vectors, columns: NDArray[np.uint64], rotation: int = 0, turns: int = 1) -> None:
        self.vectors = vectors
        self.columns = columns
        self._axes = axes(vectors.shape[1], rotation, turns) if rotation else None

    @classmethod
    def of(cls, vectors: Vectors, rotation: int = 0, turns: int = 1) -> ScanIndex:
        """Make an index of vectors that have no stored codes."""
        codes = sign_codes(rotated(vectors, rotation, turns))
        return cls(vectors, np.ascontiguousarray(codes.T), rotation, turns)

    def search(
        self, queries: Vectors, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """Return rows and cosines (m, at most k), best first, ties by row; ``allowed`` (n,) masks rows out.

        Approximate above 4,000 allowed rows (recall@10 is measured in benchmarks/search.py), exact below.
        """
        found = [self.nearest(query, k, allowed) for query in queries]
        width = min((len(rows) for rows, _ in found), default=0)
        rows = np.array([r[:width] for r, _ in found], dtype=np.int64).reshape(len(found), width)
        scores = np.array([s[:width] for _, s in found], dtype=np.float32).reshape(len(found), width)
        return rows, scores

    def nearest(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Rows, Vectors]:
        """Search with one query (dim,): return (rows, cosines), both of length at most k."""
        total = len(self.vectors) if allowed is None else int(np.count_nonzero(allowed))
        wanted = max(k, CANDIDATES)
        if total <= max(EXACT_BELOW, wanted):
            rows = np.arange(total) if allowed is None else np.flatnonzero(allowed)
        else:
            rows = self._candidates(query, wanted, allowed)
        return best(self._cosines(rows, query), k, rows)

    def _cosines(self, rows: Rows, query: Vectors) -> Vectors:
        """Return the cosines (n,) of some rows with a unit vector (dim,), a few rows at a time: what is copied of them
        then stays in the cache."""
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _TOGETHER):
            part = rows[start : start + _TOGETHER]
            scores[start : start + len(part)] = cosines(self.vectors.take(part, axis=0), query)
        return scores

    def _candidates(self, query: Vectors, wanted: int, allowed: NDArray[np.bool_] | None) -> Rows:
        """Return at least ``wanted`` allowed rows with the fewest unlike signs (with all ties), ascending."""
        turned = query if self._axes is None else cosines(self._axes, query)
        distances = self._distances(sign_codes(turned[None, :])[0])
        if allowed is not None:
            distances[~allowed] = np.iinfo(np.uint16).max
        counts = np.bincount(distances, minlength=1)
        edge = int(np.searchsorted(np.cumsum(counts), wanted))
        return np.flatnonzero(distances <= edge)

    def _distances(self, code: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """Return Hamming distances (n,): three columns of 64 bits at a time fit the sum into one byte."""
        n = self.columns.shape[1]
        distances = np.zeros(n, dtype=np.uint16)
        for start in range(0, n, _BLOCK):
            block = self.columns[:, start : start + _BLOCK]
            total = distances[start : start + _BLOCK]
            for first in range(0, len(code), 3):
                some = np.bitwise_count(block[first] ^ code[first])
                for word in range(first + 1, min(first + 3, len(code))):
                    some += np.bitwise_count(block[word] ^ code[word])
                total += some
        return distances
