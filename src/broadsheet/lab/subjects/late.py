"""Token vectors as a subject, compared by late interaction: ``colbert:FOLDER``, or ``maxsim:minilm``, the tokens of any
encoder that gives them. Khattab and Zaharia 2020, "ColBERT".

documents -> a unit vector a token, in float16 -> the tokens of a query -> exact sums of largest products
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.maxsim import Tokens, max_sims, stacked
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Role, TokenEncoder
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors, best, unit
from broadsheet.lab.subject import CorpusOnly
from broadsheet.lab.task import Ability, Ranker

_AT_ONCE = 256  # texts encoded at once
_MOST = 3 << 30  # bytes of token vectors


class Late(CorpusOnly):
    """A model of token vectors. It has neither features nor vectors of words."""

    abilities: frozenset[Ability] = frozenset({"pairs", "corpus"})

    def __init__(self, encoder: TokenEncoder, name: str) -> None:
        self._encoder, self.name = encoder, name
        manifest = getattr(encoder, "manifest", None)
        self.key = f"late-{manifest.key}-{manifest.precision}" if isinstance(manifest, Manifest) else name

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:
        """Return the similarity of each pair, by the mean of its first text's tokens: between -1 and 1."""
        sums = [np.empty(0)]
        for start in range(0, len(one), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            left, right = self.tokens(one[part], role), self.tokens(other[part], "document")
            both = [max_sims(a, stacked([b], a.shape[1])) / max(1, len(a)) for a, b in zip(left, right, strict=True)]
            sums.append(np.concatenate(both).astype(np.float64))
        return np.concatenate(sums)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Encode documents; queries are ranked by exact sums. UsageError where the vectors of all tokens need more than
        3 GB: a model of one vector can rank first, second:minilm|colbert:FOLDER still reads every document."""
        made: list[NDArray[np.float16]] = []
        for start in range(0, len(documents), _AT_ONCE):
            texts = [each.content for each in documents[start : start + _AT_ONCE]]
            made += [each.astype(np.float16) for each in self.tokens(texts, "document")]
            if sum(each.nbytes for each in made) > _MOST:
                raise UsageError(
                    f"{self.name}: the token vectors of {start:,} of {len(documents):,} texts need over 3 GB; expected "
                    "a smaller corpus."
                )
        dim = self.tokens([""], "document")[0].shape[1]
        yield _Tokens(self, stacked(made, dim), role)

    def tokens(self, texts: Sequence[str], role: Role) -> list[Vectors]:
        """Return unit vectors of the tokens of each text; ModelError for one that is not finite."""
        made = [unit(each.vectors) for each in self._encoder.token_vectors(texts, role=role)]
        for text, rows in zip(texts, made, strict=True):
            if not np.isfinite(rows).all():
                raise ModelError(f"{self.name} gives a vector that is not finite for a token of {text[:60]!r}.")
        return made


class _Tokens:
    """Documents by their tokens, asked with the tokens of queries."""

    def __init__(self, subject: Late, documents: Tokens, role: Role) -> None:
        self._subject, self._documents, self._role = subject, documents, role

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and sums, both (m, at most k)."""
        width = min(k, self._documents.texts)
        made = self._subject.tokens(queries, self._role)
        found = [best(max_sims(query, self._documents), k) for query in made]
        rows = np.array([rows for rows, _ in found], np.int64).reshape(len(queries), width)
        return rows, np.array([scores for _, scores in found], np.float32).reshape(len(queries), width)

    def judge(self, query: str, rows: Rows) -> Vectors:
        """Return the sums of these documents."""
        return max_sims(self._subject.tokens([query], self._role)[0], self._documents, rows)
