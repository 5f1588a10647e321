"""Papers for a reader of whom nothing is known yet: a few of each subject, so that marking some says what they like.

papers -> their topics, the largest first, of each the papers nearest to its centre -> one of each topic in turn
without topics: the paper that is least like the ones before it, again and again (``core/diversity``)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, zip_longest

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.diversity import HEAD, spread


def varied(collection: Collection, numbers: Sequence[int]) -> list[int]:
    """Return papers by row number in an order whose beginning is varied; papers without a topic come last.

    Without topics the first ``HEAD`` are put in order by their vectors, and without vectors all keep their order.
    """
    topics: dict[int, list[int]] = {}
    for home in collection.store.topics.homes_of(numbers):
        topics.setdefault(home.topic, []).append(home.number)
    if not topics:
        return _spread(collection, numbers)
    largest = sorted(topics.values(), key=len, reverse=True)
    placed = [each for each in chain.from_iterable(zip_longest(*largest)) if each is not None]
    return [*placed, *(each for each in numbers if each not in set(placed))]


def _spread(collection: Collection, numbers: Sequence[int]) -> list[int]:
    """Return papers by row number in an order that the vectors of the first ones make varied."""
    if not collection.space.ready or not numbers:
        return list(numbers)
    head, rest = list(numbers[:HEAD]), list(numbers[HEAD:])
    snapshot = collection.space.snapshot()
    rows = snapshot.rows(np.array(head, dtype=np.int64))
    vectors = np.full((len(head), snapshot.manifest.dim), np.nan, dtype=np.float32)
    vectors[rows >= 0] = snapshot.vectors[rows[rows >= 0]]
    return [*(head[place] for place in spread(np.zeros(len(head)), vectors, 1.0)), *rest]
