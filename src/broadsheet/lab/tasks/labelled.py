"""Labelled texts, as several kinds of task read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from broadsheet.core.errors import SourceError
from broadsheet.lab.sets import Set
from broadsheet.lab.tasks.judged import Judged, drawn, order, repeated, unique

Where = dict[str, object]


class Text(NamedTuple):
    """A text with its label, a number: its place among the sorted labels."""

    item: str
    text: str
    label: int


class Labelled(Judged):
    """Columns: ``text`` and ``label``; ``item`` (an id) where there is one.

    Options: ``most``, how many test texts count at most, drawn by a hash of the texts; ``train``, which rows are
    learned from, for example { split = "train" }, or ``learn``, the files of these rows; ``each``, how many of them at
    most for each label, drawn too. Without ``train`` and ``learn`` a fifth of the rows is for the test and the others
    are for learning, by the same hash.
    """

    learns = True
    """Whether there are texts to learn from; else all rows are for the test."""

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return self._set.data if self._learn is None else f"{self._set.data}{self._learn.data}"

    def read(self) -> list[Text]:
        """Return the test texts."""
        return self._test

    @cached_property
    def labels(self) -> list[str]:
        """The names of the labels, sorted."""
        return sorted({label for rows in self._split for _, _, label in rows})

    @cached_property
    def train(self) -> list[Text]:
        """The texts to learn from."""
        rows = self._numbered(self._split[0])
        each = int(self._set.options.get("each", len(rows)))
        seen = Counter[int]()
        chosen = []
        for place in order([row.text for row in rows]):
            seen[rows[place].label] += 1
            if seen[rows[place].label] <= each:
                chosen.append(place)
        return [rows[place] for place in sorted(chosen)]

    @property
    def _train(self) -> Where:
        where = self._set.options.get("train", {})
        if not isinstance(where, dict):
            raise SourceError(f'{self.name} has train = {where!r}, expected a table like {{ split = "train" }}.')
        return where

    @cached_property
    def _test(self) -> list[Text]:
        rows = self._numbered(self._split[1])
        most = int(self._set.options.get("most", len(rows)))
        test = [rows[place] for place in drawn([row.text for row in rows], most)]
        self._some(test, "texts")
        self._note(sum(not row.text.strip() for row in test), "texts are empty")
        self._note(repeated(row.text for row in test), "texts are in the test rows twice and count twice")
        learned = {text for _, text, _ in self._split[0]}
        self._note(sum(row.text in learned for row in test), "test texts are among those to learn from too")
        if len({row.label for row in test}) == 1:
            self._notes.append(f"{self.name}: all texts have the label {self.labels[test[0].label]!r}.")
        return test

    @cached_property
    def _learn(self) -> Set | None:
        """The set with the files to learn from instead of its own."""
        files = self._set.options.get("learn")
        return replace(self._set, files=tuple(files), where={}) if files else None

    @cached_property
    def _split(self) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
        """The rows to learn from, and those of the test."""
        rows = self._named(self._set, {})
        if not self.learns:
            return [], rows
        if self._learn is not None:
            return self._named(self._learn, {}), rows
        if self._train:
            return self._named(self._set, self._train), rows
        test = set(drawn([text for _, text, _ in rows], max(1, len(rows) // 5)))
        parts = [[row for place, row in enumerate(rows) if (place in test) == here] for here in (False, True)]
        return parts[0], parts[1]

    def _numbered(self, rows: Sequence[tuple[str, str, str]]) -> list[Text]:
        places = {label: place for place, label in enumerate(self.labels)}
        return [Text(item, text, places[label]) for item, text, label in rows]

    def _named(self, data: Set, where: Where) -> list[tuple[str, str, str]]:
        rows = list(data.rows(**where))
        items = unique(str(row.get("item", number)) for number, row in enumerate(rows, 1))
        return [(item, str(row["text"]), str(row["label"])) for item, row in zip(items, rows, strict=True)]
