"""Texts under labels: a memory's file, its vectors, and what it says of texts.

the file's examples, and what describes its labels -> vectors -> ``core.memory`` -> a label or unsure, and why
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.memory import Memory
from broadsheet.core.protocols import Encoder
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.labels.file import Contents, Example
from broadsheet.sync import manifest_of


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
        self._memory = Memory(np.asarray(vectors[: len(of)]), of, descriptions)

    def file(self, texts: Sequence[str]) -> Iterator[Filed]:
        """Yield where each text belongs; an empty one belongs nowhere."""
        some = [text for text in texts if text.strip()]
        filed = self.file_vectors(self._encoder.encode(some, role="document")) if some else iter(())
        yield from (next(filed) if text.strip() else _NOWHERE for text in texts)

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
