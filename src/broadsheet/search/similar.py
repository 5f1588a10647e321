"""Similar: the papers nearest to one paper, or to several taken together, by their stored vectors; in an aspect, to
one. No model is loaded.

vectors of the given papers -> their mean, length 1 -> the nearest among the allowed, without the given ones
"""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Filters, Results
from broadsheet.search.arrange import Arrange
from broadsheet.search.aspects.similar import similar_in
from broadsheet.search.recommend import recommend


def similar(
    collection: Collection,
    ids: str | Sequence[str],
    *,
    aspect: str = "",
    k: int = 10,
    filters: Filters | None = None,
    offset: int = 0,
    arrange: Arrange | None = None,
) -> Results:
    """Find at most ``k`` papers nearest to the paper (or the mean of the papers) named by id or alias, best first; with
    an ``aspect`` (task, method, data or result), those that are like one paper in it.

    NotFoundError for an unknown id; CollectionError when there is no Space. A paper that was not synced yet has no
    vector: it is skipped, and ``note`` says so. UsageError for negative numbers, without an id, for an unknown aspect,
    and for an aspect of several papers. ``arrange`` is that of ``recommend``.
    """
    names = [ids] if isinstance(ids, str) else list(ids)
    if not names:
        raise UsageError("similar needs the id of at least one paper")
    if aspect and len(names) > 1:
        raise UsageError(f"papers can be like one paper in an aspect; got {len(names)} ids: give one of them")
    if aspect:
        return similar_in(collection, names[0], aspect, k=k, filters=filters, offset=offset, arrange=arrange)
    return recommend(collection, names, k=k, filters=filters, offset=offset, arrange=arrange)
