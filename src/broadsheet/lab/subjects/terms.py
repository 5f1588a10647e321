"""A sparse encoder as a subject: texts are alike by the sum, over the terms that they share, of the weights' products.

documents -> their terms -> an inverted file -> the terms of a query -> scores; those that share no term are not found
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from broadsheet.core.errors import ModelError
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Role, SparseEncoder, SparseVectors
from broadsheet.core.sparse import Postings, joined, products, row_of
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.subject import CorpusOnly, matched
from broadsheet.lab.task import Ability, Ranker

_AT_ONCE = 512  # texts encoded at once


class Terms(CorpusOnly):
    """A sparse encoder, measured by sums of products. It has neither features nor vectors of words."""

    abilities: frozenset[Ability] = frozenset({"pairs", "corpus"})

    def __init__(self, encoder: SparseEncoder, name: str) -> None:
        self._encoder, self.name = encoder, name
        manifest = getattr(encoder, "manifest", None)
        self.key = f"terms-{manifest.key}-{manifest.precision}" if isinstance(manifest, Manifest) else name

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:
        """Return the similarity of each pair, at least 0."""
        sums = [np.empty(0)]
        for start in range(0, len(one), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            sums.append(products(self._vectors(one[part], role), self._vectors(other[part], "document")))
        return np.concatenate(sums)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Encode documents; queries are ranked by exact sums."""
        texts = [document.content for document in documents]
        starts = range(0, max(1, len(texts)), _AT_ONCE)
        made = [self._vectors(texts[start : start + _AT_ONCE], "document") for start in starts]
        yield _Inverted(self, Postings(joined(made, made[0].size)), role)

    def _vectors(self, texts: Sequence[str], role: Role) -> SparseVectors:
        vectors = self._encoder.sparse_vectors(texts, role=role)
        if not np.isfinite(vectors.weights).all():
            place = int(np.flatnonzero(~np.isfinite(vectors.weights))[0])
            bad = int(np.searchsorted(vectors.starts, place, side="right")) - 1
            raise ModelError(f"{self.name} gives a weight that is not finite for the text {texts[bad][:60]!r}.")
        return vectors


class _Inverted:
    """Documents by their terms, asked with the terms of queries."""

    def __init__(self, subject: Terms, postings: Postings, role: Role) -> None:
        self._subject, self._postings, self._role = subject, postings, role

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k)."""
        asked = self._subject._vectors(queries, self._role)
        scores = [self._postings.scores(*row_of(asked, row)).astype(np.float64) for row in range(len(queries))]
        return matched(scores, min(k, self._postings.count))
