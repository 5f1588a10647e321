"""Neighbours: a paper among whose nearest many score well is probably wanted too, one that stands alone less so.

stored vectors of the candidates -> the 8 nearest of each among the others -> their mean score -> a fifth of each score
gives way to it

The cluster hypothesis: van Rijsbergen 1979, "Information Retrieval"; scores smoothed over near documents: Diaz 2005,
"Regularizing Ad Hoc Retrieval Scores". Neighbours outside the list are not asked: a graph over all papers, whose other
members count with their own scores, ordered no better on four judged sets, and would have to be kept in sync.
"""

from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.fusion import Floats
from broadsheet.core.vectors import Rows, Vectors, products
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, side_from

_NEAREST = 8
_WEIGHT = 0.2


class Neighbours:
    """Pulls the score of each candidate toward the mean of its nearest candidates."""

    name = "neighbours"
    budget = 0.25

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return mean scores; None when fewer than two candidates have a vector."""
        snapshot = collection.space.snapshot()
        places = np.flatnonzero(snapshot.rows(candidates.numbers) >= 0)
        vectors = snapshot.of(candidates.numbers)
        sound = np.isfinite(vectors).all(axis=1)
        places, vectors = places[sound], vectors[sound]
        if len(places) < 2:
            return None
        deadline.check()
        near = nearest(vectors, _NEAREST)
        means: Floats = np.full(len(candidates.numbers), np.nan)
        means[places] = candidates.scores[places][near].mean(axis=1)
        return side_from(means, _WEIGHT * (means - candidates.scores))


def nearest(vectors: Vectors, most: int) -> Rows:
    """Return which rows (n, at most ``most``) are nearest to each of the unit rows (n, dim) among the others, in no
    order."""
    near, count = products(vectors, vectors), min(most, len(vectors) - 1)
    np.fill_diagonal(near, -np.inf)
    return np.argpartition(-near, count - 1, axis=1)[:, :count]
