"""How hard queries are whatever the encoder, so that two fields can be compared at equal difficulty.

    a judged set -> for each query six measures of its texts, none of which an encoder has a part in
    two sets -> each query of the smaller is given the nearest query of the other, none twice, none too far
    -> how far the sets are apart in each measure before and after -> their scores before and after

A field looks hard when its texts are long, its words rare in the documents that answer, or its negatives close: so
a difference of scores says nothing about the field until these are equal. Tang and Yang 2024, "Do We Need
Domain-Specific Embedding Models?", with FinMTEB; matching: Rosenbaum and Rubin 1985, nearest neighbours with a caliper,
and the standardised difference of means, of which 0.1 is small and 0.25 the most that is called balanced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, bootstrap
from broadsheet.core.protocols import Role
from broadsheet.core.text import folded
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.core.words import words
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.task import Ranker
from broadsheet.lab.tasks.retrieval import Retrieval

MEASURES = ("query length", "document length", "word length", "repetition", "shared words", "hard negatives")
CALIPER = 0.5  # standard deviations in all measures together, per measure, that a match may be away at most
LEAST = 10  # matched queries
_SCORED = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009)
_CLOSE = 0.7  # of the best relevant document's score: a negative above is hard


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries with what is judged of them: ``relevant`` (rows of the documents) for each query."""

    queries: Sequence[str]
    documents: Sequence[str]
    relevant: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Balance:
    """A measure of two sets: their means, and the standardised difference, before matching and after."""

    measure: str
    one: float
    other: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Score:
    """A mean of scores with its 95 % interval over queries."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What is left of a comparison of two sets at equal difficulty: the ``pairs`` of queries, how far each measure is
    apart, the scores before and after, and the ``gap`` of the first above the second before and after."""

    pairs: int
    balance: tuple[Balance, ...]
    one: tuple[Score, Score]
    other: tuple[Score, Score]
    gap: tuple[Score, Score]

    @property
    def balanced(self) -> bool:
        """Return whether every measure is within a quarter of a standard deviation after matching."""
        return all(abs(each.after) <= 0.25 for each in self.balance)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return {**asdict(self), "balanced": self.balanced}


