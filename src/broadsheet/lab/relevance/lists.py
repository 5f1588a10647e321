"""Judged lists: what a search sees of each query of a judged set, and which papers of its list are relevant.

a retrieval task -> its documents in a Collection of their own, and sync -> each query searched as readers search
the list, its cosines, words and Shape next to the judgements -> a JudgedList
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection, open_collection
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Encoder
from broadsheet.core.relevance import Calibration, Scale
from broadsheet.lab.setting import fill
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.search.question import read
from broadsheet.search.relevance import Evidence, Relevance, evidence, judged
from broadsheet.search.sides import find, fused, ordered
from broadsheet.search.stages import chosen, staged

DEEP = 1_000  # places of a list that are looked at


@dataclass(frozen=True, slots=True)
class JudgedList:
    """A query's list: what is ``seen`` of each place, which places are ``relevant`` (n,), how many relevant papers are
    ``missing`` from it, and mean and spread of the cosines of ``pairs`` of papers, the scale of any encoder."""

    query: str
    seen: Evidence
    relevant: NDArray[np.bool_]
    missing: int
    pairs: Scale

    def under(self, made: Calibration) -> Relevance:
        """Return what a calibration says of it."""
        return judged(self.scaled(made.scale), made)

    def scaled(self, scale: Scale | None) -> Evidence:
        """Return what is seen in the units of a scale, None for that of the pairs."""
        return replace(self.seen, shape=replace(self.seen.shape, scale=scale or self.pairs))


@contextmanager
def filled(task: Retrieval, encoder: Encoder, *, now: datetime) -> Iterator[Collection]:
    """Put the documents of a task into a temporary Collection, and close it in the end."""
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-lab-") as folder,
        open_collection(Path(folder), encoder=encoder) as collection,
    ):
        fill(collection, task.documents, now=now)
        yield collection


def lists_of(task: Retrieval, collection: Collection) -> list[JudgedList]:
    """Search each judged query of a task that has something relevant in a Collection that was filled with it."""
    numbers = collection.store.papers.numbers([each.id for each in task.documents])
    wanted = {
        name: [numbers.get(each, 0) for each, grade in task.judged[name].items() if grade > 0] for name in task.read()
    }
    return list(searched(collection, {name: task.queries[name] for name, own in wanted.items() if own}, wanted))


def searched(
    collection: Collection, queries: Mapping[str, str], relevant: Mapping[str, Sequence[int]]
) -> Iterator[JudgedList]:
    """Yield the list of each query, with the row numbers that are ``relevant`` to it marked; queries of which nothing
    can be searched are left out."""
    pairs = collection.space.snapshot().pairs
    for name, text in queries.items():
        question = read(collection, text, typed=False)
        if not question.asked.words:
            continue
        lists = find(collection, question, "hybrid", DEEP)
        head = fused(collection, lists, "hybrid")
        if head is not None and lists.vector is not None:
            head, _ = staged(collection, question.asked.words, lists.vector, head, chosen(collection))
        seen = evidence(collection, ordered(lists, head), lists, pairs)
        if seen is None:
            continue
        seen = _first(seen)
        marks = np.isin(seen.numbers, np.array(relevant.get(name, ()), dtype=np.int64))
        yield JudgedList(name, seen, marks, len(relevant.get(name, ())) - int(marks.sum()), pairs)


def _first(seen: Evidence) -> Evidence:
    words = None if seen.words is None else seen.words[:DEEP]
    return replace(seen, numbers=seen.numbers[:DEEP], cosines=seen.cosines[:DEEP], words=words)


def flat(lists: Sequence[JudgedList], made: Calibration, first: int) -> tuple[Floats, Floats]:
    """Return the probabilities of the first places of all lists, one after the other, and 1 or 0 for what is relevant;
    what was not judged counts as not relevant."""
    chances = [each.under(made).places[:first] for each in lists]
    return np.concatenate(chances), np.concatenate([each.relevant[:first] for each in lists]).astype(np.float64)
