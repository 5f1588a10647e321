"""Aspect retrieval: papers that are like a paper in its background, its method or its result. Mysore et al. 2021,
"CSFCube: A Test Collection of Computer Science Papers for Faceted Query by Example".

a paper and an aspect -> the sentences of that aspect, or the whole abstract -> its pool of candidates by similarity
-> the graded relevance of what comes first -> NDCG%20: as far as 20 % of the pool
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import best
from broadsheet.lab.csfcube import WHOLE, Cube, Pool
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged

SHARE = 0.2  # of a pool
_VIEWS = (WHOLE, "aspect")
_MAIN = "NDCG%20"


class Aspects(Judged):
    """A folder as CSFCube has it. The option ``view`` is ``whole`` (title and abstract of both papers) or ``aspect``
    (only the sentences of the aspect that is asked for, of both). The mean is over queries; CSFCube averages over two
    folds first, which weights them a little differently."""

    kind = "aspects"
    needs: Ability = "pairs"

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._view = data.options.get("view", WHOLE)
        if self._view not in _VIEWS:
            raise UsageError(f"{self.name}: the view is {self._view!r}, expected {' or '.join(_VIEWS)}.")
        aspects: Sequence[str] = data.options.get("aspects", ())
        self.figures = (Figure(_MAIN), *(Figure(f"{_MAIN} {aspect}") for aspect in aspects))

    def read(self) -> list[Pool]:
        """Return the judged pools."""
        return Cube(self._set).pools

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield NDCG%20 of each query, for all and for its aspect; queries of one paper are a group."""
        cube = Cube(self._set)
        self._some(cube.pools, "queries")
        for pool in cube.pools:
            part = WHOLE if self._view == WHOLE else pool.aspect
            texts = [cube.text(name, part) for name in pool.grades]
            scores = subject.pairs([cube.text(pool.paper, part)] * len(texts), texts)
            grades = np.array(list(pool.grades.values()))[best(scores, len(texts))[0]]
            for figure in self.figures:
                if figure.name in (_MAIN, f"{_MAIN} {pool.aspect}"):
                    yield Row(figure.name, pool.query, (ndcg_of_pool(grades.tolist()),), group=pool.paper)


def ndcg_of_pool(grades: Sequence[int]) -> float:
    """Return NDCG over the first fifth of a ranked pool, with the discounts of CSFCube's own program: 1 for the first
    two ranks, then 1 / log2(rank) (Järvelin and Kekäläinen 2002); 0 without a relevant paper."""
    k = int(SHARE * len(grades))
    ideal = _gain(sorted(grades, reverse=True)[:k])
    return _gain(grades[:k]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    ranks = np.arange(1, len(grades) + 1)
    return float((np.asarray(grades, dtype=np.float64) / np.maximum(np.log2(ranks), 1)).sum())
