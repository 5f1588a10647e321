"""Feedback by vectors: what lies near the first papers of a list is probably wanted too.

the first 3 candidates -> the mean of their stored vectors -> cosine of each candidate with it

Pseudo-relevance feedback on vectors: Li et al. 2021, "Pseudo Relevance Feedback with Deep Language Models and Dense
Retrievers", after Rocchio 1971.
"""

from __future__ import annotations

from broadsheet.collection import Collection
from broadsheet.core.vectors import unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, side_of

_FIRST = 3
_WEIGHT = 0.3


class Feedback:
    """Adds the cosine of each candidate with the mean of the first three."""

    name = "feedback"
    budget = 0.05

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return cosines; None when none of the first papers has a vector."""
        snapshot = collection.space.snapshot()
        first = snapshot.of(candidates.numbers[:_FIRST])
        if not len(first):
            return None
        deadline.check()
        return side_of(snapshot.scores(unit(first.mean(axis=0, keepdims=True))[0], candidates.numbers), _WEIGHT)
