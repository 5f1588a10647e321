"""Trending: does what a paper says predict the votes of its day? Each past day is ranked as if its votes did not exist
yet; ``lab/backtest.py`` has the methods.

papers of daily lists with votes -> vectors -> the methods learn from the days before a month -> rank its days
-> Spearman's correlation with the votes, precision of the first three, for each day
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from broadsheet.lab.backtest import MEASURES, METHODS, measure_days
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject


class Trending:
    """A file of daily papers with votes (``jsonl``). The first figures are of the vectors alone; the others are of what
    is known besides, and of the topics that grow."""

    kind = "trending"
    figures: tuple[Figure, ...] = tuple(
        Figure(measure if method == METHODS[0] else f"{measure} {method}") for method in METHODS for measure in MEASURES
    )
    needs: Ability = "features"
    warnings: tuple[str, ...] = ()

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data

    @property
    def data(self) -> str:
        """Return a hash of the set."""
        return self._set.data

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each tested day."""
        found = measure_days(documents_of(self._set), Features(subject))
        for place, day in enumerate(found.days):
            values = (found.values[method, measure][place] for method in METHODS for measure in MEASURES)
            for figure, value in zip(self.figures, values, strict=True):
                yield Row(figure.name, day.isoformat(), (value,))
