"""Entity matching: do two records from two lists describe the same thing? Li et al. 2020, "Deep Entity Matching with
Pre-Trained Language Models" (Ditto); Mudgal et al. 2018, "Deep Learning for Entity Matching".

pairs of records -> each record as the text of its values -> similarity -> the threshold with the best F1 on ``valid``
pairs of ``test`` -> F1 at that threshold, and the average precision without one
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broadsheet.lab.tasks.pair_classification import PairClassification
from broadsheet.lab.tasks.pairs import Pair


class Entities(PairClassification):
    """Columns and options as in PairClassification; ``one`` and ``other`` are records: values by name, or a text."""

    kind = "entities"

    def pairs(self, **where: Any) -> list[Pair]:
        """Return the pairs of the rows that ``where`` names, each record as a text."""
        records = [(record_text(row["one"]), record_text(row["other"])) for row in self._set.rows(**where)]
        found = zip(super().pairs(**where), records, strict=True)
        return [pair._replace(one=one, other=other) for pair, (one, other) in found]


def record_text(record: Mapping[str, Any] | str) -> str:
    """Return the values of a record in their order, without empty ones, as one text."""
    if isinstance(record, str):
        return record
    return " ".join(text for value in record.values() if (text := str(value).strip()))
