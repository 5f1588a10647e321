"""The relevant papers of a list by date or by votes, in place of best first: what is not relevant stays below them.

where does the list end?  the probability and the cutoff tell -> the places above it, at most 1,000
                          nothing tells (words alone, sets, like:) -> the first 200
these places by date or votes, papers that the query names before the others -> each keeps its own probability
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.relevance import EDGES
from broadsheet.core.types import Sort
from broadsheet.search.depth import DEPTH
from broadsheet.search.ranking import Ranking
from broadsheet.search.relevance import Relevance

UNTOLD = 200
"""Places that are sorted where nothing tells which of them are relevant."""
SORTS: tuple[Sort, ...] = ("best", "newest", "votes")
_ANSWERED = 0.5  # the probability that anything is about a query, from which its list has relevant papers


def relevant(order: Ranking, relevance: Relevance) -> int | None:
    """Return how many places are above the end of a list, of the first 1,000; None where nothing tells."""
    if not len(relevance.places):
        return None
    if relevance.answerable is not None and relevance.answerable < _ANSWERED:
        return order.pins
    places = relevance.places[:DEPTH]
    above = int(np.count_nonzero(places >= EDGES[0])) if relevance.cutoff is None else relevance.cutoff
    return min(len(order), DEPTH, max(order.pins, above))


def sorted_by(collection: Collection, order: Ranking, relevance: Relevance, how: Sort) -> tuple[Ranking, Relevance]:
    """Return a list whose relevant places are by date (``newest``) or ``votes``, each with its own probability."""
    known = relevant(order, relevance)
    numbers = order.numbers(min(len(order), UNTOLD if known is None else known))
    if how == "best" or not numbers:
        return order, relevance
    store = collection.store
    first = store.tally.by_votes(numbers) if how == "votes" else store.papers.newest_first(numbers)
    made = order.settled(first)
    if known is None:
        return made, relevance
    place = {number: at for at, number in enumerate(numbers)}
    moved = [place[number] for number in made.numbers(len(numbers)) if number in place]
    places = relevance.places.copy()
    places[: len(moved)] = relevance.places[moved]
    return made, replace(relevance, places=places)
