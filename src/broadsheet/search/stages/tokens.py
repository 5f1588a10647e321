"""Words in context: how well the tokens of a paper answer those of the query, one by one.

the query's token vectors, each as long as it is rare -> for each, the nearest token of a paper (stored in few bits)
-> their sum, for the first 100 candidates

Late interaction: Khattab and Zaharia 2020, "ColBERT"; weights by inverse document frequency: Sparck Jones 1972. The
weight of the stage was fixed before it was measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, NotFoundError
from broadsheet.core.maxsim import coded_max_sims, contributions, of_words
from broadsheet.core.protocols import TokenVectors
from broadsheet.core.vectors import Vectors, unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, side_of
from broadsheet.space import TokenSnapshot
from broadsheet.tokens import holding, whole

_FIRST = 100
_WEIGHT = 0.3


class TokenMatch(NamedTuple):
    """A token of a query and the token of a paper that answers it best: their names, where they are in the query and in
    the paper's content (characters from and to), and what the pair adds to the paper's score."""

    asked: str
    asked_at: tuple[int, int]
    answer: str
    answer_at: tuple[int, int]
    adds: float


class Tokens:
    """Adds the weighted late interaction of the first 100 candidates."""

    name = "tokens"
    budget = 0.25

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return sums of weighted products; None where the query has no words. CollectionError without token vectors
        (and as ``tokens.whole``): the stage runs only where someone chose it, who then reads why it does nothing."""
        state = whole(collection)
        if state is None:
            raise CollectionError(f"token vectors are not used, since {holding(collection).why}")
        models = collection.memory("tokens", set[str])
        _, query = _asked(collection, state, candidates.words)
        if not len(query):
            return None
        if collection.encoder_name not in models:  # the time of loading the model does not count
            models.add(collection.encoder_name)
            deadline = Deadline(self.budget)
        deadline.check()
        codes, starts = state.of(candidates.numbers[:_FIRST])
        sums = coded_max_sims(query, codes, starts, state.unpacked, between=deadline.check)
        scores = np.full(len(candidates.numbers), np.nan, np.float32)
        scores[: len(sums)] = np.where(np.diff(starts) > 0, sums, np.nan)
        return side_of(scores, _WEIGHT) if np.isfinite(scores).any() else None


def token_matches(collection: Collection, words: str, number: int) -> list[TokenMatch]:
    """Return what each token of the ``words`` that were searched adds to the stage's score of one paper, and which
    token of the paper answers it: the sum is the score. Empty without token vectors, or without words.

    NotFoundError when the paper has none; CollectionError as ``tokens.whole``.
    """
    state = whole(collection)
    document = collection.store.papers.by_numbers([number]).get(number)
    if state is None:
        return []
    if document is None or not state.has(number, document.content_key):
        raise NotFoundError(f"The paper {number} has no token vectors of its present text: run `broadsheet sync`.")
    codes, _ = state.of(np.array([number], np.int64))
    tokens = of_words(collection.encoder.token_vectors([document.content], role="document")[0])  # type: ignore[attr-defined]
    asked, query = _asked(collection, state, words)
    places, adds = contributions(query, state.unpacked(codes))
    return [
        TokenMatch(asked.tokens[each], _span(asked, each), tokens.tokens[place], _span(tokens, place), float(add))
        for each, (place, add) in enumerate(zip(places.tolist(), adds.tolist(), strict=True))
        if place >= 0
    ]


def _asked(collection: Collection, state: TokenSnapshot, words: str) -> tuple[TokenVectors, Vectors]:
    """The tokens of a query that some papers lack, and their rows (m, dim) in the axes of the codes, each as long as it
    is rare."""
    made = of_words(collection.encoder.token_vectors([words], role="query")[0])  # type: ignore[attr-defined]
    weights = state.idf(made.tokens)
    places = np.flatnonzero(weights > 0)
    told = TokenVectors(made.vectors[places], tuple(made.tokens[place] for place in places), made.spans[places])
    return told, state.turned(unit(told.vectors)) * weights[places, None]


def _span(tokens: TokenVectors, place: int) -> tuple[int, int]:
    start, end = tokens.spans[place].tolist()
    return start, end
