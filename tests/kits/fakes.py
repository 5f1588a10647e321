"""Hand-written stand-ins behind the sockets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import unit

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SYNONYMS = {"automobile": "car", "vehicles": "car", "cars": "car", "physician": "doctor", "doctors": "doctor"}


class WordEncoder:
    """Adds up one random direction a word; synonyms share theirs. Counts what it encodes; may be told to fail."""

    name = "words"

    def __init__(self, dim: int = 32, version: str = "1") -> None:
        self.manifest = Manifest(encoder=self.name, version=version, weights="none", dim=dim, max_length=50)
        self.encoded: list[str] = []
        self.error: Exception | None = None

    def encode(self, texts: Sequence[str], *, role: str = "document") -> np.ndarray:
        if self.error:
            raise self.error
        if role == "document":
            self.encoded += texts
        rows = [sum((self._direction(w) for w in self._words(t)), np.zeros(self.manifest.dim)) for t in texts]
        return unit(np.array(rows).reshape(-1, self.manifest.dim))

    def too_long(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([len(self._words(t)) > 50 for t in texts], dtype=bool)

    def _direction(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "little")
        return np.random.default_rng(seed).normal(size=self.manifest.dim)

    @staticmethod
    def _words(text: str) -> list[str]:
        return [SYNONYMS.get(w, w) for w in re.findall(r"\w+", text.lower())]


def paper(number: int, title: str, text: str = "", **more: object) -> Document:
    """A made-up paper."""
    more.setdefault("source", "jsonl:made.jsonl")
    return Document(id=f"made:{number:03d}", title=title, text=text, **more)
