"""Feedback by vectors: what lies near the first papers of a list is probably wanted too.

the first 3 candidates, the better one the heavier -> the mean of their stored vectors
the query's vector moved toward that mean -> cosine of each candidate -> what the meaning then adds, less what it added

Moving the vector of a query: Rocchio 1971; for dense vectors, Li et al. 2021, "Pseudo Relevance Feedback with Deep
Language Models and Dense Retrievers". Weights by score: Lavrenko and Croft 2001, "Relevance-Based Language Models".
"""

from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.fusion import Floats, z_scores
from broadsheet.core.vectors import Vectors, unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, side_from
from broadsheet.space import Snapshot

_FIRST = 3
_MOVED = 0.3  # the share of the mean in the moved vector
_SHARE = 0.5  # the share of the meaning in a fused score
_GAP = 0.5  # of score, by which a paper weighs a factor of e less than the first: chosen on SciFact's train claims


class Feedback:
    """Moves the query toward the first three papers, and lets the meaning count as if it had been asked from there."""

    name = "feedback"
    budget = 0.25

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return cosines with the moved vector; None when none of the first papers has a vector."""
        snapshot = collection.space.snapshot()
        middle = _middle(snapshot, candidates)
        if middle is None:
            return None
        deadline.check()
        moved = unit(((1 - _MOVED) * candidates.vector + _MOVED * middle)[None, :])[0]
        before, after = (snapshot.scores(each, candidates.numbers) for each in (candidates.vector, moved))
        return side_from(after, _gain(before, after))


def _middle(snapshot: Snapshot, candidates: Candidates) -> Vectors | None:
    """The unit mean (dim,) of the first papers' vectors, weighted by their scores; None without any."""
    first, scores = candidates.numbers[:_FIRST], candidates.scores[:_FIRST]
    there = snapshot.rows(first) >= 0
    vectors, weights = snapshot.of(first), np.exp((scores[there] - scores[:1]) / _GAP)
    sound = np.isfinite(vectors).all(axis=1)
    if not sound.any():
        return None
    middle: Vectors = unit((weights[sound] @ vectors[sound])[None, :])[0]
    return middle


def _gain(before: Vectors, after: Vectors) -> Floats:
    """What each candidate gains (n,) when its cosine is another; NaN where it has none."""
    there, gains = np.isfinite(before) & np.isfinite(after), np.full(len(before), np.nan)
    gains[there] = _SHARE * (z_scores(after[there]) - z_scores(before[there]))
    return gains
