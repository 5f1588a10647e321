"""Read together: a cross-encoder reads the query with each of the first papers. Off unless a model is named.

first 30 candidates -> title and abstract of each with the query, 5 at a time -> the model's score, as far as time goes

Nogueira and Cho 2019, "Passage Re-ranking with BERT".
"""

from __future__ import annotations

from typing import cast

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.protocols import PairScorer
from broadsheet.core.vectors import Vectors
from broadsheet.search.ranking import Side
from broadsheet.search.stages.model import scorer_of
from broadsheet.search.stages.stage import Candidates, Deadline, LateError, side_of

_FIRST, _LEAST, _AT_ONCE = 30, 20, 5
_WEIGHT = 0.3


class Pair:
    """Adds the score of a cross-encoder for the first 30 candidates; for at least the first 20 where time is short."""

    name = "pair"
    budget = 1.0

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return the model's scores. UsageError without a model, BroadsheetError for scores that are not numbers,
        LateError when too few papers could be read in time."""
        scorer = cast("PairScorer", scorer_of(collection, self.name))
        deadline = deadline.renewed()
        papers = collection.store.papers.by_numbers(candidates.numbers[:_FIRST].tolist())
        places = [place for place, number in enumerate(candidates.numbers[:_FIRST].tolist()) if number in papers]
        texts = [papers[int(candidates.numbers[place])].content for place in places]
        read = _scores(scorer, candidates.words, texts, deadline)
        scores = np.full(len(candidates.numbers), np.nan, dtype=np.float32)
        scores[places[: len(read)]] = read
        return side_of(scores, _WEIGHT)


def _scores(scorer: PairScorer, query: str, texts: list[str], deadline: Deadline) -> Vectors:
    """The scores (n,) of as many texts as could be read."""
    parts: list[Vectors] = []
    for start in range(0, len(texts), _AT_ONCE):
        try:
            deadline.check()
        except LateError:
            if start < _LEAST:
                raise
            break
        own = texts[start : start + _AT_ONCE]
        made = np.asarray(scorer.score(query, own), dtype=np.float32)
        if made.shape != (len(own),) or not np.isfinite(made).all():
            raise BroadsheetError(f"its model returned shape {made.shape} or scores that are not finite")
        parts.append(made)
    return np.concatenate([np.empty(0, np.float32), *parts])
