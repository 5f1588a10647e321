"""Hand-written stand-ins behind the sockets."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from broadsheet.core.protocols import TokenVectors
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


class TokenWordEncoder(WordEncoder):
    """Gives the direction of each word, too; ``passes`` counts texts by how they were encoded."""

    def __init__(self, dim: int = 32, version: str = "1") -> None:
        super().__init__(dim, version)
        self.manifest = replace(self.manifest, pooling="mean")
        self.passes: Counter[str] = Counter()

    def token_vectors(self, texts: Sequence[str], *, role: str = "document") -> list[TokenVectors]:
        self.passes[f"tokens of {role}"] += len(texts)
        return [self._tokens(text) for text in texts]

    def encode_both(self, texts: Sequence[str]) -> tuple[np.ndarray, list[TokenVectors]]:
        self.passes["both"] += len(texts)
        return self.encode(texts), [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> TokenVectors:
        places = [(m[0], m.span()) for m in re.finditer(r"\w+|[^\w\s]", text.lower())]
        vectors = [self._direction(SYNONYMS.get(word, word)) for word, _ in places]
        spans = np.array([(0, 0), *(span for _, span in places)], np.int64)
        rows = np.array([np.ones(self.manifest.dim), *vectors], np.float32)
        return TokenVectors(rows, ("[CLS]", *(word for word, _ in places)), spans)


def paper(number: int, title: str, text: str = "", **more: object) -> Document:
    """A made-up paper."""
    more.setdefault("source", "jsonl:made.jsonl")
    return Document(id=f"made:{number:03d}", title=title, text=text, **more)
