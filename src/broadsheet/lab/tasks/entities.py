"""Entity matching: do two records from two lists describe the same thing? Li et al. 2020, "Deep Entity Matching with
Pre-Trained Language Models" (Ditto); Mudgal et al. 2018, "Deep Learning for Entity Matching".

pairs of records -> each record as the text of its values -> similarity -> the threshold with the best F1 on ``valid``
pairs of ``test`` -> F1 at that threshold, and the average precision without one
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject

_AT_ONCE = 256


class Pair(NamedTuple):
    """Two records as text, and whether they are the same thing: 1 or 0."""

    item: str
    one: str
    other: str
    label: int


class Entities:
    """Columns: ``one``, ``other`` (a record: values by name, or a text) and ``label``, 0 or 1. ``where`` names the
    split that counts; the option ``choose`` names the one that the threshold is chosen on."""

    kind = "entities"
    figures: tuple[Figure, ...] = (Figure("F1", "f1"), Figure("AP", "ap"))
    needs: Ability = "pairs"
    warnings: tuple[str, ...] = ()

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self._choose = {"split": data.options.get("choose", "valid")}

    @property
    def data(self) -> str:
        """Return a hash of the set."""
        return self._set.data

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (predicted, label) for F1 and (similarity, label) for AP of each pair."""
        wanted = [pair for pair in self._pairs() if pair.item not in known]
        if not wanted:
            return
        threshold = self._threshold(subject)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for pair, score in zip(part, _scores(subject, part), strict=True):
                yield Row("F1", pair.item, (float(score >= threshold), pair.label))
                yield Row("AP", pair.item, (float(score), pair.label))

    def _threshold(self, subject: Subject) -> float:
        pairs = list(self._pairs(**self._choose))
        labels = np.array([pair.label for pair in pairs])
        if not 0 < labels.sum() < len(labels):
            raise SourceError(
                f"{self.name}: the split {self._choose['split']!r} has {labels.sum()} matches among {len(labels)} "
                "pairs; a threshold needs pairs of both kinds."
            )
        return best_threshold(_scores(subject, pairs), labels)

    def _pairs(self, **where: Any) -> Iterator[Pair]:
        for number, row in enumerate(self._set.rows(**where), 1):
            if row["label"] not in (0, 1):
                raise SourceError(f"{self.name}, row {number}: the label is {row['label']!r}, expected 0 or 1.")
            yield Pair(str(row.get("item", number)), record_text(row["one"]), record_text(row["other"]), row["label"])


def record_text(record: Mapping[str, Any] | str) -> str:
    """Return the values of a record in their order, without empty ones, as one text."""
    if isinstance(record, str):
        return record
    return " ".join(text for value in record.values() if (text := str(value).strip()))


def best_threshold(scores: Floats, labels: np.ndarray) -> float:
    """Return the score from which on pairs count as matches so that F1 is best; the highest of several."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + labels.sum())
    ends = np.append(np.diff(scores[order]) != 0, True)  # equal scores are on the same side
    return float(scores[order][np.argmax(np.where(ends, f1, -1.0))])


def _scores(subject: Subject, pairs: Sequence[Pair]) -> Floats:
    return subject.pairs([pair.one for pair in pairs], [pair.other for pair in pairs])
