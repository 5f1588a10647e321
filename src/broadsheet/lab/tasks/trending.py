"""Trending: does what a paper says predict the votes of its day? Each past day is ranked as if its votes did not exist
yet; ``lab/backtest.py`` has the methods.

papers of daily lists with votes -> vectors -> the methods learn from the days before a month -> rank its days
-> Spearman's correlation with the votes, precision of the first three, for each day
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

from broadsheet.core.types import Document
from broadsheet.lab.backtest import MEASURES, METHODS, measure_days
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged


class Trending(Judged):
    """A file of daily papers with votes (``jsonl``). The first figures are of the vectors alone; the others are of what
    is known besides, and of the topics that grow. The option ``months`` is how many of the last are tested."""

    kind = "trending"
    figures: tuple[Figure, ...] = tuple(
        Figure(measure if method == METHODS[0] else f"{measure} {method}") for method in METHODS for measure in MEASURES
    )
    needs: Ability = "features"

    def read(self) -> list[Document]:
        """Return the papers."""
        return self._papers

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each tested day."""
        found = measure_days(self._papers, Features(subject), months=int(self._set.options.get("months", 3)))
        for place, day in enumerate(found.days):
            values = (found.values[method, measure][place] for method in METHODS for measure in MEASURES)
            for figure, value in zip(self.figures, values, strict=True):
                yield Row(figure.name, day.isoformat(), (value,))

    @cached_property
    def _papers(self) -> list[Document]:
        return documents_of(self._set)
