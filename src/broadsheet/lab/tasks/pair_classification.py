"""Pair classification: does a threshold on the cosine find the pairs that mean the same? Dolan and Brockett 2005.

pairs with a label -> the cosine of each -> average precision, area under ROC, and F1 at the best threshold
a split to tune on -> the best threshold there -> F1 at it, which no one chose with the test's labels in view
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Figure, Row, Subject
from broadsheet.lab.tasks.pairs import Pairs

_TUNED = Figure("F1, tuned", "f1")


class PairClassification(Pairs):
    """Columns as in Pairs. ``gold`` is 1 or 0, or a word: ``same`` lists those that count as 1. ``tune`` says which
    rows the threshold of ``F1, tuned`` comes from, for example { split = "val" }."""

    kind = "pair-classification"
    figures: tuple[Figure, ...] = (Figure("AP", "ap"), Figure("best F1", "best_f1"), Figure("AUC", "auc"))

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._tune: dict[str, Any] = data.options.get("tune", {})
        if self._tune:
            self.figures = (*self.figures, _TUNED)

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (similarity, label) of each pair, and with ``tune`` (whether it is above the threshold, label)."""
        wanted = [pair for pair in self.read() if pair.item not in known]
        edge = self._threshold(subject) if self._tune and wanted else 0.0
        for pair, score in self.scored(wanted, subject):
            for figure in self.figures:
                value = float(score >= edge) if figure == _TUNED else score
                yield Row(figure.name, pair.item, (value, pair.gold), pair.group)

    def gold(self, row: int, value: Any) -> float:
        """Return 1 or 0. SourceError for anything else."""
        if same := self._set.options.get("same"):
            return float(value in same)
        number = self._number(row, "label", value)
        if number not in (0, 1):
            raise SourceError(f"{self.name}, row {row}: the label is {value!r}, expected 1 or 0.")
        return number

    def _threshold(self, subject: Subject) -> float:
        scored = list(self.scored(self._tuning, subject))
        return best_threshold(np.array([score for _, score in scored]), np.array([pair.gold for pair, _ in scored]))

    @cached_property
    def _tuning(self) -> list[Any]:
        pairs = self.pairs(**self._tune)
        if not 0 < sum(pair.gold for pair in pairs) < len(pairs):
            raise SourceError(f"{self.name}: the rows {self._tune!r} to tune on need pairs of both labels.")
        return pairs


def best_threshold(scores: Floats, labels: Floats) -> float:
    """Return the score (n,) from which on calling a pair the same gives the highest F1 against labels (n,) of 0 and 1;
    it lies midway to the next lower score."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + labels.sum())
    last = np.append(ranked[1:] != ranked[:-1], True)
    place = int(np.argmax(np.where(last, f1, -1.0)))
    return float((ranked[place] + ranked[place + 1]) / 2) if place + 1 < len(ranked) else float(ranked[place])
