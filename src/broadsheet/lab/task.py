"""What the lab measures: a Task has items, a Subject is measured on them, and each item leaves a row of numbers.

task + subject -> (figure, item, numbers), as they come, so that a run that was killed loses one item at most
the rows of a figure -> its statistic (lab/statistics.py) -> one value; resampling the items -> its interval
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors

Ability = Literal["pairs", "corpus", "features", "words"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What a task reports under a ``name``, as the field has it: nDCG@10, Spearman, V-measure.

    ``statistic`` makes one value of the rows of all items: ``mean`` of one number, ``spearman`` of (score, gold),
    ``ap`` of (score, label) and so on. ``higher``: whether more is better (of an error, less is).
    """

    name: str
    statistic: str = "mean"
    higher: bool = True


class Row(NamedTuple):
    """What one item left: the numbers of a figure. Items of one ``group`` are resampled together."""

    figure: str
    item: str
    numbers: tuple[float, ...]
    group: str = ""


class Ranker(Protocol):
    """Documents that wait for queries."""

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return the rows of the k best documents and their scores, both (m, at most k), best first, ties by row.

        A query that finds fewer than others is filled up with the row -1 and a score of minus infinity.
        """
        ...


@runtime_checkable
class Judge(Protocol):
    """A Ranker that can also score a few of its documents, without looking at the others."""

    def judge(self, query: str, rows: Rows) -> Vectors:
        """Return the scores of these documents, float32 (n,), in their order."""
        ...


class Subject(Protocol):
    """What is measured: an encoder, a setting of the search, or a control. ``key`` names all that its results depend
    on; ``abilities`` says which of the calls it has, others raise UsageError."""

    name: str
    key: str
    abilities: frozenset[Ability]

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:
        """Return the similarity of each pair, float64 (n,); ``role`` is what the texts in ``one`` are."""
        ...

    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> AbstractContextManager[Ranker]:
        """Make documents ready to be ranked for queries, which are texts in this ``role``."""
        ...

    def features(self, texts: Sequence[str]) -> Vectors:
        """Return a row of numbers for each text, float32 (n, dim), for a classifier or for clusters."""
        ...

    def words(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return a vector of a word in each text, in its context: the characters of a span, float32 (n, dim), rows of
        length 1. Without token vectors it is the vector of the word alone."""
        ...


class Task(Protocol):
    """A question with judged items. ``figures``: what it reports, the main one first. Making one reads nothing."""

    name: str
    kind: str
    figures: tuple[Figure, ...]
    needs: Ability

    @property
    def data(self) -> str:
        """Return a hash of all that is read for it."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what a reader of its values should know about its data: sentences, to be shown next to a value."""
        ...

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:
        """Measure, and yield the rows of each item as soon as they are there; items in ``known`` are left out where
        the others do not depend on them."""
        ...
