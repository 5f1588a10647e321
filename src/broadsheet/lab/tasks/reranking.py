"""Reranking: which of the candidates of a query answer it? Wang, Smith and Mitamura 2007 (questions and sentences).

all candidates are documents -> the ranking of each query, of its own candidates alone -> AP, reciprocal rank, nDCG@10

A candidate that is not ranked, for want of a common word, counts as not found. A word's weight in BM25 comes from the
candidates of all queries. Queries whose candidates are all right, or all wrong, say nothing of an order and are left
out, as is usual (Rao, He and Lin 2016).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from broadsheet.core.metrics import parse
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import best
from broadsheet.lab.beir import read_task
from broadsheet.lab.task import Ability, Figure, Judge, Ranker, Row, Subject
from broadsheet.lab.tasks.judged import Judged, repeated
from broadsheet.lab.tasks.retrieval import source

_AT_ONCE = 16


class Query(NamedTuple):
    """A query and the grades of its candidates by their ids."""

    item: str
    text: str
    grades: Mapping[str, int]


class Reranking(Judged):
    """Columns: ``query``, ``other`` (a candidate) and ``gold`` (its grade), a row for each candidate.

    Or a folder in the layout of BEIR, where what is judged for a query is its candidates. There ``like = "_"`` says
    that a query is a document of the corpus, whose id is the query's up to the mark. Grades from ``relevant`` (else 1)
    on are right for AP and RR.
    """

    kind = "reranking"
    figures: tuple[Figure, ...] = (Figure("AP"), Figure("RR"), Figure("nDCG@10"))
    needs: Ability = "corpus"

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return source(self._set).data

    def read(self) -> list[Query]:
        """Return the queries that count."""
        return self._queries

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the value of each measure for each query."""
        wanted = [query for query in self.read() if query.item not in known]
        if not wanted:
            return
        documents, role = self._documents, self._role
        with subject.corpus(documents, role=role) as corpus:
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                for query, ids in zip(part, self._ranked(corpus, part), strict=True):
                    yield from self._values(query, [name for name in ids if name in query.grades])

    def _ranked(self, corpus: Ranker, queries: Sequence[Query]) -> Iterator[list[str]]:
        """The ids of documents for each query, best first; of its candidates alone where they can be judged alone."""
        documents = self._documents
        if not isinstance(corpus, Judge):
            rows, _ = corpus.rank([query.text for query in queries], len(documents))
            yield from ([documents[row].id for row in each if row >= 0] for each in rows.tolist())
            return
        for query in queries:
            own = np.array([row for row, each in enumerate(documents) if each.id in query.grades], np.int64)
            order, _ = best(corpus.judge(query.text, own), len(own), own)
            yield [documents[row].id for row in order.tolist()]

    def _values(self, query: Query, ranked: list[str]) -> Iterator[Row]:
        least = int(self._set.options.get("relevant", 1))
        binary = {name: int(grade >= least) for name, grade in query.grades.items()}
        for figure in self.figures:
            grades = query.grades if figure.name.startswith("nDCG") else binary
            yield Row(figure.name, query.item, (parse(figure.name)(ranked, grades),))

    @property
    def _role(self) -> Role:
        return "document" if "like" in self._set.options else "query"

    @cached_property
    def _queries(self) -> list[Query]:
        least = int(self._set.options.get("relevant", 1))
        every = list(self._from_rows() if self._set.columns else self._from_folder())
        telling = [query for query in every if len({grade >= least for grade in query.grades.values()}) == 2]
        self._note(len(every) - len(telling), "queries whose candidates are all right or all wrong are left out")
        self._some(telling, "queries with right and wrong candidates")
        self._note(sum(not query.text.strip() for query in telling), "queries are empty")
        return telling

    @cached_property
    def _documents(self) -> list[Document]:
        if not self._set.columns:
            return list(read_task(self._set.folder).documents())
        return [Document(id=text, title="", text=text) for text in self._candidates]

    @cached_property
    def _candidates(self) -> list[str]:
        texts = [str(row["other"]) for row in self._set.rows()]
        self._note(repeated(texts), "candidates have the text of another")
        return list(dict.fromkeys(texts))

    def _from_rows(self) -> Iterator[Query]:
        queries: dict[str, dict[str, int]] = {}
        clashes = 0
        for number, row in enumerate(self._set.rows(), 1):
            grade = int(self._number(number, "grade", row["gold"]))
            grades, text = queries.setdefault(str(row["query"]), {}), str(row["other"])
            clashes += grades.get(text, grade) != grade
            grades[text] = max(grade, grades.get(text, grade))
        self._note(clashes, "candidates are judged twice for a query, and differently; the higher grade counts")
        for number, (query, grades) in enumerate(queries.items(), 1):
            yield Query(str(number), query, grades)

    def _from_folder(self) -> Iterator[Query]:
        task = read_task(self._set.folder)
        self._notes += [f"{self.name}: {each}" for each in task.warnings]
        documents = {document.id: document.content for document in self._documents}
        unknown = sum(name not in documents for grades in task.judged.values() for name in grades)
        self._note(unknown, "candidates are not in the corpus and are left out")
        mark = str(self._set.options.get("like", ""))
        for name, text in task.queries.items():
            like = name.partition(mark)[0] if mark else ""
            grades = {each: grade for each, grade in task.judged[name].items() if each in documents and each != like}
            yield Query(name, documents.get(like, text), grades)
