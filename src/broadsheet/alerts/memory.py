"""Vectors of queries, and the Shapes of their lists, stored between runs: alerts and names of lists are the same day
after day, and encoding is slow.

look up the texts in the model's file in ``cache/queries`` -> encode the others -> append them if they fit
Shapes alike, in a file that is begun again whenever the Space has grown by a tenth -> one search for each of the others
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import log

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.relevance import Shape
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.files.vectors import VectorFile, text_key
from broadsheet.names import manifest_of
from broadsheet.search.relevance import calibration_of, shapes

MOST = 50_000  # texts that are stored
_FEW = 1_000  # papers, below which a search costs nothing, and a paper more changes much
_GROWTH = 1.1  # of the papers, after which Shapes are made again
_FACTS = ("top", "near", "mean", "spread")  # of a Shape, in the order in which they are stored
_PART = 4.0  # what the facts of a Shape are divided by, so that a unit vector holds them


def stored_vectors(collection: Collection, texts: Sequence[str]) -> dict[str, Vectors]:
    """Return the unit vectors (dim,) of those of these queries that are stored. No model is loaded."""
    file = _file(collection, collection.space.snapshot().manifest)
    known = file.read(map(text_key, texts))
    return {text: known[key] for text in texts if (key := text_key(text)) in known}


def query_vectors(collection: Collection, texts: Sequence[str]) -> Vectors:
    """Return the unit vectors (n, dim) of queries; ModelError when one is new and the encoder cannot be loaded."""
    manifest = collection.space.snapshot().manifest
    file = _file(collection, manifest)
    keys = [text_key(text) for text in texts]
    known = file.read(keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        made = np.asarray(collection.encoder.encode(list(missing.values()), role="query"), dtype=np.float32)
        new = dict(zip(missing, made, strict=True))
        if made.shape[1] == manifest.dim and _fits(collection, manifest):
            with suppress(OSError, CollectionError):  # what cannot be stored is encoded again
                file.append(new, timeout=1.0)
        known |= new
    return np.stack([known[key] for key in keys]) if keys else np.empty((0, manifest.dim), np.float32)


def query_shapes(collection: Collection, texts: Sequence[str], vectors: Vectors) -> list[Shape]:
    """Return the Shape of the list of each query (its unit vector; (n, dim)): of the Space as it is, or as it was when
    it had up to a tenth fewer papers. CollectionError without a synced Space."""
    snapshot = collection.space.snapshot()
    if snapshot.count < _FEW:
        return shapes(collection, vectors)
    file = _shape_file(collection, snapshot.manifest, int(log(snapshot.count, _GROWTH)))
    keys = [text_key(text) for text in texts]
    known = {key: row[:4] * _PART for key, row in file.read(keys).items()}
    missing = {key: place for place, key in enumerate(keys) if key not in known}
    if missing:
        made = shapes(collection, vectors[list(missing.values())])
        new = {key: np.array([getattr(each, name) for name in _FACTS]) for key, each in zip(missing, made, strict=True)}
        with suppress(OSError, CollectionError):  # what cannot be stored is searched again
            file.append({key: _row(facts) for key, facts in new.items()}, timeout=1.0)
        known |= new
    scale = calibration_of(collection, snapshot).scale or snapshot.pairs
    return [Shape(**dict(zip(_FACTS, known[key].tolist(), strict=True)), scale=scale) for key in keys]


def _row(facts: Vectors) -> Vectors:
    """The facts of a Shape as a unit vector, which tells a whole row from a torn one; facts that are too large are no
    unit vector and not stored."""
    parts = facts / _PART
    return np.append(parts, np.sqrt(max(0.0, 1 - float(parts @ parts)))).astype(np.float32)


def _shape_file(collection: Collection, manifest: Manifest, size: int) -> VectorFile:
    """The file for a size of the Space; those of other sizes are removed when it is opened."""
    folder, name = collection.cache / "queries", f"{manifest.key}-{manifest.precision}-shapes"
    path = folder / f"{name}-{size}"

    def opened() -> VectorFile:
        for other in folder.glob(f"{name}-*"):
            if other.name.removesuffix(".lock") != path.name:
                other.unlink(missing_ok=True)
        return VectorFile(path, len(_FACTS) + 1, most=MOST)

    return collection.memory(("queries", path), opened)


def _file(collection: Collection, manifest: Manifest) -> VectorFile:
    path = collection.cache / "queries" / f"{manifest.key}-{manifest.precision}"
    return collection.memory(("queries", path), lambda: VectorFile(path, manifest.dim, most=MOST))


def _fits(collection: Collection, manifest: Manifest) -> bool:
    """Whether the stored vectors come from this encoder."""
    own = manifest_of(collection.encoder, collection.encoder_name)
    return (own.key, own.precision) == (manifest.key, manifest.precision)
