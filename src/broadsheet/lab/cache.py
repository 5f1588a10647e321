"""Vectors kept by the content of their texts, so that no text is encoded twice by the same encoder.

    texts -> keys -> those not in the files are encoded, appended -> rows in the order asked for
    append, under a lock: cut off what a killed writer left half, then vectors, fsync, then keys, fsync

A folder holds ``keys.bin`` (16 bytes a text: BLAKE2b of its UTF-8) and ``vectors.f32`` (little-endian float32 rows); a
text is in when both its key and its vector are whole. Files only grow, so readers need no lock.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet import files
from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Encoder, Role
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.locks import held

_KEY = 16
_BATCH = 512  # texts encoded between two appends: what a kill can lose


class VectorFiles:
    """Keys and vectors of one folder, which another process may be appending to."""

    def __init__(self, folder: Path, dim: int) -> None:
        self.folder, self.dim = folder, dim
        self._keys, self._vectors = folder / "keys.bin", folder / "vectors.f32"
        self._row: dict[bytes, int] = {}
        self._seen = 0
        self.refresh()

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: bytes) -> bool:
        return key in self._row

    def refresh(self) -> None:
        """Take notice of what was appended since, by whomever."""
        count = self._whole()
        if count < self._seen:
            self._row, self._seen = {}, 0
        if count > self._seen:
            with self._keys.open("rb") as file:
                file.seek(self._seen * _KEY)
                new = file.read((count - self._seen) * _KEY)
            for place in range(count - self._seen):
                self._row.setdefault(new[place * _KEY : (place + 1) * _KEY], self._seen + place)
            self._seen = count

    def get(self, keys: Sequence[bytes]) -> Vectors:
        """Vectors (n, dim) of keys that are all in."""
        if not keys:
            return np.empty((0, self.dim), dtype=np.float32)
        kept = np.memmap(self._vectors, dtype="<f4", mode="r", shape=(self._seen, self.dim))
        return np.asarray(kept[[self._row[key] for key in keys]], dtype=np.float32)

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep new rows."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder / "lock", timeout=60, what=str(self.folder)):
            count = self._whole()
            _grow(self._vectors, count * self.dim * 4, np.ascontiguousarray(vectors, dtype="<f4").tobytes())
            _grow(self._keys, count * _KEY, b"".join(keys))
        self.refresh()

    def _whole(self) -> int:
        """How many rows have both a whole key and a whole vector."""
        return min(_size(self._keys) // _KEY, _size(self._vectors) // (4 * self.dim))


class CachedEncoder:
    """An encoder that remembers documents in ``folder``; queries go straight through. The rest is the encoder's own.

    With ``keep=False`` the folder is only read: what is not in it is encoded and not kept.
    """

    def __init__(self, encoder: Encoder, folder: str | Path, *, keep: bool = True) -> None:
        self._encoder, self._keep = encoder, keep
        dim = encoder.manifest.dim if hasattr(encoder, "manifest") else encoder.encode(["dimension"]).shape[1]
        self.files = VectorFiles(Path(folder).expanduser(), dim)

    @classmethod
    def under(cls, encoder: Encoder, folder: str | Path) -> CachedEncoder:
        """The same in a folder of its own under ``folder``, named by the manifest and precision, so that nothing mixes.

        ModelError for an encoder that does not say what it is.
        """
        manifest = getattr(encoder, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise ModelError(f"encoder {encoder!r} has no manifest: its vectors cannot be kept apart from others'")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", manifest.encoder).strip("-.")
        return cls(encoder, Path(folder).expanduser() / f"{name}-{manifest.key}-{manifest.precision}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """As the encoder does; documents that are in the files are not encoded again."""
        if role != "document":
            return self._encoder.encode(texts, role=role)
        keys = [text_key(text) for text in texts]
        made = self._made({key: text for key, text in zip(keys, texts, strict=True) if key not in self.files})
        out = np.empty((len(keys), self.files.dim), dtype=np.float32)
        known = [place for place, key in enumerate(keys) if key not in made]
        out[known] = self.files.get([keys[place] for place in known])
        for place, key in enumerate(keys):
            if key in made:
                out[place] = made[key]
        return out

    def _made(self, fresh: dict[bytes, str]) -> dict[bytes, Vectors]:
        """The vectors of texts that are not in the files, which take them in batch by batch."""
        made: dict[bytes, Vectors] = {}
        keys = list(fresh)
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            vectors = self._encoder.encode([fresh[key] for key in batch], role="document")
            if self._keep:
                self.files.append(batch, vectors)
            made.update(zip(batch, vectors, strict=True))
        return made


def text_key(text: str) -> bytes:
    """16 bytes of BLAKE2b over a text, as ``Document.content_key`` has them."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


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
        files.flush(file)
