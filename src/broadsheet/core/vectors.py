"""Arithmetic on matrices of vectors: unit rows, sign codes, cosines, the best scores."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
_Float = TypeVar("_Float", bound=np.floating)
_SMALL, _SMALL_ROW = 1 << 18, 9_000  # multiplications of two matrices, and of one with a row, that get one thread


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


def products(rows: NDArray[_Float], others: NDArray[_Float]) -> NDArray[_Float]:
    """Return the products (n, m) of rows (n, dim) with others (m, dim), by one thread.

    The matrix library shares any larger product out among threads, which wait for each other while other processes are
    at work: a product of 1,000 x 384 x 10 then took twenty times the processor time. It leaves small blocks alone.
    """
    out = np.empty((len(rows), len(others)), dtype=rows.dtype)
    dim = max(1, rows.shape[1])
    across = max(1, _SMALL_ROW // dim)
    for left in range(0, len(others), across):
        part = others[left : left + across]
        down = max(1, _SMALL // (dim * len(part)))
        for top in range(0, len(rows), down):
            block = rows[top : top + down]
            made = np.vecdot(block, part[0])[:, None] if len(part) == 1 else block @ part.T
            out[top : top + down, left : left + across] = made
    return out


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
