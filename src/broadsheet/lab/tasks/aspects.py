"""Aspect retrieval: papers that are like a paper in its background, its method or its result. Mysore et al. 2021,
"CSFCube: A Test Collection of Computer Science Papers for Faceted Query by Example".

a paper and an aspect -> the sentences of that aspect, or the whole abstract -> its pool of candidates by similarity
-> the graded relevance of what comes first -> NDCG%20: as far as 20 % of the pool
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

import numpy as np

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.vectors import best
from broadsheet.lab.beir import read_task
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject

SHARE = 0.2  # of a pool
_VIEWS = ("whole", "aspect")
_MAIN = "NDCG%20"


class Aspects:
    """A folder as CSFCube has it: queries with ``doc_id`` and ``facet``, documents with labelled ``sentences``.

    The option ``view`` is ``whole`` (title and abstract of both papers) or ``aspect`` (only the sentences of the aspect
    that is asked for, of both; the title where a paper has no such sentence). The mean is over queries; CSFCube averages
    over two folds first, which weights them a little differently.
    """

    kind = "aspects"
    needs: Ability = "pairs"

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self.data = data.data
        self._view = data.options.get("view", "whole")
        if self._view not in _VIEWS:
            raise UsageError(f"{self.name}: the view is {self._view!r}, expected {' or '.join(_VIEWS)}.")
        facets: Sequence[str] = data.options.get("aspects", ())
        self.figures: tuple[Figure, ...] = (Figure(_MAIN), *(Figure(f"{_MAIN} {facet}") for facet in facets))

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield NDCG%20 of each query, for all and for its aspect; queries of one paper are a group."""
        task = read_task(self._set.folder)
        papers = self._papers()
        for query, (paper, facet) in self._queries().items():
            if query in known or query not in task.judged:
                continue
            pool = sorted(task.judged[query])
            texts = [self._text(papers, name, facet) for name in pool]
            scores = subject.pairs([self._text(papers, paper, facet)] * len(pool), texts)
            grades = [task.judged[query][pool[row]] for row in best(scores, len(pool))[0]]
            for figure in self.figures:
                if figure.name in (_MAIN, f"{_MAIN} {facet}"):
                    yield Row(figure.name, query, (ndcg_of_pool(grades),), group=paper)

    def _queries(self) -> dict[str, tuple[str, str]]:
        rows = self._set.table("queries.jsonl.gz")
        return {str(row["_id"]): (str(row["doc_id"]), str(row["facet"])) for row in rows}

    def _papers(self) -> Mapping[str, Mapping[str, str]]:
        """The texts of each paper: ``whole``, ``title`` and one for each aspect."""
        papers: dict[str, dict[str, str]] = {}
        for row in self._set.table("corpus.jsonl.gz"):
            parts: defaultdict[str, list[str]] = defaultdict(list)
            for facet, sentence in row["sentences"]:
                parts[facet].append(sentence)
            papers[str(row["_id"])] = {
                **{facet: " ".join(sentences) for facet, sentences in parts.items()},
                "title": row["title"], "whole": f"{row['title']} {row['text']}",
            }  # fmt: skip
        return papers

    def _text(self, papers: Mapping[str, Mapping[str, str]], name: str, facet: str) -> str:
        if name not in papers:
            raise SourceError(f"{self.name}: the paper {name!r} is judged but is not in the corpus.")
        paper = papers[name]
        return paper["whole"] if self._view == "whole" else paper.get(facet) or paper["title"]


def ndcg_of_pool(grades: Sequence[int]) -> float:
    """Return NDCG over the first fifth of a ranked pool, with the discounts of CSFCube's own script: 1 for the first two
    ranks, then 1 / log2(rank) (Järvelin and Kekäläinen 2002); 0 without a relevant paper."""
    k = int(SHARE * len(grades))
    ideal = _gain(sorted(grades, reverse=True)[:k])
    return _gain(grades[:k]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    discounts = np.log2(np.maximum(np.arange(1, len(grades) + 1), 2))
    return float((np.asarray(grades, dtype=np.float64) / discounts).sum())
