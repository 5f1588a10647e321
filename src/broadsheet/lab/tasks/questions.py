"""Question-question matching: is the question nearest to a question one that means the same? Casanueva et al. 2020,
"Efficient Intent Detection with Dual Sentence Encoders" (BANKING77, whose questions of one intent want one answer).

questions of one split -> the documents;  each question of the other -> those of its own intent are right
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import parse
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.matches import Query, measured

_MEASURES = {Figure(name): parse(name) for name in ("P@1", "nDCG@10", "RR")}


class Questions:
    """Columns: ``text`` and ``label``. ``where`` names the split of the queries; the option ``corpus`` that of the
    documents."""

    kind = "questions"
    figures: tuple[Figure, ...] = tuple(_MEASURES)
    needs: Ability = "corpus"
    warnings: tuple[str, ...] = ()

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self._corpus = {"split": data.options.get("corpus", "train")}

    @property
    def data(self) -> str:
        """Return a hash of the set."""
        return self._set.data

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield the values of each question; questions of one intent are a group."""
        documents, by_label = dict[str, str](), dict[str, set[str]]()
        for number, row in enumerate(self._set.rows(**self._corpus), 1):
            documents[str(number)] = str(row["text"])
            by_label.setdefault(str(row["label"]), set()).add(str(number))
        queries = []
        for number, row in enumerate(self._set.rows(), 1):
            label = str(row["label"])
            if label not in by_label:
                raise SourceError(f"{self.name}: no document has the label {label!r} of question {number}.")
            queries.append(Query(str(number), str(row["text"]), by_label[label], label))
        yield from measured(subject, queries, documents, measures=_MEASURES, known=known)
