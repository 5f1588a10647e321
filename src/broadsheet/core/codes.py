"""Vectors in few bits: one bit a dimension, or 4 or 8 with a scale for each vector.

    1 bit:  the sign of each dimension; read as +-1 / sqrt(dim), a unit vector (Charikar 2002)
    4, 8:   whole numbers up to 7 or 127, times the row's largest value through that, which follows as a float16

Products with such rows stand for those with the vectors: a query stays as it is, only what is stored is coded.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import Vectors

Codes = NDArray[np.uint8]
BITS = (1, 4, 8)
"""The bits of a dimension that there may be."""
_SCALE = np.dtype("<f2")


def width(dim: int, bits: int) -> int:
    """Return how many bytes a vector takes; UsageError for bits that are not supported."""
    if bits not in BITS:
        raise UsageError(f"Vectors cannot be stored in {bits} bits a dimension; expected 1, 4 or 8.")
    return -(-dim * bits // 8) + (0 if bits == 1 else _SCALE.itemsize)


def packed(vectors: Vectors, bits: int) -> Codes:
    """Return the codes of vectors (n, dim), uint8 (n, width); low dimensions in low bits."""
    width(vectors.shape[1], bits)
    if bits == 1:
        return np.packbits(vectors > 0, axis=1, bitorder="little")
    most = (1 << (bits - 1)) - 1
    scales = (np.abs(vectors).max(axis=1, initial=0) / most).astype(_SCALE)
    steps = np.where(scales > 0, scales, 1).astype(np.float32)[:, None]
    whole = np.clip(np.rint(vectors / steps), -most, most).astype(np.int8)
    data = whole.view(np.uint8) if bits == 8 else _nibbles(whole)
    return np.concatenate([data, scales[:, None].view(np.uint8)], axis=1)


def unpacked(codes: Codes, dim: int, bits: int) -> Vectors:
    """Return the vectors that codes (n, width) stand for, float32 (n, dim)."""
    if bits == 1:
        return _looked_up(codes, _signs(dim), dim)
    data, scales = codes[:, : -_SCALE.itemsize], np.ascontiguousarray(codes[:, -_SCALE.itemsize :]).view(_SCALE)
    rows = data.view(np.int8).astype(np.float32) if bits == 8 else _looked_up(data, _pairs(), dim)
    rows *= scales.astype(np.float32)
    return rows


def _looked_up(codes: Codes, table: Vectors, dim: int) -> Vectors:
    """The rows (n, dim) of bytes (n, m), each of which stands for a row of the table: sooner than to part bits."""
    rows = table.take(codes.ravel(), axis=0).reshape(len(codes), codes.shape[1] * table.shape[1])
    return rows if rows.shape[1] == dim else np.ascontiguousarray(rows[:, :dim])


@lru_cache(maxsize=8)
def _signs(dim: int) -> Vectors:
    """What the eight bits of each byte stand for, float32 (256, 8)."""
    every = np.arange(256, dtype=np.uint8)[:, None]
    bits = np.unpackbits(every, axis=1, bitorder="little").astype(np.float32)
    return (2 * bits - 1) / np.float32(np.sqrt(dim))


@lru_cache(maxsize=1)
def _pairs() -> Vectors:
    """The two whole numbers from -7 to 7 of each byte, float32 (256, 2)."""
    every = np.arange(256)
    return np.stack([(every & 15) - 8, (every >> 4) - 8], axis=1).astype(np.float32)


def _nibbles(whole: NDArray[np.int8]) -> Codes:
    """Two whole numbers from -7 to 7 a byte, each 8 higher; 8 fills an odd row up."""
    raised = (whole + 8).astype(np.uint8)
    if raised.shape[1] % 2:
        raised = np.pad(raised, ((0, 0), (0, 1)), constant_values=8)
    low, high = raised[:, ::2], raised[:, 1::2]
    return np.asarray(low | (high << np.uint8(4)), np.uint8)
