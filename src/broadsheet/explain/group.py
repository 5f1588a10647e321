"""What a list of papers is about, by concepts, and which of its papers do not belong to it.

vectors of the papers -> their mean, by concepts -> how near each is to the others -> those far below the rest,
each with the concepts that it has more of, and less of, than the list
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.outliers import FAR, distances, nearness
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.explain.concepts import Weight, concepts_of
from broadsheet.explain.match import Notes

MOST = 500
"""Papers of a list that are looked at."""
LEAST = 5
"""Papers that a list must have for some not to belong."""
_CONCEPTS = 4  # of an outlier, each way


@dataclass(frozen=True, slots=True)
class Outlier:
    """A paper that does not belong to its list: its ``nearness``, the cosine with the mean of the others, how
    far that is below the list's median (``distance``, in usual distances), and the concepts it says more, and less, of.
    """

    document: Document
    nearness: float
    distance: float
    more: tuple[Weight, ...]
    less: tuple[Weight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a list is about: its ``concepts``, its usual ``nearness`` (the median), and its ``outliers``, the farthest
    first; ``papers`` is how many have a vector."""

    papers: int
    concepts: tuple[Weight, ...]
    nearness: float
    outliers: tuple[Outlier, ...]
    notes: tuple[str, ...]


def group(collection: Collection, documents: Sequence[Document]) -> Group:
    """Explain a list of papers, of which at most 500 are looked at. UsageError without papers; CollectionError when
    there are no vectors."""
    if not documents:
        raise UsageError("The list is empty: name the papers in it.")
    notes, snapshot = Notes(), collection.space.snapshot()
    numbers = collection.store.papers.numbers([each.id for each in documents[:MOST]])
    known = {number: each for each in documents[:MOST] if (number := numbers.get(each.id)) is not None}
    rows = np.array(list(known), dtype=np.int64)
    rows = rows[snapshot.rows(rows) >= 0]
    vectors = snapshot.of(rows)
    real = np.isfinite(vectors).all(axis=1)
    rows, vectors = rows[real], vectors[real]
    if len(documents) > MOST:
        notes.add(f"Only the first {MOST} of {len(documents):,} papers are looked at.")
    if len(rows) < len(known):
        notes.add(f"{len(known) - len(rows)} of {len(known)} papers have no vector yet: run sync.")
    if 0 < len(rows) < LEAST:
        have = "has a vector" if len(rows) == 1 else "have vectors"
        notes.add(f"Outliers are told from {LEAST} papers on; of these, {len(rows)} {have}.")
    concepts = notes.unless(lambda: concepts_of(collection)) if len(rows) else None
    mean = unit(vectors.mean(axis=0, keepdims=True))[0] if len(rows) else None
    near = nearness(vectors)
    far = distances(near) if len(rows) >= LEAST else np.zeros(len(rows))
    outliers = []
    for row in np.argsort(-far, kind="stable"):
        if far[row] >= FAR and mean is not None:
            more = () if concepts is None else concepts.more(vectors[row], mean, _CONCEPTS)
            less = () if concepts is None else concepts.more(mean, vectors[row], _CONCEPTS)
            outliers.append(Outlier(known[int(rows[row])], float(near[row]), float(far[row]), more, less))
    about = () if concepts is None or mean is None else concepts.of(mean)
    middle = float(np.median(near)) if len(rows) else 0.0
    return Group(papers=len(rows), concepts=about, nearness=middle, outliers=tuple(outliers), notes=tuple(notes))
