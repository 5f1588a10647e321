"""Judged pairs of texts, as several kinds of task read them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Row, Subject
from broadsheet.lab.tasks.judged import Judged, repeated, unique

_AT_ONCE = 256


class Pair(NamedTuple):
    """Two texts and what is judged of them. Pairs of one ``group`` share a text."""

    item: str
    one: str
    other: str
    gold: float
    group: str


class Pairs(Judged):
    """Columns: ``one``, ``other`` (texts) and ``gold``; ``item`` (an id) and ``group`` where there are such."""

    needs: Ability = "pairs"

    def __init__(self, data: Set) -> None:
        super().__init__(data)

    def read(self) -> list[Pair]:
        """Return the pairs that count."""
        return self._pairs

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (similarity, gold) of each pair."""
        for pair, score in self.scored([pair for pair in self.read() if pair.item not in known], subject):
            for figure in self.figures:
                yield Row(figure.name, pair.item, (score, pair.gold), pair.group)

    def scored(self, pairs: list[Pair], subject: Subject) -> Iterator[tuple[Pair, float]]:
        """Yield pairs with their similarity, a batch encoded at a time."""
        for start in range(0, len(pairs), _AT_ONCE):
            part = pairs[start : start + _AT_ONCE]
            scores = subject.pairs([pair.one for pair in part], [pair.other for pair in part])
            yield from zip(part, scores.tolist(), strict=True)

    def pairs(self, **where: Any) -> list[Pair]:
        """Return the pairs of the rows that ``where`` names."""
        rows = list(self._set.rows(**where))
        items = unique(str(row.get("item", number)) for number, row in enumerate(rows, 1))
        return [
            Pair(item, str(row["one"]), str(row["other"]), self.gold(number, row["gold"]), str(row.get("group", "")))
            for number, (item, row) in enumerate(zip(items, rows, strict=True), 1)
        ]

    def gold(self, row: int, value: Any) -> float:
        """Return the judgement of a row as a number."""
        return self._number(row, "judged similarity", value)

    @cached_property
    def _pairs(self) -> list[Pair]:
        pairs = self.pairs()
        self._some(pairs, "pairs")
        self._note(sum(not (pair.one.strip() and pair.other.strip()) for pair in pairs), "pairs have an empty text")
        self._note(repeated((pair.one, pair.other) for pair in pairs), "pairs are in the set twice and count twice")
        if len(pairs) > 1 and np.ptp([pair.gold for pair in pairs]) == 0:
            self._notes.append(f"{self.name}: all judgements are {pairs[0].gold:g}; no figure can be told from chance.")
        return pairs
