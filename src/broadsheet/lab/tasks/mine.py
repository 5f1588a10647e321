"""Retrieval on what a Collection knows of its own papers; ``lab/mine.py`` makes the questions."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path

from broadsheet.core.types import Document
from broadsheet.lab.beir import RetrievalTask
from broadsheet.lab.mine import Questions
from broadsheet.lab.sets import Set
from broadsheet.lab.tasks.retrieval import Retrieval

MINE = "mine"
"""What the names of all of them begin with."""


class Mine(Retrieval):
    """Questions of a Collection about itself, as a task. ``data`` is a hash of their texts and answers."""

    kind = MINE

    def __init__(self, questions: Questions) -> None:
        super().__init__(Set(name=questions.name, kind=self.kind, folder=Path()))
        self._questions = questions

    @cached_property
    def data(self) -> str:
        """Return a hash of all that is read."""
        facts = [sorted(self._questions.queries.items()), [each.content_key for each in self._questions.documents],
                 sorted((name, sorted(grades.items())) for name, grades in self._questions.judged.items())]  # fmt: skip
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    @cached_property
    def _task(self) -> RetrievalTask:
        return RetrievalTask(self.name, Path(), self._questions.queries, self._questions.judged)

    @cached_property
    def documents(self) -> list[Document]:
        """Return the papers that are searched."""
        return list(self._questions.documents)
