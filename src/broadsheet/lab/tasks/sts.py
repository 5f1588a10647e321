"""Semantic textual similarity: do cosines order pairs of texts as people do? Cer et al. 2017, "STS Benchmark".

pairs with a judged similarity -> the cosine of each -> Spearman's and Pearson's correlation with the judgements
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from broadsheet.core.errors import SourceError
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject

_AT_ONCE = 256


class Sts:
    """Columns: ``one``, ``other`` (texts) and ``gold`` (a number); ``item`` (an id) where there is one."""

    kind = "sts"
    figures: tuple[Figure, ...] = (Figure("Spearman", "spearman"), Figure("Pearson", "pearson"))
    needs: Ability = "pairs"

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self.data = data.data

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (similarity, gold) of each pair."""
        wanted = [pair for pair in self._pairs() if pair[0] not in known]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            scores = subject.pairs([one for _, one, _, _ in part], [other for _, _, other, _ in part])
            for (item, _, _, gold), score in zip(part, scores, strict=True):
                for figure in self.figures:
                    yield Row(figure.name, item, (float(score), gold))

    def _pairs(self) -> Iterator[tuple[str, str, str, float]]:
        for number, row in enumerate(self._set.rows(), 1):
            try:
                yield str(row.get("item", number)), str(row["one"]), str(row["other"]), float(row["gold"])
            except ValueError:
                raise SourceError(
                    f"{self.name}, row {number}: the judged similarity is {row['gold']!r}, expected a number."
                ) from None
