"""Similar: the papers nearest to one paper, or to several taken together, by their stored vectors. No model is loaded.

vectors of the given papers -> their mean, length 1 -> the nearest among the allowed, less the given ones
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from broadsheet.collection import Collection
from broadsheet.errors import NotFoundError, UsageError
from broadsheet.query import Asked
from broadsheet.search.depth import Found, layered
from broadsheet.search.page import page
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.types import Filters, Results
from broadsheet.vectors import Rows, unit


def similar(
    collection: Collection, ids: str | Sequence[str], *, k: int = 10, filters: Filters | None = None, offset: int = 0
) -> Results:
    """At most ``k`` papers nearest to the paper (or the mean of the papers) named by id or alias, best first.

    NotFoundError for an unknown id; CollectionError when there is no Space. A paper that was not synced yet has no
    vector: it is passed over, and ``note`` says so.
    """
    if k < 0 or offset < 0:
        raise UsageError(f"k and offset count from 0; got k={k}, offset={offset}")
    wanted = [ids] if isinstance(ids, str) else list(ids)
    given = _numbers(collection, wanted)
    snapshot = collection.space.snapshot()
    vectors = snapshot.of(given)
    notes = (
        ""
        if len(vectors) == len(given)
        else f"{len(given) - len(vectors)} of {len(given)} papers have no vector yet: run sync."
    )
    if not len(vectors):
        return Results(query=" ".join(wanted), mode="semantic", items=(), offset=offset, note=notes)
    allowed = collection.store.numbers_where(filters) if filters else None
    mean = unit(vectors.mean(axis=0, keepdims=True))[0]

    def nearest(most: int) -> Found:
        numbers, scores = snapshot.search(mean, most + len(given), allowed=allowed)
        others = ~np.isin(numbers, given)
        return numbers[others], scores[others]

    gone = collection.store.deleted_since(snapshot.pointer.change)
    order = Ranking(Alone(*layered(nearest, offset + k + 1))).without(gone)
    return page(collection, Asked(""), order, k=k, offset=offset, mode="semantic", query=" ".join(wanted), note=notes)


def _numbers(collection: Collection, ids: Sequence[str]) -> Rows:
    found = collection.store.numbers(ids)
    found |= {each: number for each in ids if each not in found and (number := collection.store.number(each))}
    missing = [each for each in ids if each not in found]
    if missing:
        raise NotFoundError(
            f"no paper with the id {missing[0]!r} in {collection.path}: find its id with `broadsheet search`"
        )
    return np.array(list(dict.fromkeys(found[each] for each in ids)), dtype=np.int64)
