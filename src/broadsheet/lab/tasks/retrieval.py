"""Retrieval: are the documents that answer a query among the first? Thakur et al. 2021, "BEIR".

documents made ready -> the best for each query -> nDCG@10, recall at 100, reciprocal rank at 10, average precision
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import parse
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.lab.beir import RetrievalTask, files, read_task
from broadsheet.lab.intervals import query_groups
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Ranker, Row, Subject
from broadsheet.lab.tasks.judged import Judged, repeated

_DEPTH = 1_000  # ranks that count where a measure has no cutoff
_AT_ONCE = 64
_FILES = {"corpus", "queries", "answer"}


class Retrieval(Judged):
    """A folder in the layout of BEIR or MTEB; or files of other names in the options ``corpus`` and ``queries``, of
    which ``answer`` may name the field with the id of the answering document."""

    kind = "retrieval"
    figures: tuple[Figure, ...] = (Figure("nDCG@10"), Figure("R@100"), Figure("RR@10"), Figure("AP"))
    needs: Ability = "corpus"
    role: Role = "query"
    version = 2  # rows have groups

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return source(self._set).data

    def read(self) -> list[str]:
        """Return the ids of the judged queries."""
        return [name for name in self._task.queries if self._task.judged[name] and self.documents]

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the value of each measure for each query; queries that ask for the same documents are a group."""
        for name, ranking in self.rankings(subject, known=known):
            yield from self.measured(name, [document for document, _ in ranking])

    def rankings(
        self, subject: Subject, *, known: Container[str] = ()
    ) -> Iterator[tuple[str, list[tuple[str, float]]]]:
        """Yield ids and scores of documents for each query that is not ``known``, best first."""
        wanted = [name for name in self.read() if name not in known]
        if not wanted:
            return
        with subject.corpus(self.documents, role=self.role) as corpus:
            for start in range(0, len(wanted), _AT_ONCE):
                yield from self._ranked(corpus, wanted[start : start + _AT_ONCE])

    def measured(self, name: str, ranked: Sequence[str]) -> Iterator[Row]:
        """Yield the value of each measure for a query with this ranking."""
        for figure in self.figures:
            yield Row(figure.name, name, (parse(figure.name)(ranked, self.judged[name]),), self.groups.get(name, ""))

    @property
    def queries(self) -> Mapping[str, str]:
        """Return the text of each query by its id."""
        return self._task.queries

    @property
    def judged(self) -> Mapping[str, Mapping[str, int]]:
        """Return the grades of documents by query."""
        return self._task.judged

    @property
    def texts(self) -> tuple[list[str], list[str]]:
        """Return the judged queries, and the documents."""
        return [self._task.queries[name] for name in self.read()], [each.content for each in self.documents]

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Return the names of the groups of queries that ask for the same documents."""
        return query_groups(self.judged)

    def _ranked(self, corpus: Ranker, names: list[str]) -> Iterator[tuple[str, list[tuple[str, float]]]]:
        rows, scores = corpus.rank([self._task.queries[name] for name in names], _DEPTH)
        for name, each, own in zip(names, rows.tolist(), scores.tolist(), strict=True):
            found = zip(each, own, strict=True)
            yield name, [(self.documents[row].id, score) for row, score in found if row >= 0]

    @cached_property
    def _task(self) -> RetrievalTask:
        options = {key: str(value) for key, value in self._set.options.items() if key in _FILES}
        task = read_task(self._set.folder, **options)
        self._notes += [f"{self.name}: {each}" for each in task.warnings]
        return task

    @cached_property
    def documents(self) -> list[Document]:
        """Return the documents that are searched."""
        documents = list(self._task.documents())
        self._check({document.id for document in documents})
        self._note(repeated(document.id for document in documents), "documents have an id that another has")
        self._note(repeated(document.content for document in documents), "documents have the text of another")
        return documents

    def _check(self, documents: Container[str]) -> None:
        """Warn of judgements that no ranking can satisfy. SourceError when nothing can be found at all."""
        relevant = {
            name: [document for document, grade in grades.items() if grade > 0] for name, grades in self.judged.items()
        }
        unknown = sum(document not in documents for found in relevant.values() for document in found)
        if not any(document in documents for found in relevant.values() for document in found):
            raise SourceError(f"{self.name}: the corpus has none of the documents that are judged relevant.")
        self._some(list(relevant), "judged queries")
        self._note(unknown, "relevant documents are not in the corpus; no ranking finds them")
        self._note(sum(not found for found in relevant.values()), "queries have nothing relevant and count as 0")
        self._note(sum(not text.strip() for text in self._task.queries.values()), "queries are empty")


def source(data: Set) -> Set:
    """Return a set with its files, which a folder of a known layout need not name."""
    if data.files:
        return data
    names = tuple(path.relative_to(data.folder).as_posix() for path in files(data.folder))
    return replace(data, files=names)
