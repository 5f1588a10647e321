"""Second looks: ``pair:FOLDER``, which reads a query and a text together, and ``second:minilm|pair:FOLDER``, in which a
second subject orders again what a first one ranked highest.

Nogueira and Cho 2019, "Passage Re-ranking with BERT".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import PairScorer, Role
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors, best
from broadsheet.lab.subject import CorpusOnly
from broadsheet.lab.task import Ability, Judge, Ranker, Subject

FIRST = 50  # documents of a first subject that a second one orders again
_MOST = 1_000  # documents of which each is read with each query
_VERSION = 1  # raised when the numbers change


class Pairs(CorpusOnly):
    """A model that scores pairs of texts. It has neither features nor vectors of words."""

    abilities: frozenset[Ability] = frozenset({"pairs", "corpus"})

    def __init__(self, scorer: PairScorer, name: str) -> None:
        self._scorer, self.name = scorer, name
        manifest = getattr(scorer, "manifest", None)
        self.key = f"pairs-{manifest.key}-{manifest.precision}" if isinstance(manifest, Manifest) else name

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:  # noqa: ARG002
        """Return the score of each pair, the text in ``one`` read first."""
        scores = [self.scores(left, [right]) for left, right in zip(one, other, strict=True)]
        return np.concatenate([np.empty(0), *scores]).astype(np.float64)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Keep the documents: each is read with a query when it is ranked."""
        yield _Texts(self, [document.content for document in documents])

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """Return the score of each text; ModelError for one that is not a number."""
        scores = self._scorer.score(query, texts)
        if not np.isfinite(scores).all():
            bad = int(np.flatnonzero(~np.isfinite(scores))[0])
            raise ModelError(f"{self.name} gives a score that is not finite for the text {texts[bad][:60]!r}.")
        return scores


class _Texts:
    """Texts that are read with each query."""

    def __init__(self, subject: Pairs, texts: Sequence[str]) -> None:
        self._subject, self._texts = subject, texts

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k). UsageError for more than a thousand documents."""
        if len(self._texts) > _MOST:
            raise UsageError(
                f"{self._subject.name} reads each text with each query: at most {_MOST:,} texts, here are "
                f"{len(self._texts):,}. Measure what it adds to another: second:minilm|{self._subject.name}."
            )
        every = np.arange(len(self._texts))
        found = [best(self.judge(query, every), k) for query in queries]
        width = min(k, len(self._texts))
        rows = np.array([rows for rows, _ in found], np.int64).reshape(len(queries), width)
        return rows, np.array([scores for _, scores in found], np.float32).reshape(len(queries), width)

    def judge(self, query: str, rows: Rows) -> Vectors:
        """Return the scores of these documents."""
        return self._subject.scores(query, [self._texts[row] for row in rows.tolist()])


class Second(CorpusOnly):
    """A subject whose first documents for a query another one orders again."""

    def __init__(self, one: Subject, other: Subject, *, name: str) -> None:
        for each in (one, other):
            if "corpus" not in each.abilities:
                raise UsageError(f"{each.name} ranks no documents, so it cannot be part of {name[:100]}.")
        self._one, self._other, self.name = one, other, name
        self.key = f"second-{_VERSION}-{FIRST}-{one.key}-{other.key}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Make documents ready for both. UsageError where the second cannot judge some documents alone."""
        with self._one.corpus(documents, role=role) as one, self._other.corpus(documents, role=role) as other:
            if not isinstance(other, Judge):
                raise UsageError(f"{self._other.name} cannot order some documents again; expected pair:FOLDER there.")
            yield _Again(one, other)


class _Again:
    """A first ranking, and what orders its head again."""

    def __init__(self, one: Ranker, other: Judge) -> None:
        self._one, self._other = one, other

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k): those of the second subject, then, below them, the first's."""
        rows, scores = self._one.rank(queries, max(k, FIRST))
        for place, query in enumerate(queries):
            head = rows[place, :FIRST][rows[place, :FIRST] >= 0]
            order, values = best(self._other.judge(query, head), len(head))
            rows[place, : len(head)], scores[place, : len(head)] = head[order], values
            rest = rows[place, len(head) :] >= 0
            scores[place, len(head) :][rest] = values[-1] if len(values) else 0.0
        return rows[:, :k], scores[:, :k]

    def judge(self, query: str, rows: Rows) -> Vectors:
        """Return the scores of these documents by the second subject."""
        return self._other.judge(query, rows)
