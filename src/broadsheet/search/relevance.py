"""How relevant the papers of a ranked list are, where the list may end, and whether anything here is about the query.

the Collection's own calibration, if it was fitted for these vectors; else the shipped one for these weights; else the
one for vectors of any kind
the query's vector -> its best cosines and those with papers at random -> its Shape
each place -> cosine and words -> a probability, never rising down the list; what was named by the query is certain
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.metrics import Floats
from broadsheet.core.relevance import NEAR, Calibration, Shape, calibration, falling, shape, worth
from broadsheet.core.vectors import Rows, Vectors, products
from broadsheet.search.depth import DEPTH
from broadsheet.search.ranking import Ranking
from broadsheet.search.sides import FUSED, Lists
from broadsheet.space import Snapshot

FACT = "relevance"
"""The fact of the Store that holds the Collection's own calibration."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """What is known of a ranked list: the probability (n,) of each of its first places, at which place all that could
    matter was seen (``cutoff``; None: not within these places, or not known), and the probability that anything here
    is about the query (``answerable``)."""

    places: Floats
    cutoff: int | None
    answerable: float | None

    def at(self, place: int) -> float | None:
        """Return the probability of a place, from 0; below the last one it is that of the last; None without any."""
        return float(self.places[min(place, len(self.places) - 1)]) if len(self.places) else None


NOTHING = Relevance(np.empty(0), None, None)


@cache
def _shipped() -> dict[str, Calibration]:
    """The calibrations of the package by the SHA-256 of the weights; under an empty text the one for any vectors."""
    rows = json.loads(resources.files(__package__).joinpath("relevance.json").read_text("utf-8"))
    return {each.weights: each for each in map(calibration, rows)}


def own(collection: Collection) -> Calibration | None:
    """Return the calibration that was fitted for this Collection; None without one, or if it cannot be read."""
    stored = collection.store.journal.fact(FACT)
    try:
        return None if stored is None else calibration(stored)
    except BroadsheetError:
        return None


def calibration_of(collection: Collection, snapshot: Snapshot) -> Calibration:
    """Return the calibration for the vectors of a Space: the Collection's own, unless another model made the vectors
    that it was fitted for; else the shipped one."""

    def make() -> Calibration:
        fitted = own(collection)
        if fitted is not None and fitted.space == snapshot.manifest.key:
            return fitted
        shipped = _shipped()
        return shipped.get(snapshot.manifest.weights, shipped[""])

    return snapshot.memory(("relevance", str(collection.store.journal.fact(FACT))), make)


def shape_of(snapshot: Snapshot, vector: Vectors, best: NDArray[np.floating], scale: tuple[float, float]) -> Shape:
    """Return the Shape of a text from its unit vector (dim,) and its best cosines, best first."""
    return shape(best, snapshot.sample @ vector, scale)


def shapes(collection: Collection, vectors: Vectors) -> list[Shape]:
    """Return the Shape of each text (its unit vector; (n, dim)) by its own search in the Space, for example of alerts
    against which papers are held as they arrive."""
    snapshot = collection.space.snapshot()
    scale = calibration_of(collection, snapshot).scale or snapshot.pairs
    random = products(snapshot.sample, vectors)
    return [shape(snapshot.search(vector, NEAR)[1], random[:, row], scale) for row, vector in enumerate(vectors)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells how relevant the papers of a ranked list are: the ``shape`` of the query's own scores and, for each
    place (n,), the cosine (NaN: no vector) and the score for words as a share of the best (None: words found nothing).
    The first places are ``pinned``; the next ones, up to ``head``, were sorted by more than their cosine."""

    shape: Shape
    numbers: Rows
    cosines: Floats
    words: Floats | None
    pinned: int
    head: int


def evidence(collection: Collection, order: Ranking, lists: Lists, scale: tuple[float, float]) -> Evidence | None:
    """Return what tells of a ranked list, from what both sides found; None where the meaning was not searched."""
    if lists.vector is None or not len(lists.semantic[0]):
        return None
    snapshot, head = collection.space.snapshot(), order.pins + 2 * FUSED
    numbers = np.array(order.numbers(len(order)), dtype=np.int64)
    cosines = _looked_up(numbers, *lists.semantic, missing=np.nan)
    if (gaps := np.flatnonzero(np.isnan(cosines[:head]))).size:
        cosines[gaps] = snapshot.scores(lists.vector, numbers[gaps])
    words = _looked_up(numbers, *lists.lexical, missing=0.0) if len(lists.lexical[0]) else None
    if words is not None:
        words /= max(float(lists.lexical[1][0]), 1e-9)
    own = shape_of(snapshot, lists.vector, lists.semantic[1][:NEAR], scale)
    return Evidence(own, numbers, cosines, words, order.pins, head)


def relevance_of(collection: Collection, order: Ranking, lists: Lists) -> Relevance:
    """Return what is known of a ranked list with what both sides found; nothing, where the meaning was not searched."""
    snapshot = collection.space.snapshot() if lists.vector is not None else None
    if snapshot is None:
        return NOTHING
    made = calibration_of(collection, snapshot)
    seen = evidence(collection, order, lists, made.scale or snapshot.pairs)
    return NOTHING if seen is None else judged(seen, made)


def judged(seen: Evidence, made: Calibration) -> Relevance:
    """Return what a calibration says: certain for what the query named, pooled in the head, no higher below it."""
    raw = made.probabilities(seen.shape, seen.cosines, seen.words)
    head = falling(raw[seen.pinned : seen.head])
    places = np.minimum.accumulate(np.concatenate([np.ones(seen.pinned), head, raw[seen.head :]]))
    return Relevance(places, _end(places, made), made.answerable(seen.shape))


def _end(places: Floats, made: Calibration) -> int | None:
    """How many places are worth reading; None where the calibration, or so deep a list, does not tell."""
    if made.cutoff is None:
        return None
    several = places[:DEPTH]
    end = int(np.count_nonzero(worth(several, made.power) >= made.cutoff))
    return end if end < len(several) or len(places) < DEPTH else None


def _looked_up(numbers: Rows, found: Rows, scores: Vectors, *, missing: float) -> Floats:
    """The score of each number in a found list."""
    order = np.argsort(found)
    at = np.minimum(np.searchsorted(found[order], numbers), max(0, len(found) - 1))
    known = found[order][at] == numbers if len(found) else np.zeros(len(numbers), dtype=np.bool_)
    out = np.full(len(numbers), missing, dtype=np.float64)
    out[known] = scores[order][at[known]]
    return out
