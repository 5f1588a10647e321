"""Arithmetic on matrices of vectors: unit rows, sign codes, cosines, the best scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


def unit(matrix: NDArray[np.floating]) -> Vectors:
    """Scale rows to length 1, float32 (n, dim); a zero row becomes the first axis, so every text has a direction."""
    rows = np.ascontiguousarray(matrix, dtype=np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    empty = norms[:, 0] == 0
    out = rows / np.where(norms == 0, 1, norms)
    if empty.any():
        out[empty, 0] = 1
    return np.asarray(out, dtype=np.float32)


def sign_codes(matrix: Vectors) -> NDArray[np.uint64]:
    """Return one bit per dimension, set where positive: uint64 (n, ceil(dim / 64)), low dimensions in low bits."""
    words = -(-matrix.shape[1] // 64)
    bits = np.zeros((matrix.shape[0], words * 8), dtype=np.uint8)
    packed = np.packbits(matrix > 0, axis=1, bitorder="little")
    bits[:, : packed.shape[1]] = packed
    return bits.view("<u8").astype(np.uint64, copy=False)


def cosines(rows: Vectors, vector: Vectors) -> Vectors:
    """Return the cosines (n,) of unit rows (n, dim) with a unit vector (dim,), row by row.

    This is not a matrix product: its threads would keep spinning and slow the encoder down, which doubled the
    measured time of the next query.
    """
    products: Vectors = np.vecdot(rows, vector)
    return products


def best(scores: NDArray[np.floating], k: int, rows: Rows | None = None) -> tuple[Rows, Vectors]:
    """Return the k highest of ``scores`` (n,) as (rows, scores), best first, ties by row; ``rows`` are their ascending
    numbers. A score that is not a number counts as the lowest of all."""
    n = len(scores)
    scores = np.where(np.isnan(scores), -np.inf, scores)
    if 0 < k < n:
        edge = np.partition(scores, n - k)[n - k]
        picked = np.flatnonzero(scores >= edge)
    else:
        picked = np.arange(n)
    order = np.argsort(-scores[picked], kind="stable")[:k]
    chosen = picked[order]
    return (chosen if rows is None else rows[chosen]), np.asarray(scores[chosen], dtype=np.float32)