class _Desk(Dense):
    """A subject that notes the documents and queries of a retrieval task, and finds nothing."""

    def __init__(self) -> None:
        super().__init__(RandomEncoder(), "desk")
        self.documents: Sequence[Document] = ()
        self.queries: list[str] = []

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Note the documents."""
        self.documents = documents
        yield self

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:  # noqa: ARG002
        """Note the queries, and return no rows."""
        self.queries += queries
        return np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32)


def judged_of(task: Retrieval) -> tuple[Judged, list[str]]:
    """Return what is judged in a retrieval task, and the ids of its queries; those without a relevant document in the
    corpus are left out."""
    desk = _Desk()
    names = [name for name, _ in task.rankings(desk)]
    rows = {document.id: row for row, document in enumerate(desk.documents)}
    relevant = {
        name: [rows[each] for each, grade in task.judged[name].items() if grade > 0 and each in rows] for name in names
    }
    asked = dict(zip(names, desk.queries, strict=True))
    kept = [name for name in names if relevant[name]]
    documents = [document.content for document in desk.documents]
    return Judged([asked[name] for name in kept], documents, [relevant[name] for name in kept]), kept


def difficulty(judged: Judged) -> Floats:
    """Return the six measures of each query, (q, 6) in the order of ``MEASURES``.

    Words of the query; words of its relevant documents (log2); letters of their words; the share of them that is a
    repetition; the share of the query's words that the nearest relevant document has; how many documents that are not
    relevant score within 0.7 of the best relevant one by BM25 (log2 of one more). UsageError for a query without a
    relevant document.
    """
    bags = [[folded(word) for word in words(text)] for text in judged.documents]
    scorer = _Bm25(bags)
    rows = []
    for query, relevant in zip(judged.queries, judged.relevant, strict=True):
        if not relevant:
            raise UsageError(f"The query {query[:60]!r} has no relevant document: leave it out.")
        asked = list(dict.fromkeys(folded(word) for word in words(query)))
        rows.append(_measured(asked, [bags[row] for row in relevant], scorer.scores(asked), relevant))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(MEASURES))


def matched(one: Floats, other: Floats, *, caliper: float = CALIPER) -> tuple[list[int], list[int]]:
    """Return the rows of pairs of queries, one of each set, that are nearest by measures (n, d) and (m, d).

    Measures are brought to one scale by their pooled standard deviation. Pairs are chosen nearest first, each query at
    most once, none further apart than ``caliper`` on the root mean square of the measures.
    """
    spread = _spread(one, other)
    apart = np.sqrt(np.square((one[:, None, :] - other[None, :, :]) / spread).mean(axis=2))
    left: list[int] = []
    right: list[int] = []
    for place in np.argsort(apart, axis=None, kind="stable").tolist():
        row, column = divmod(place, len(other))
        if apart[row, column] > caliper:
            break
        if row not in left and column not in right:
            left.append(row)
            right.append(column)
    return left, right


def match(
    one: tuple[Floats, Sequence[float]],
    other: tuple[Floats, Sequence[float]],
    *,
    names: Sequence[str] = MEASURES,
    seed: int = 0,
    caliper: float = CALIPER,
) -> Match:
    """Compare the scores of two sets as they are and at equal difficulty; each set is its measures (q, d) and scores
    (q,). UsageError when fewer than ten queries can be matched."""
    left, right = matched(one[0], other[0], caliper=caliper)
    if len(left) < LEAST:
        raise UsageError(
            f"Only {len(left)} queries of the two sets are alike; at least {LEAST} are needed. The sets cannot be "
            "compared at equal difficulty."
        )
    before = _standardised(one[0], other[0], _spread(one[0], other[0]))
    after = _standardised(one[0][left], other[0][right], _spread(one[0], other[0]))
    own, theirs = (np.asarray(each[1], dtype=np.float64) for each in (one, other))
    return Match(
        pairs=len(left),
        balance=tuple(
            Balance(
                name, float(one[0][:, at].mean()), float(other[0][:, at].mean()), float(before[at]), float(after[at])
            )
            for at, name in enumerate(names)
        ),
        one=(_score(own, seed), _score(own[left], seed)),
        other=(_score(theirs, seed), _score(theirs[right], seed)),
        gap=(_gap(own, theirs), _score(own[left] - theirs[right], seed)),
    )


class _Bm25:
    """BM25 over all documents, for one query at a time: a scorer that no judged encoder has a part in."""

    def __init__(self, bags: Sequence[Sequence[str]]) -> None:
        k1, b = _SCORED
        lengths = np.array([max(len(bag), 1) for bag in bags], dtype=np.float64)
        norms = k1 * (1 - b + b * lengths / lengths.mean())
        self._count, self._found = len(bags), dict[str, tuple[list[int], list[float]]]()
        for row, bag in enumerate(bags):
            for word, count in Counter(bag).items():
                rows, weights = self._found.setdefault(word, ([], []))
                rows.append(row)
                weights.append(count * (k1 + 1) / (count + norms[row]))

    def scores(self, query: Sequence[str]) -> Floats:
        """Return the score of each document (n,)."""
        scores = np.zeros(self._count)
        for word in query:
            if word in self._found:
                rows, weights = self._found[word]
                scores[rows] += np.log(1 + (self._count - len(rows) + 0.5) / (len(rows) + 0.5)) * np.array(weights)
        return scores


def _measured(
    query: Sequence[str], relevant: Sequence[Sequence[str]], scores: Floats, rows: Sequence[int]
) -> tuple[float, ...]:
    every = [word for bag in relevant for word in bag]
    best = float(scores[list(rows)].max())
    others = np.delete(scores, list(rows))
    close = int((others >= _CLOSE * best).sum()) if best > 0 else len(others)
    shared = max(len(set(query) & set(bag)) for bag in relevant) / max(len(query), 1)
    return (
        float(len(query)), float(np.log2(1 + np.mean([len(bag) for bag in relevant]))),
        float(np.mean([len(word) for word in every])) if every else 0.0,
        float(np.mean([1 - len(set(bag)) / max(len(bag), 1) for bag in relevant])), shared, float(np.log2(1 + close)),
    )  # fmt: skip


def _spread(one: Floats, other: Floats) -> Floats:
    pooled = np.sqrt((one.var(axis=0) + other.var(axis=0)) / 2)
    return np.where(pooled > 0, pooled, 1.0)


def _standardised(one: Floats, other: Floats, spread: Floats) -> Floats:
    return np.asarray((one.mean(axis=0) - other.mean(axis=0)) / spread)


def _score(values: Floats, seed: int) -> Score:
    return Score(float(values.mean()), *bootstrap(values, seed=seed))


def _gap(one: Floats, other: Floats) -> Score:
    """The difference of two means of different queries, with an interval from the spread of both."""
    gap = float(one.mean() - other.mean())
    width = 1.96 * float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    return Score(gap, gap - width, gap + width)
