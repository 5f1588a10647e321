"""Vectors of what was asked, kept between runs: alerts are the same day after day, and encoding is slow.

one file a model in ``cache/queries``: a key of the text and its vector, row after row; it can be deleted
look the texts up -> encode the others -> append them under a lock; grown too long, it is begun anew
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.locks import held
from broadsheet.sync import manifest_of

MOST = 50_000  # texts that are kept
_KEY = 16  # bytes


def query_vectors(collection: Collection, texts: Sequence[str]) -> Vectors:
    """The unit vectors (n, dim) of queries; ModelError when one must be encoded and the encoder cannot be loaded."""
    manifest = collection.space.snapshot().manifest
    path = collection.cache / "queries" / f"{manifest.key}-{manifest.precision}"
    known = _read(path, manifest.dim, set(map(_key, texts)))
    missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    if missing:
        made = np.asarray(collection.encoder.encode(missing, role="query"), dtype=np.float32)
        known |= {_key(text): row for text, row in zip(missing, made, strict=True)}
        if made.shape[1] == manifest.dim and _fits(collection, manifest):
            with suppress(OSError, CollectionError):  # what cannot be kept is encoded again
                _append(path, manifest.dim, {_key(text): known[_key(text)] for text in missing})
    return np.stack([known[_key(text)] for text in texts]) if texts else np.empty((0, manifest.dim), np.float32)


def _fits(collection: Collection, manifest: Manifest) -> bool:
    """Whether the encoder is the one that the stored vectors are of."""
    own = manifest_of(collection.encoder, collection.encoder_name)
    return (own.key, own.precision) == (manifest.key, manifest.precision)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_KEY).digest()


def _row(dim: int) -> np.dtype[np.void]:
    return np.dtype([("key", f"V{_KEY}"), ("vector", "<f4", (dim,))])


def _rows(path: Path, dim: int) -> NDArray[np.void]:
    """The whole rows of a file, as they lie on the disk."""
    try:
        count = path.stat().st_size // _row(dim).itemsize
        return np.memmap(path, dtype=_row(dim), mode="r", shape=(count,)) if count else np.empty(0, _row(dim))
    except OSError:
        return np.empty(0, _row(dim))


def _read(path: Path, dim: int, wanted: set[bytes]) -> dict[bytes, Vectors]:
    """The vectors of these keys; a row that is no unit vector, as a full disk leaves one, is passed over."""
    rows = _rows(path, dim)
    places = [place for place, key in enumerate(np.array(rows["key"]).tolist()) if key in wanted]
    found = {bytes(rows["key"][place]): np.array(rows["vector"][place], dtype=np.float32) for place in places}
    return {key: vector for key, vector in found.items() if abs(float(vector @ vector) - 1) < 1e-3}


def _append(path: Path, dim: int, new: dict[bytes, Vectors]) -> None:
    rows = np.array(list(new.items()), dtype=_row(dim))
    with held(path.with_name(f"{path.name}.lock"), timeout=1.0, what="the vectors of queries"):
        whole = len(_rows(path, dim))
        with path.open("ab") as file:
            file.truncate(0 if whole + len(rows) > MOST else whole * _row(dim).itemsize)
            file.write(rows.tobytes())
