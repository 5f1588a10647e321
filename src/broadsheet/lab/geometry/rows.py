"""A set of vectors that is read in blocks, from a Space or a file, and never held in memory as a whole.

a Space's snapshot, an .npy file, an array -> Rows: count, dim, blocks, some rows
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import NotFoundError, SourceError, UsageError

BLOCK = 4_096  # rows at a time
MOST_DIMENSIONS = 16_384
_SUM, _TURN = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


class Rows:
    """Read the vectors of ``matrix`` (n, dim), memory-mapped or not; of those, only rows where ``living`` is true."""

    def __init__(self, matrix: NDArray[np.generic], *, name: str, living: NDArray[np.bool_] | None = None) -> None:
        if matrix.ndim != 2 or not 0 < matrix.shape[1] <= MOST_DIMENSIONS:
            raise SourceError(f"{name} has the shape {matrix.shape}; expected rows of 1 to {MOST_DIMENSIONS:,}.")
        if matrix.dtype.kind not in "fiu":
            raise SourceError(f"{name} holds {matrix.dtype}; expected numbers.")
        self.name, self._matrix, self._living = name, matrix, living
        self.dim = matrix.shape[1]
        self.count = len(matrix) if living is None else int(np.count_nonzero(living))

    def blocks(self, size: int = BLOCK) -> Iterator[NDArray[np.floating]]:
        """Yield the vectors in order, at most ``size`` rows at a time, as floating-point numbers."""
        for start in range(0, len(self._matrix), size):
            block = self._read(start, min(size, len(self._matrix) - start))
            yield block if self._living is None else block[self._living[start : start + size]]

    def some(self, places: NDArray[np.int64]) -> NDArray[np.floating]:
        """Return the vectors at these places (ascending, among those that count), float32 (m, dim)."""
        parts, start = [np.empty((0, self.dim), np.float32)], 0
        for block in self.blocks():  # a mapped file would bring the pages around each row into memory, which are all
            first, last = np.searchsorted(places, (start, start + len(block)))
            parts.append(np.asarray(block[places[first:last] - start], np.float32))
            start += len(block)
        return np.concatenate(parts)

    def _read(self, start: int, count: int) -> NDArray[np.floating]:
        """Rows of the file, read and not mapped: pages of a mapped file would count as this process's memory."""
        matrix = self._matrix
        block: NDArray[np.generic]
        if isinstance(matrix, np.memmap) and matrix.flags.c_contiguous and matrix.filename and matrix.offset >= 0:
            at = matrix.offset + start * matrix.strides[0]
            raw = np.fromfile(matrix.filename, dtype=matrix.dtype, count=count * self.dim, offset=at)
            if len(raw) != count * self.dim:
                raise SourceError(f"{self.name} ends before row {start + count:,}: it was changed while it was read.")
            block = raw.reshape(count, self.dim)
        else:
            block = matrix[start : start + count]
        kind = np.float64 if matrix.dtype.kind in "iu" or matrix.dtype.itemsize == 8 else np.float32
        return np.asarray(block, dtype=kind)


def read_npy(path: Path) -> Rows:
    """Open an .npy file of shape (n, dim) without reading it; NotFoundError or SourceError says what is wrong."""
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file: expected vectors as .npy, .parquet or .jsonl, or a Space's name.")
    try:
        matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise SourceError(f"{path} cannot be read as .npy ({error}): write it again with numpy.save.") from None
    return Rows(matrix, name=str(path))


def drawn(count: int, most: int, seed: int) -> NDArray[np.int64]:
    """Return at most ``most`` places out of ``count``, drawn without replacement, ascending."""
    if most < 1:
        raise UsageError(f"The sample has {most} rows; expected at least 1.")
    if most >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def fingerprints(block: NDArray[np.floating]) -> NDArray[np.uint64]:
    """Return a 64-bit fingerprint of each row (n,), equal for equal rows; 0.0 and -0.0 are equal."""
    bits = np.ascontiguousarray(block + 0.0, dtype=np.float32).view(np.uint32).astype(np.uint64)
    keys = np.random.default_rng(0).integers(1, 2**63, bits.shape[1], dtype=np.uint64) | np.uint64(1)
    mixed = (bits + _SUM) * keys
    mixed ^= mixed >> _TURN
    return np.asarray((mixed * keys).sum(axis=1, dtype=np.uint64))
