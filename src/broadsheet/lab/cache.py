"""An encoder whose vectors are stored by the content of their texts, so that no text is encoded twice.

texts -> keys -> encode and append the ones that are not in the file -> rows in the order of the texts
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Encoder, Role
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors
from broadsheet.files.vectors import VectorFile, text_key

_LONGEST = 150  # characters of a name in that of a folder: prompts can be long
_BATCH = 512  # texts encoded between two appends: what a kill can lose


class CachedEncoder:
    """An encoder that remembers documents in ``folder``; queries go straight through. All other attributes are the
    encoder's own.

    With ``keep=False`` the folder is only read: other texts are encoded but not stored.
    """

    def __init__(self, encoder: Encoder, folder: str | Path, *, keep: bool = True) -> None:
        self._encoder, self._keep = encoder, keep
        dim = encoder.manifest.dim if hasattr(encoder, "manifest") else encoder.encode(["dimension"]).shape[1]
        self.file = VectorFile(Path(folder).expanduser() / "vectors.rows", dim)
        self._dim = dim

    @classmethod
    def under(cls, encoder: Encoder, folder: str | Path) -> CachedEncoder:
        """Make one with a folder of its own under ``folder``, named by manifest and precision, so that nothing mixes.

        ModelError for an encoder without a manifest.
        """
        manifest = getattr(encoder, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise ModelError(f"encoder {encoder!r} has no manifest: its vectors cannot be kept apart from others'")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", manifest.encoder).strip("-.")[:_LONGEST]
        return cls(encoder, Path(folder).expanduser() / f"{name}-{manifest.key}-{manifest.precision}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Encode as the encoder does; documents that are in the file are not encoded again."""
        if role != "document":
            return self._encoder.encode(texts, role=role)
        keys = [text_key(text) for text in texts]
        vectors = self.file.read(keys)
        vectors |= self._made({key: text for key, text in zip(keys, texts, strict=True) if key not in vectors})
        return np.stack([vectors[key] for key in keys]) if keys else np.empty((0, self._dim), dtype=np.float32)

    def _made(self, fresh: dict[bytes, str]) -> dict[bytes, Vectors]:
        """The vectors of texts that are not in the file, where they are appended batch by batch."""
        made: dict[bytes, Vectors] = {}
        keys = list(fresh)
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            vectors = self._encoder.encode([fresh[key] for key in batch], role="document")
            rows = dict(zip(batch, np.asarray(vectors, dtype=np.float32), strict=True))
            if self._keep:
                self.file.append(rows)
            made |= rows
        return made
