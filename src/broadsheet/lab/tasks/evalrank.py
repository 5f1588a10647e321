"""EvalRank: is a text's counterpart nearer than everything else? Wang, Kuo and Li 2022, "Just Rank: Rethinking
Evaluation with Word and Sentence Similarities".

pairs that people graded highest -> positives, in both directions; all texts of the set -> the background
vectors, centred -> the rank of the counterpart among the background -> MRR, Hits@1, Hits@3
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.vectors import unit
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.pairs import Pairs

_SHARE = 0.25  # of the pairs are positives, as in the paper
_AT_ONCE = 256
_HITS = (1, 3)


class EvalRank(Pairs):
    """Columns as in Pairs; all rows that count are the background. Options: ``share`` of the pairs that
    are positives, best graded first, and ``centred`` (the mean of all texts is taken off, as the authors' program
    does)."""

    kind = "evalrank"
    figures: tuple[Figure, ...] = (Figure("MRR"), *(Figure(f"Hits@{k}") for k in _HITS))
    needs: Ability = "features"

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._share = float(data.options.get("share", _SHARE))
        self._centred = bool(data.options.get("centred", True))

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the reciprocal rank and the hits of each direction of each positive pair; both are a group."""
        texts, positives = self._ranked()
        vectors = subject.features(texts).astype(np.float64)
        if self._centred:
            vectors = vectors - vectors.mean(axis=0)
        rows = unit(vectors)
        wanted = [each for each in positives if each[2] not in known]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            queries = np.array([one for one, _, _ in part])
            scores = rows[queries] @ rows.T
            own = scores[np.arange(len(part)), [other for _, other, _ in part]]
            scores[np.arange(len(part)), queries] = -np.inf
            nearer = (scores > own[:, None]).sum(axis=1)
            for (_, _, item), before in zip(part, nearer.tolist(), strict=True):
                group = item.rpartition(" ")[0]
                yield Row("MRR", item, (1 / (before + 1),), group)
                for k in _HITS:
                    yield Row(f"Hits@{k}", item, (float(before < k),), group)

    def _ranked(self) -> tuple[list[str], list[tuple[int, int, str]]]:
        """All texts, and the positives as (row, row of the counterpart, item)."""
        pairs = self.read()
        if len({pair.gold for pair in pairs}) < 2:
            raise SourceError(f"{self.name} has {len(pairs)} pairs of one grade: none of them is a best one.")
        places = {text: row for row, text in enumerate(dict.fromkeys(text for pair in pairs for text in pair[1:3]))}
        positives = dict[tuple[int, int], str]()
        for pair in sorted(pairs, key=lambda pair: -pair.gold)[: int(len(pairs) * self._share)]:
            here, there = places[pair.one], places[pair.other]
            if here != there and (here, there) not in positives:  # two equal texts say nothing
                positives[here, there] = f"{pair.item} >"
                positives[there, here] = f"{pair.item} <"
        return list(places), [(*pair, item) for pair, item in positives.items()]
