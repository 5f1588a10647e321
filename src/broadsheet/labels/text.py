"""Texts under labels: a memory's file, its vectors, and what it says of texts.

the file's examples, and what describes its labels -> vectors -> ``core.memory`` -> a label or unsure, and why
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.memory import Memory, Vote, vote
from broadsheet.core.protocols import Encoder
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.labels.file import Contents, Example
from broadsheet.names import manifest_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """An example that decided, and its cosine with the text that was asked."""

    example: Example
    cosine: float


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a text belongs. ``label`` is None when the memory is unsure; ``nearest`` are the labels with the highest
    scores; ``because`` are the nearest examples of the first, ``description`` what describes it."""

    label: str | None
    confidence: float
    nearest: tuple[tuple[str, float], ...]
    because: tuple[Evidence, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Voted:
    """The labels of a text that may have several, with their shares of the votes, and the examples that voted: the
    text, the labels and the cosine of each, nearest first."""

    labels: tuple[tuple[str, float], ...]
    voters: tuple[tuple[str, tuple[str, ...], float], ...]


_NOWHERE = Filed(None, 0.0, (), (), "")


class LabelMemory:
    """The memory of a file's contents under an encoder. UsageError without labels, and for a label of which nothing is
    known but a name without words."""

    def __init__(self, contents: Contents, encoder: Encoder) -> None:
        self._contents, self._encoder = contents, encoder
        places = {label: place for place, label in enumerate(contents.labels)}
        of = np.array([places[each.label] for each in contents.examples], dtype=np.int64)
        self._meanings = [contents.meaning(label) for label in contents.labels]
        _check(contents, of, self._meanings)
        told = [place for place, words in enumerate(self._meanings) if words]
        texts = [*(each.text for each in contents.examples), *(self._meanings[place] for place in told)]
        vectors = encoder.encode(texts, role="document")
        descriptions = np.zeros((len(places), vectors.shape[1]), dtype=np.float32)
        descriptions[told] = vectors[len(of) :]
        self._of, self._vectors = of, np.asarray(vectors[: len(of)])
        self._memory = Memory(self._vectors, of, descriptions)

    def file(self, texts: Sequence[str]) -> Iterator[Filed]:
        """Yield where each text belongs; an empty one belongs nowhere."""
        some = [text for text in texts if text.strip()]
        filed = self.file_vectors(self._encoder.encode(some, role="document")) if some else iter(())
        yield from (next(filed) if text.strip() else _NOWHERE for text in texts)

    def vote(self, texts: Sequence[str]) -> Iterator[Voted]:
        """Yield the labels that the nearest examples give each text, several where their votes do; an empty text has
        no labels. UsageError where there are no examples."""
        own: dict[str, list[int]] = {}
        for row, each in enumerate(self._contents.examples):
            own.setdefault(each.text, []).append(row)
        labels = np.zeros((len(own), len(self._contents.labels)), dtype=np.bool_)
        for place, rows in enumerate(own.values()):
            labels[place, self._of[rows]] = True
        first = [rows[0] for rows in own.values()]
        some = [text for text in texts if text.strip()]
        found = vote(self._encoder.encode(some, role="document"), self._vectors[first], labels) if some else iter(())
        yield from (self._voted(next(found), list(own), labels) if text.strip() else Voted((), ()) for text in texts)

    def _voted(self, found: Vote, texts: Sequence[str], labels: NDArray[np.bool_]) -> Voted:
        names = self._contents.labels
        return Voted(
            tuple((names[place], share) for place, share in found.labels),
            tuple(
                (texts[each.row], tuple(names[place] for place in np.flatnonzero(labels[each.row])), each.cosine)
                for each in found.voters
            ),
        )

    def file_papers(self, collection: Collection, papers: Sequence[Document]) -> list[Filed | None]:
        """Return where papers belong, by their stored vectors; None for a paper without one. ModelError when the
        Collection's vectors are another encoder's, CollectionError when it has none."""
        collection.space.check(manifest_of(self._encoder, collection.encoder_name))
        snapshot = collection.space.snapshot()
        numbers = collection.store.papers.numbers([paper.id for paper in papers])
        rows = snapshot.rows(np.array([numbers.get(paper.id, 0) for paper in papers], dtype=np.int64))
        known = rows >= 0
        filed = self.file_vectors(np.asarray(snapshot.vectors[rows[known]]))
        return [next(filed) if each else None for each in known.tolist()]

    def file_vectors(self, vectors: Vectors) -> Iterator[Filed]:
        """Yield where the texts of these unit vectors (m, dim) belong."""
        labels, examples = self._contents.labels, self._contents.examples
        for filing in self._memory.file(vectors):
            yield Filed(
                labels[filing.label] if filing.sure else None,
                filing.confidence,
                tuple((labels[place], score) for place, score in filing.labels),
                tuple(Evidence(examples[row], cosine) for row, cosine in filing.because),
                self._meanings[filing.label],
            )


def _check(contents: Contents, of: Rows, meanings: Sequence[str]) -> None:
    if not contents.labels:
        raise UsageError("The memory is empty: add an example (--add LABEL TEXT) or a description (--describe).")
    with_examples = set(of.tolist())
    for place, (label, words) in enumerate(zip(contents.labels, meanings, strict=True)):
        if not words and place not in with_examples:
            raise UsageError(f"Nothing says what the label {label!r} means: add an example or a description.")
