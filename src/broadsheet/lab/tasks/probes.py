"""Sentence-content probes: does the vector of a paragraph know which sentences it has? Vu and Iyyer 2019, "Encouraging
Paragraph Embeddings to Remember Sentence Identity Improves Classification"; Adi et al. 2017, "Fine-grained Analysis of
Sentence Embeddings Using Auxiliary Prediction Tasks".

paragraphs -> a sentence of each, and one of another paragraph that shares as many words with it; two paragraphs take
    each other's, so that no sentence is strange more often than it is own
cosine: is the paragraph's own sentence nearer?
linear: a classifier of the products and the differences of both vectors, made on one half of the paragraphs
-> is its value higher for the own sentence of each paragraph of the other half?
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats
from broadsheet.core.text import sentences
from broadsheet.core.vectors import Vectors
from broadsheet.lab.negatives import partners
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged, won

_FEWEST, _SHORTEST = 3, 20  # sentences of a paragraph, characters of a sentence
_STRENGTH = 1.0  # of the ridge, for each paragraph that it learns from
_COSINE, _LINEAR = Figure("cosine accuracy", "accuracy"), Figure("linear accuracy", "accuracy")


class Question(NamedTuple):
    """A paragraph, a sentence of its own, and a strange one."""

    item: str
    paragraph: str
    own: str
    strange: str


class Probes(Judged):
    """Columns: ``item`` (an id) and ``text``, a paragraph; or ``sections``, a list of texts or of objects with a
    ``text``, joined. The option ``most`` takes that many paragraphs, chosen by a hash of them."""

    kind = "probes"
    figures: tuple[Figure, ...] = (_COSINE, _LINEAR)
    needs: Ability = "features"

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._most = int(data.options.get("most", 10_000))

    def read(self) -> list[Question]:
        """Return the paragraphs with their sentences."""
        return self._questions

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield right or not: by the cosine for every paragraph, by the linear probe for those of the second half."""
        questions = self._questions
        paragraphs, own, strange = (
            subject.features([question[field] for question in questions]) for field in (1, 2, 3)
        )
        near, far = (np.vecdot(paragraphs, each).astype(np.float64) for each in (own, strange))
        right, wrong = _together(paragraphs, own), _together(paragraphs, strange)
        second = np.array([_half(question.paragraph) for question in questions], bool)
        if second.all() or not second.any():
            raise SourceError(f"{self.name} has {len(questions)} paragraphs, too few for two halves.")
        gaps = (right - wrong) @ ridge((right - wrong)[~second])
        for place, question in enumerate(questions):
            if question.item not in known:
                yield Row(_COSINE.name, question.item, (won(near[place] - far[place]),))
                if second[place]:
                    yield Row(_LINEAR.name, question.item, (won(gaps[place]),))

    @cached_property
    def _questions(self) -> list[Question]:
        self._notes.append(
            f"{self.name}: the items are made: a paragraph's sentence, and one with as many of its words."
        )
        texts = sorted({_text(row) for row in self._set.rows()}, key=_id)[: self._most]
        split = {text: [each for each in sentences(text) if len(each) >= _SHORTEST] for text in texts}
        split = {text: each for text, each in split.items() if len(each) >= _FEWEST}
        own = {text: each[int(_id(text)[:8], 16) % len(each)] for text, each in split.items()}
        if len(set(own.values())) < _FEWEST:
            raise SourceError(f"{self.name} has {len(own)} paragraphs of {_FEWEST} sentences; a probe needs more.")
        return [question for half in (0, 1) for question in _paired({t: o for t, o in own.items() if _half(t) == half})]


def _paired(own: Mapping[str, str]) -> Iterator[Question]:
    """Ask about each paragraph's own sentence and its partner's; both say nothing without the paragraph."""
    texts = list(own)
    for row, other in enumerate(partners(texts, list(own.values()))):
        pair = texts[row], texts[other]
        if other >= 0 and own[pair[1]] not in pair[0] and own[pair[0]] not in pair[1]:
            yield Question(_id(pair[0]), pair[0], own[pair[0]], own[pair[1]])


def ridge(gaps: Floats) -> Floats:
    """Return the weights (dim,) that bring each row of ``gaps`` (n, dim), right less wrong, nearest to 1: a linear
    classifier of pairs without an offset (Hoerl and Kennard 1970)."""
    gram = gaps @ gaps.T  # n may be below dim
    strength = _STRENGTH * np.trace(gram) / len(gaps)
    return np.asarray(gaps.T @ np.linalg.solve(gram + strength * np.eye(len(gaps)), np.ones(len(gaps))))


def _together(paragraphs: Vectors, parts: Vectors) -> Floats:
    """What the probe sees of a paragraph and a sentence: products and differences of their numbers, (n, 2 dim)."""
    return np.hstack([paragraphs * parts, np.abs(paragraphs - parts)]).astype(np.float64)


def _text(row: dict[str, Any]) -> str:
    if "text" in row:
        return " ".join(str(row["text"]).split())
    parts = (each["text"] if isinstance(each, dict) else str(each) for each in row["sections"])
    return " ".join(" ".join(parts).split())


def _half(text: str) -> int:
    return int(_id(text)[-1], 16) % 2


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
