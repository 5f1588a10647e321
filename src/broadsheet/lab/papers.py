"""What the tasks of trending and of personal ranking read: papers of a file, and a subject in an encoder's place."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet import names
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Subject


class Features:
    """A subject, asked as an encoder is."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:  # noqa: ARG002
        """Return the subject's rows of numbers for the texts."""
        return self._subject.features(texts)


def documents_of(data: Set) -> list[Document]:
    """Return the papers in the files of a set, without records that cannot be read."""
    sources = (names.source(f"jsonl:{data.folder / name}") for name in data.files)
    return [record for source in sources for record in source.fetch(None) if isinstance(record, Document)]
