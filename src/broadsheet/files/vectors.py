"""Vectors by the content of their texts, so that no text is encoded twice by the same encoder.

    read: take in the keys of rows that were appended since -> the rows asked for, whose vectors are whole
    append, under a lock: cut off what a killed writer left half -> the new rows -> fsync; too many? the new rows alone

One file: rows of a key (16 bytes: BLAKE2b of the text as UTF-8) and a unit vector (little-endian float32). It grows or
is replaced, so readers need no lock. It is derived: delete it, and its vectors are made again.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Vectors
from broadsheet.files.whole import flush, write
from broadsheet.locks import held

_KEY = 16  # bytes
_NEAR_ONE = 1e-3  # how far the length of a whole unit vector is from 1 at most


class VectorFile:
    """Vectors of ``dim`` numbers in the file ``path``, at most ``most``, which other processes read and append to.
    Safe for threads."""

    def __init__(self, path: Path, dim: int, *, most: int | None = None) -> None:
        self.path, self.most = path, most
        self._row = np.dtype([("key", f"V{_KEY}"), ("vector", "<f4", (dim,))])
        self._places: dict[bytes, int] = {}
        self._count, self._file = 0, (0, 0)
        self._lock = threading.Lock()

    def read(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        """Return the vectors (dim,) of those of these keys that have one. A row without a unit vector, as a full disk
        leaves one, is passed over."""
        with self._lock:
            rows = self._taken(keys)
        vectors = np.ascontiguousarray(rows["vector"], dtype=np.float32)
        whole = _units(vectors)
        return {key: vector for key, vector, fits in zip(rows["key"].tolist(), vectors, whole, strict=True) if fits}

    def append(self, vectors: Mapping[bytes, Vectors], *, timeout: float = 60.0) -> None:
        """Add rows; what is not a unit vector is left out. OSError when the file cannot be written, CollectionError
        when another process holds it for more than ``timeout`` seconds."""
        rows = self._made(vectors)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with held(self.path.with_name(f"{self.path.name}.lock"), timeout=timeout, what=str(self.path)):
            count = _size(self.path) // self._row.itemsize
            if self.most is not None and count + len(rows) > self.most:
                write(self.path, rows[-self.most :].tobytes())
            else:
                _grow(self.path, count * self._row.itemsize, rows.tobytes())

    def _made(self, vectors: Mapping[bytes, Vectors]) -> NDArray[np.void]:
        rows = np.zeros(len(vectors), dtype=self._row)
        for row, (key, vector) in zip(rows, vectors.items(), strict=True):
            row["key"], row["vector"] = key, vector
        return np.asarray(rows[_units(rows["vector"])])

    def _taken(self, keys: Iterable[bytes]) -> NDArray[np.void]:
        """The last row of each of the keys that are in the file."""
        try:
            with self.path.open("rb") as file:
                rows = self._refreshed(file)
                return np.array(rows[[self._places[key] for key in dict.fromkeys(keys) if key in self._places]])
        except OSError:  # what cannot be read is made again
            return np.empty(0, self._row)

    def _refreshed(self, file: BinaryIO) -> NDArray[np.void]:
        """All whole rows, as they lie on the disk, once the places of new ones are known."""
        facts = os.fstat(file.fileno())
        count = facts.st_size // self._row.itemsize
        if (facts.st_dev, facts.st_ino) != self._file or count < self._count:
            self._places, self._count, self._file = {}, 0, (facts.st_dev, facts.st_ino)
        if not count:
            return np.empty(0, self._row)
        rows = np.memmap(file, dtype=self._row, mode="r", shape=(count,))
        new = np.array(rows["key"][self._count :]).tolist()
        self._places.update(zip(new, range(self._count, count), strict=True))
        self._count = count
        return rows


def text_key(text: str) -> bytes:
    """Return the key of a text, 16 bytes, as ``Document.content_key`` has it."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


def _units(vectors: Vectors) -> NDArray[np.bool_]:
    """Which rows have the length 1."""
    return np.asarray(np.abs(np.linalg.norm(vectors, axis=1) - 1) < _NEAR_ONE)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _grow(path: Path, at: int, more: bytes) -> None:
    """Write ``more`` behind the first ``at`` bytes, and wait until it is on the disk."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(more)
        flush(file)
