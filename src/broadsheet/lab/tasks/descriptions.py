"""Description retrieval: find what a text describes. Hill et al. 2016, "Learning to Understand Phrases by Embedding the
Dictionary" (a definition -> its word); Ravfogel et al. 2024, "Description-Based Text Similarity" (a description -> a
text).

descriptions and what they describe -> distinct targets as documents -> the targets with that description are right
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from broadsheet.lab.tasks.judged import drawn
from broadsheet.lab.tasks.pair_retrieval import PairRetrieval


class Descriptions(PairRetrieval):
    """Columns: ``one`` (a description) and ``other`` (what it describes); a column may be within another
    (``extra.tldr``). A row without one of them, or whose description contains what it describes, does not count.
    ``most`` is how many rows count at most, drawn by a hash."""

    kind = "descriptions"

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        one, other = (self._set.columns[name] for name in ("one", "other"))
        rows = (row for name in self._set.files for row in self._set.table(name))
        pairs = ((_within(row, one), _within(row, other)) for row in rows)
        found = list(
            dict.fromkeys(pair for pair in pairs if all(pair) and pair[1].casefold() not in pair[0].casefold())
        )
        most = int(self._set.options.get("most", len(found)))
        return [found[place] for place in drawn(["\t".join(pair) for pair in found], most)]


def _within(row: Mapping[str, Any], path: str) -> str:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value or "").strip()
