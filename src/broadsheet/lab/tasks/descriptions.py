"""Description retrieval: find what a text describes. Hill et al. 2016, "Learning to Understand Phrases by Embedding the
Dictionary" (a definition -> its word); Ravfogel et al. 2024, "Description-Based Text Similarity" (a description -> a
text).

descriptions and what they describe -> distinct targets as documents -> the targets with that description are right
with ``negatives`` -> documents that share as many words with it as the right one are to be told from it, no others
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from typing import Any

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import parse
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.matches import Query, measured

_MEASURES = {Figure(name): parse(name) for name in ("nDCG@10", "RR", "Success@1")}


class Descriptions:
    """Columns: ``description`` and ``target``; a column may be within another (``extra.tldr``). A row without one of
    them, or whose description contains its target, does not count. The option ``share`` takes that part of the rows,
    chosen by a hash of the description."""

    kind = "descriptions"
    figures: tuple[Figure, ...] = tuple(_MEASURES)
    needs: Ability = "corpus"
    warnings: tuple[str, ...] = ()

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self._share = float(data.options.get("share", 1))

    @property
    def data(self) -> str:
        """Return a hash of the set."""
        return self._set.data

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each description."""
        targets: dict[str, dict[str, None]] = {}
        for description, target in self._pairs():
            targets.setdefault(description, {})[target] = None
        documents = dict.fromkeys(target for each in targets.values() for target in each)
        if len(documents) < 2:
            raise SourceError(f"{self.name} describes {len(documents)} things; expected two at least.")
        ids = {target: str(row) for row, target in enumerate(documents)}
        queries = [Query(_id(text), text, {ids[target] for target in each}) for text, each in targets.items()]
        yield from measured(
            subject, queries, {name: text for text, name in ids.items()}, measures=_MEASURES, known=known
        )

    def _pairs(self) -> Iterator[tuple[str, str]]:
        columns = self._set.columns
        for name in self._set.files:
            for row in self._set.table(name):
                description, target = (_within(row, columns[each]) for each in ("description", "target"))
                if description and target and target.casefold() not in description.casefold():
                    if int(_id(description)[:8], 16) < self._share * 16**8:
                        yield description, target


def _within(row: Mapping[str, Any], path: str) -> str:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value or "").strip()


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
