"""Conditional similarity: in which respect are two papers alike? Deshpande et al. 2023, "C-STS: Conditional Semantic
Textual Similarity", with the judgements of CSFCube (Mysore et al. 2021), whose experts graded the same candidates for
two aspects of one paper.

a paper and two aspects -> the candidates that are graded higher for one of them
the sentences of each aspect in both papers -> similarity -> the candidate's place in the pool of that aspect
-> 1 where its place is better for the aspect with the higher grade, one half where both are equal
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from itertools import combinations

from broadsheet.core.metrics import Floats, ranks
from broadsheet.lab.csfcube import Cube, Pool
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged, won

_ALL, _CLEAR = Figure("accuracy", "accuracy"), Figure("accuracy two grades apart", "accuracy")


class Conditions(Judged):
    """A folder as CSFCube has it. Places are compared, not similarities, since those of one aspect may be higher
    throughout."""

    kind = "conditions"
    figures: tuple[Figure, ...] = (_ALL, _CLEAR)
    needs: Ability = "pairs"

    def read(self) -> list[tuple[Pool, Pool]]:
        """Return the pools of each paper that was judged for two aspects."""
        return _twofold(Cube(self._set))

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield right or not for each candidate with two grades; those of a paper are a group."""
        cube = Cube(self._set)
        pairs = _twofold(cube)
        self._some(pairs, "papers judged for two aspects")
        for one, other in pairs:
            both = sorted(one.grades.keys() & other.grades.keys() - {one.paper})
            ahead = _places(subject, cube, one, both) - _places(subject, cube, other, both)
            for name, lead in zip(both, ahead.tolist(), strict=True):
                gap = one.grades[name] - other.grades[name]
                if gap:
                    for figure in (_ALL, _CLEAR) if abs(gap) > 1 else (_ALL,):
                        yield Row(figure.name, f"{one.query} {other.aspect} {name}", (won(lead * gap),), one.paper)


def _twofold(cube: Cube) -> list[tuple[Pool, Pool]]:
    by_paper: defaultdict[str, list[Pool]] = defaultdict(list)
    for pool in cube.pools:
        by_paper[pool.paper].append(pool)
    return [pair for pools in by_paper.values() for pair in combinations(pools, 2)]


def _places(subject: Subject, cube: Cube, pool: Pool, names: list[str]) -> Floats:
    """The rank of each candidate in a pool, the most similar one's the highest."""
    query = cube.text(pool.paper, pool.aspect)
    return ranks(subject.pairs([query] * len(names), [cube.text(name, pool.aspect) for name in names]))
