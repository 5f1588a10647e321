"""Recommend: papers near the ones a reader likes, and away from the ones a reader dislikes. A model is loaded only
for a text.

stored vectors of the liked papers (and of the text) -> their mean
less half the mean of the disliked -> length 1 -> the nearest papers, without the given ones
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.query import Asked
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import Filters, Results
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.search.arrange import Arrange
from broadsheet.search.depth import Find, Found, layered
from broadsheet.search.page import page
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.search.sides import query_vector, towards
from broadsheet.space import Snapshot


def recommend(
    collection: Collection,
    positive: Sequence[str] = (),
    *,
    negative: Sequence[str] = (),
    text: str = "",
    k: int = 10,
    filters: Filters | None = None,
    offset: int = 0,
    arrange: Arrange | None = None,
) -> Results:
    """Find at most ``k`` papers near the papers ``positive`` and the ``text`` and away from ``negative``, best first.

    Papers are named by id or alias. UsageError without a liked paper and without a text, NotFoundError for an unknown
    id, CollectionError when there is no Space. A paper without a vector is skipped, and ``note`` says so. ``arrange``
    is that of ``search.hybrid.search``; it may leave out copies of ``positive``, too.
    """
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    if not positive and not text.strip():
        raise UsageError("nothing to recommend by: give at least one paper that you like, or a text")
    liked, disliked = _numbers(collection, positive), _numbers(collection, negative)
    snapshot = collection.space.snapshot()
    near, far = snapshot.of(liked), snapshot.of(disliked)
    missing = _missing(len(liked) + len(disliked) - len(near) - len(far), len(liked) + len(disliked))
    note = f"{missing} {unknown_note(collection.store.topics.unknown(filters or Filters()))}".strip()
    if text.strip():
        near = np.concatenate([near, query_vector(collection, text)[None]])
    query = " ".join([*positive, *([text] if text else [])])
    if not len(near):
        return Results(query=query, mode="semantic", items=(), offset=offset, note=note)
    allowed = collection.store.papers.numbers_where(filters) if filters else None
    nearest = _others(snapshot, towards(near, far), np.concatenate([liked, disliked]), allowed)
    gone = collection.store.papers.deleted_since(snapshot.pointer.change)
    order = Ranking(Alone(*layered(nearest, offset + k + 1))).without(gone)
    order = arrange(collection, order, given=liked.tolist()) if arrange else order
    return page(collection, Asked(""), order, k=k, offset=offset, mode="semantic", query=query, note=note)


def _others(snapshot: Snapshot, vector: Vectors, given: Rows, allowed: Rows | None) -> Find:
    """A search for the papers nearest to a vector, without the ``given`` ones."""

    def nearest(most: int) -> Found:
        numbers, scores = snapshot.search(vector, most + len(given), allowed=allowed)
        others = ~np.isin(numbers, given)
        return numbers[others], scores[others]

    return nearest


def _missing(missing: int, given: int) -> str:
    return f"{missing} of {given} papers have no vector yet: run sync." if missing else ""


def _numbers(collection: Collection, ids: Sequence[str]) -> Rows:
    numbers = collection.store.papers.numbers(ids)
    numbers |= {
        each: number for each in ids if each not in numbers and (number := collection.store.papers.number(each))
    }
    missing = [each for each in ids if each not in numbers]
    if missing:
        raise NotFoundError(
            f"no paper has the id {missing[0]!r} in {collection.path}: find its id with `broadsheet search`"
        )
    return np.array(list(dict.fromkeys(numbers[each] for each in ids)), dtype=np.int64)
