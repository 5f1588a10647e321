"""A fixed rotation of vectors, after which each axis says equally much: then one bit of each is a fair code.

Axes that fall off in scale, as those of principal components do, waste the bits of the small ones. Three rounds of
random signs, a random order, and Hadamard transforms of blocks spread every axis over all (Ailon and Chazelle 2009,
"The fast Johnson-Lindenstrauss transform"; three rounds as in Andoni et al. 2015). Cosines stay as they are.

Where a vector has few axes, one bit of each is too little, however they lie: several rotations give as
many bits as are needed (as random hyperplanes do: Charikar 2002).

Signs and orders come from a hash, and sums are made axis by axis in a fixed order: the same bits on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from broadsheet.core.vectors import Rows, Vectors

_ROUNDS = 3
_BLOCK = 8_192  # rows that are turned at a time


def rotated(vectors: Vectors, seed: int, turns: int = 1) -> Vectors:
    """Return the vectors (n, dim) in the axes that belong to a seed; 0: as they are. With several ``turns`` those of
    the following seeds come after them: (n, turns * dim)."""
    if not seed:
        return vectors
    if not len(vectors):
        return np.empty((0, turns * vectors.shape[1]), np.float32)
    blocks = (vectors[start : start + _BLOCK] for start in range(0, len(vectors), _BLOCK))
    return np.concatenate([_turned(np.array(block, dtype=np.float32), seed, turns) for block in blocks])


def axes(dim: int, seed: int, turns: int = 1) -> Vectors:
    """Return the axes (turns * dim, dim) of a seed, a row each: their products with a vector are its rotation."""
    return np.ascontiguousarray(rotated(np.eye(dim, dtype=np.float32), seed, turns).T)


def _turned(rows: Vectors, seed: int, turns: int) -> Vectors:
    return np.concatenate([_turn(rows, each) for each in range(seed, seed + turns)], axis=1)


def _turn(rows: Vectors, seed: int) -> Vectors:
    for signs, order in _rounds(rows.shape[1], seed):
        rows = (rows * signs)[:, order]
        for start, size in _blocks(rows.shape[1]):
            rows[:, start : start + size] = _hadamard(rows[:, start : start + size])
    return rows


@lru_cache(maxsize=8)
def _rounds(dim: int, seed: int) -> tuple[tuple[Vectors, Rows], ...]:
    """The signs (dim,) and the order (dim,) of each round: by BLAKE2b of seed, round and axis, 8 bytes of each."""
    made = []
    for place in range(_ROUNDS):
        names = (f"{seed} {place} {axis}".encode() for axis in range(dim))
        drawn = np.frombuffer(b"".join(hashlib.blake2b(each, digest_size=8).digest() for each in names), dtype="<u8")
        signs = np.where(drawn % 2 == 0, 1, -1).astype(np.float32)
        made.append((signs, np.argsort(drawn, kind="stable")))
    return tuple(made)


def _blocks(dim: int) -> Iterator[tuple[int, int]]:
    """Where blocks begin and how long they are: powers of two, the longest first, that make up ``dim``."""
    start = 0
    while start < dim:
        size = 1 << ((dim - start).bit_length() - 1)
        yield start, size
        start += size


def _hadamard(rows: Vectors) -> Vectors:
    """Rows (n, a power of two) times the Hadamard matrix of length 1, by sums and differences of halves."""
    count, size = rows.shape
    step = 1
    while step < size:
        pairs = rows.reshape(count, size // (2 * step), 2, step)
        one, other = pairs[:, :, 0], pairs[:, :, 1]
        rows = np.stack([one + other, one - other], axis=2).reshape(count, size)
        step *= 2
    return rows / np.float32(np.sqrt(size))
