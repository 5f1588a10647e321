"""Subjects: an encoder behind the three questions that tasks ask, and the controls that every run has next to it.

a name -> an encoder's vectors and their cosines; ``random`` -> a direction drawn from a hash of the text
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Encoder, Role, TokenVectors
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors, best, unit
from broadsheet.lab.task import Ability, Ranker

_AT_ONCE = 512  # texts encoded, or queries ranked, at once
_RANDOM_DIM = 256


class CorpusOnly:
    """What only ranks documents has of the other two calls: an error."""

    name: str
    abilities: frozenset[Ability] = frozenset({"corpus"})

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:  # noqa: ARG002
        """Raise UsageError."""
        raise self._unable("similarity of two texts")

    def features(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002
        """Raise UsageError."""
        raise self._unable("features of a text")

    def words(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> Vectors:  # noqa: ARG002
        """Raise UsageError."""
        raise self._unable("vectors of words")

    def _unable(self, what: str) -> UsageError:
        return UsageError(f"{self.name} ranks documents and has no {what}: measure an encoder on this task, or bow.")


class Dense:
    """An encoder, measured by the cosines of its vectors."""

    abilities: frozenset[Ability] = frozenset({"pairs", "corpus", "features", "words"})

    def __init__(self, encoder: Encoder, name: str) -> None:
        self._encoder, self.name = encoder, name
        manifest = getattr(encoder, "manifest", None)
        self.key = f"{manifest.key}-{manifest.precision}" if isinstance(manifest, Manifest) else name

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:
        """Return the cosine of each pair."""
        parts = [np.empty(0)]
        for start in range(0, len(one), _AT_ONCE):
            texts = slice(start, start + _AT_ONCE)
            left, right = self._vectors(one[texts], role), self._vectors(other[texts], "document")
            parts.append(np.vecdot(left.astype(np.float64), right.astype(np.float64)))
        return np.concatenate(parts)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Encode documents; queries are ranked by exact cosines."""
        yield _Rows(self, self.features([document.content for document in documents]), role)

    def features(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of the texts."""
        parts = [self._vectors(texts[at : at + _AT_ONCE], "document") for at in range(0, len(texts), _AT_ONCE)]
        return np.concatenate(parts) if parts else self._vectors([], "document")

    def words(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return the mean of the token vectors that a span covers; the vector of the word alone without them."""
        in_context = getattr(self._encoder, "token_vectors", None)
        if in_context is None:
            return self.features([text[start:end] for text, (start, end) in zip(texts, spans, strict=True)])
        return unit(np.stack([_mean_of(each, *span) for each, span in zip(in_context(texts), spans, strict=True)]))

    def _vectors(self, texts: Sequence[str], role: Role) -> Vectors:
        vectors = self._encoder.encode(texts, role=role)
        if not np.isfinite(vectors).all():
            bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
            raise ModelError(f"{self.name} gives a vector that is not finite for the text {texts[bad][:60]!r}.")
        return vectors


def _mean_of(tokens: TokenVectors, start: int, end: int) -> Vectors:
    """The mean of the tokens that have a character in a span; of all of them, where the text was cut before it."""
    covered = (tokens.spans[:, 0] < end) & (tokens.spans[:, 1] > start)
    rows = tokens.vectors[covered] if covered.any() else tokens.vectors
    return np.asarray(rows.mean(axis=0), dtype=np.float32)


class _Rows:
    """Vectors of documents, asked with the vectors of queries."""

    def __init__(self, subject: Dense, vectors: Vectors, role: Role) -> None:
        self._subject, self._vectors, self._role = subject, vectors, role

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and cosines, both (m, at most k)."""
        found = [best(scores, k) for scores in self._subject._vectors(queries, self._role) @ self._vectors.T]
        width = min(k, len(self._vectors))
        rows = np.array([rows for rows, _ in found], np.int64).reshape(len(queries), width)
        return rows, np.array([scores for _, scores in found], np.float32).reshape(len(queries), width)


def matched(scores: Sequence[Floats], width: int) -> tuple[Rows, Vectors]:
    """Return the best rows of each query's scores and the scores, both (m, width), best first, of those above 0 alone:
    filled up with the row -1 and a score of minus infinity."""
    rows, values = np.full((len(scores), width), -1), np.full((len(scores), width), -np.inf, np.float32)
    for place, each in enumerate(scores):
        chosen, highest = best(each, width)
        some = int((highest > 0).sum())
        rows[place, :some], values[place, :some] = chosen[:some], highest[:some]
    return rows, values


class RandomEncoder:
    """A control: a random direction for each text, the same for the same text. What a task gives it is chance."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self.manifest = Manifest(encoder=f"random:{seed}", version="1", weights="", dim=_RANDOM_DIM, pooling="none")

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:  # noqa: ARG002
        """Return unit rows, float32 (n, dim)."""
        rows = np.empty((len(texts), _RANDOM_DIM), np.float32)
        for row, text in zip(rows, texts, strict=True):
            digest = hashlib.blake2b(
                text.encode("utf-8", "replace"), digest_size=8, salt=self._seed.to_bytes(8, "little")
            )
            row[:] = np.random.default_rng(int.from_bytes(digest.digest(), "little")).standard_normal(_RANDOM_DIM)
        return unit(rows)
