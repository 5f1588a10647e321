"""Two subjects as one: ``fused:0.3|minilm|splade:FOLDER``, in which the second has three tenths of the say.

the first hundred of each -> their union, with the scores of both -> z-scores, weighted, summed -> below it what the
first one ranks next

The same fusion as the search's hybrid: Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid
Retrieval". A document that one of them does not find, for want of a common word, scores 0 there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.fusion import z_sum
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors, best
from broadsheet.lab.subject import CorpusOnly
from broadsheet.lab.task import Ranker, Subject
from broadsheet.search.sides import FUSED

_VERSION = 1  # raised when the numbers change


def parts_of(rest: str) -> tuple[float, str, str]:
    """Split ``0.3|minilm|splade:FOLDER``: the second one's share, and both names. UsageError if it is not so."""
    share, *subjects = rest.split("|", 2)
    try:
        weight = float(share)
    except ValueError:
        weight = -1.0
    if len(subjects) != 2 or not all(subjects) or not 0 <= weight <= 1:
        raise UsageError(
            f"fused:{rest[:100]} is not understood; expected the second one's share from 0 to 1, and two subjects: "
            "fused:0.3|minilm|splade:FOLDER."
        )
    return weight, subjects[0], subjects[1]


class Fused(CorpusOnly):
    """Two subjects that rank, as one ranking. ``weight`` is the second one's share."""

    def __init__(self, one: Subject, other: Subject, weight: float, *, name: str) -> None:
        for each in (one, other):
            if "corpus" not in each.abilities:
                raise UsageError(f"{each.name} ranks no documents, so it cannot be fused.")
        self._one, self._other, self._weight, self.name = one, other, weight, name
        self.key = f"fused-{_VERSION}-{weight:g}-{one.key}-{other.key}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Make documents ready for both."""
        with self._one.corpus(documents, role=role) as one, self._other.corpus(documents, role=role) as other:
            yield _Both(one, other, len(documents), self._weight)


class _Both:
    """Two rankers of the same ``count`` documents."""

    def __init__(self, one: Ranker, other: Ranker, count: int, weight: float) -> None:
        self._one, self._other, self._count, self._weight = one, other, count, weight

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k)."""
        width = min(k, self._count)
        rows, scores = np.full((len(queries), width), -1), np.full((len(queries), width), -np.inf, np.float32)
        both = (self._one.rank(queries, self._count), self._other.rank(queries, self._count))
        for place in range(len(queries)):
            first, second = ((made[0][place], made[1][place]) for made in both)
            order, values = self._order(*first, *second)
            rows[place, : len(order)], scores[place, : len(order)] = order[:width], values[:width]
        return rows, scores

    def _order(self, first: Rows, first_scores: Vectors, second: Rows, second_scores: Vectors) -> tuple[Rows, Vectors]:
        """The union of both heads by the weighted sum of z-scores, then the rest of the first, below it."""
        one, other = self._complete(first, first_scores), self._complete(second, second_scores)
        union = np.union1d(first[:FUSED], second[:FUSED])
        union = union[union >= 0]
        sums = np.add(*z_sum(one[union], other[union], weight=self._weight))
        order, values = best(sums, len(union), union)
        rest = first[(first >= 0) & ~np.isin(first, union)]
        below = np.full(len(rest), values[-1] if len(values) else 0.0, np.float32)
        return np.concatenate([order, rest]), np.concatenate([values, below])

    def _complete(self, rows: Rows, scores: Vectors) -> Vectors:
        """The score of every document, 0 for those that are not in the ranking."""
        complete = np.zeros(self._count, np.float32)
        complete[rows[rows >= 0]] = scores[rows >= 0]
        return complete
