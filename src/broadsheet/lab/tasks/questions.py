"""Question-question matching: is the question nearest to a question one that wants the same answer? Casanueva et al.
2020, "Efficient Intent Detection with Dual Sentence Encoders" (BANKING77: questions of one intent want one answer).

questions to learn from -> the documents;  each test question -> those of its own intent are right
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.lab.beir import RetrievalTask
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Figure
from broadsheet.lab.tasks.labelled import Labelled
from broadsheet.lab.tasks.retrieval import Retrieval


class Questions(Retrieval):
    """Columns and options as in Labelled. Both sides are questions, and are encoded alike."""

    kind = "questions"
    figures: tuple[Figure, ...] = (Figure("P@1"), Figure("nDCG@10"), Figure("RR"), Figure("AP"))
    role: Role = "document"

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._labelled = Labelled(data)

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return self._labelled.data

    @cached_property
    def _task(self) -> RetrievalTask:
        right: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for number, known in enumerate(self._labelled.train):
            right[known.label][str(number)] = 1
        questions = self._labelled.read()
        self._notes += self._labelled.warnings
        return RetrievalTask(
            self.name, self._set.folder, {each.item: each.text for each in questions},
            {each.item: right[each.label] for each in questions},
        )  # fmt: skip

    @cached_property
    def documents(self) -> list[Document]:
        """Return the documents that are searched."""
        return [Document(id=str(number), title="", text=each.text) for number, each in enumerate(self._labelled.train)]
