"""Which works are in good standing: not retracted, removed, withdrawn or rejected.

a paper of the work is retracted or removed -> the whole work is
it is withdrawn or rejected under one identifier -> the work stands as long as another paper of it does
"""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.core.status import FALLEN, WHOLE_WORK
from broadsheet.store import Store


def fallen(store: Store, works: Iterable[Iterable[int]]) -> set[int]:
    """Return the places of the works, each given by the row numbers of its papers, that are not in good standing."""
    whole, other = store.papers.with_status(WHOLE_WORK), store.papers.with_status(FALLEN - WHOLE_WORK)
    if not whole and not other:
        return set()
    sets = enumerate(map(frozenset, works))
    return {place for place, numbers in sets if numbers & whole or numbers <= other}
