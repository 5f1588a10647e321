"""Retrieval cut down: some of the queries, and a pool of documents that keeps what is hard about them.

queries in the order of a hash of their names, each with its best answer, within parts of the allowed characters
documents that words or hashed letters rank high for these queries, turn by turn, until all of them are used
further answers count where they are in the pool

Enevoldsen et al. 2025, "MMTEB": hard negatives from several retrievers keep the order of models, random documents do
not. The guides here are cheap and none of them is a candidate: BM25, and ``hash``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest

from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.beir import RetrievalTask
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.tasks.judged import order
from broadsheet.lab.tasks.retrieval import Retrieval

_VERSION = 1  # raised when the same share keeps other queries or documents
_NEAR = 100  # documents that a guide names for a query
_AT_ONCE = 64


class Pooled(Retrieval):
    """A task of retrieval with a ``share`` of its characters, between 0 and 1."""

    def __init__(self, whole: Retrieval, share: float, *, name: str) -> None:
        super().__init__(replace(whole.set, name=name))
        self._whole, self._share, self.role, self.kind = whole, share, whole.role, whole.kind

    @property
    def data(self) -> str:
        """Return a hash of all that is read, and of what is kept of it."""
        return f"{self._whole.data}-{self._share:g}-{_VERSION}"

    @cached_property
    def _task(self) -> RetrievalTask:
        pool = {document.id for document in self.documents}
        judged = {
            name: {each: grade for each, grade in self._whole.judged[name].items() if each in pool}
            for name in self._queries
        }
        outside = sum(self._relevant(self._whole.judged[name]) - self._relevant(judged[name]) for name in judged)
        self._note(outside, "relevant documents of these queries are outside the pool and do not count")
        return RetrievalTask(self.name, self._set.folder, {name: self._texts[name] for name in self._queries}, judged)

    @cached_property
    def documents(self) -> list[Document]:
        """Return the pool: the answers of the queries, and what is near them, in the order of the whole corpus."""
        left = self._budget - sum(len(self._texts[name]) for name in self._queries)
        chosen: set[int] = set()
        for row in (*(self._best[name] for name in self._queries), *self._hard()):
            size = len(self._corpus[row].content)
            if row not in chosen and left >= size:
                chosen.add(row)
                left -= size
        return [self._corpus[row] for row in sorted(chosen)]

    @staticmethod
    def _relevant(grades: Mapping[str, int]) -> int:
        return sum(grade > 0 for grade in grades.values())

    @property
    def _corpus(self) -> Sequence[Document]:
        return self._whole.documents

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {name: self._whole.queries[name] for name in self._whole.read()}

    @cached_property
    def _budget(self) -> int:
        """The characters that may be encoded."""
        whole = sum(map(len, self._texts.values())) + sum(len(document.content) for document in self._corpus)
        return int(self._share * whole)

    @cached_property
    def _queries(self) -> list[str]:
        """The queries that stay, at least one: their best answers take half of the budget, and they a quarter."""
        names = list(self._best)
        chosen: list[str] = []
        answers: set[int] = set()
        asked = answered = 0
        for place in order(names):
            name, row = names[place], self._best[names[place]]
            question, answer = len(self._texts[name]), 0 if row in answers else len(self._corpus[row].content)
            if not chosen or (asked + question <= self._budget / 4 and answered + answer <= self._budget / 2):
                chosen.append(name)
                answers.add(row)
                asked, answered = asked + question, answered + answer
        return sorted(chosen)

    @cached_property
    def _best(self) -> dict[str, int]:
        """The row of the best answer of each query that has one in the corpus; of equal ones the first by id."""
        rows = {document.id: row for row, document in enumerate(self._corpus)}
        best = {}
        for name in self._texts:
            graded = [(-grade, each) for each, grade in self._whole.judged[name].items() if grade > 0 and each in rows]
            if graded:
                best[name] = rows[min(graded)[1]]
        return best

    def _hard(self) -> Iterator[int]:
        """The rows that the guides rank high, the first of every query before the second of any."""
        lists: list[list[int]] = []
        texts = [self._texts[name] for name in self._queries]
        for guide in (Bm25(), Dense(HashEncoder(), "hash")):
            with guide.corpus(self._corpus, role=self.role) as corpus:
                for start in range(0, len(texts), _AT_ONCE):
                    lists += corpus.rank(texts[start : start + _AT_ONCE], _NEAR)[0].tolist()
        for turn in zip_longest(*lists, fillvalue=-1):
            yield from (row for row in turn if row >= 0)
