"""Vectors of queries, stored between runs: alerts and names of lists are the same day after day, and encoding is slow.

look up the texts in the model's file in ``cache/queries`` -> encode the others -> append them if they fit
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.files.vectors import VectorFile, text_key
from broadsheet.sync import manifest_of

MOST = 50_000  # texts that are stored


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


def _file(collection: Collection, manifest: Manifest) -> VectorFile:
    path = collection.cache / "queries" / f"{manifest.key}-{manifest.precision}"
    return collection.memory(("queries", path), lambda: VectorFile(path, manifest.dim, most=MOST))


def _fits(collection: Collection, manifest: Manifest) -> bool:
    """Whether the stored vectors come from this encoder."""
    own = manifest_of(collection.encoder, collection.encoder_name)
    return (own.key, own.precision) == (manifest.key, manifest.precision)
