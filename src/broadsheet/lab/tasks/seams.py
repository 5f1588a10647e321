"""Seams of a long text: do dips of sentence-to-sentence similarity lie where texts were joined? Hearst 1997.

texts in the order of a hash -> as many as make one document, joined sentence by sentence -> the curve of the subject
-> as many seams as there are joins -> of each join, whether a seam is within one sentence of it
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from broadsheet.core.text import sentences
from broadsheet.lab.corpus.seams import curve, seams
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged, drawn, order

TOGETHER, LEAST = 10, 4  # texts of a document, sentences of a text


class Joined(NamedTuple):
    """A document: its sentences, and the gaps at which its texts were joined (gap g lies before sentence g + 1)."""

    name: str
    sentences: list[str]
    joins: list[int]


class Seams(Judged):
    """Column: ``text``, a text or a list of parts with a field ``text`` each.

    Options: ``together``, how many texts make a document (10); ``most``, how many texts count at most, drawn by a hash.
    The joins of a document are one group: they share sentences.
    """

    kind = "seams"
    figures: tuple[Figure, ...] = (Figure("found within 1"), Figure("found exactly"))
    needs: Ability = "features"

    def __init__(self, data: Set) -> None:
        super().__init__(data)

    def read(self) -> list[Joined]:
        """Return the documents."""
        return self._documents

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield 1 or 0 for each join: whether a seam is there."""
        for document in self.read():
            items = [f"{document.name}:{number}" for number in range(1, len(document.joins) + 1)]
            if all(item in known for item in items):
                continue
            found = seams(curve(subject.features(document.sentences)), len(document.joins))
            for item, join in zip(items, document.joins, strict=True):
                away = int(np.abs(found - join).min()) if len(found) else 2
                yield Row("found within 1", item, (float(away <= 1),), document.name)
                yield Row("found exactly", item, (float(away == 0),), document.name)

    @cached_property
    def _documents(self) -> list[Joined]:
        texts = list(dict.fromkeys(_text(row["text"]) for row in self._set.rows()))
        split = [some for text in texts if len(some := sentences(text)) >= LEAST]
        self._note(len(texts) - len(split), f"texts with fewer than {LEAST} sentences are left out")
        names = [" ".join(some) for some in split]
        chosen = [split[place] for place in drawn(names, int(self._set.options.get("most", len(split))))]
        chosen = [chosen[place] for place in order([" ".join(some) for some in chosen])]
        together = max(2, int(self._set.options.get("together", TOGETHER)))
        parts = [chosen[start : start + together] for start in range(0, len(chosen), together)]
        documents = [_joined(str(number), part) for number, part in enumerate(parts, 1) if len(part) > 1]
        self._some(documents, "documents")
        return documents


def _text(value: Any) -> str:
    """The text of a cell."""
    if isinstance(value, list):
        return " ".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in value)
    return str(value)


def _joined(name: str, texts: list[list[str]]) -> Joined:
    ends = np.cumsum([len(text) for text in texts])[:-1] - 1
    return Joined(name, [sentence for text in texts for sentence in text], ends.tolist())
