"""Where a ranked list ends: after the places that hold all that could matter. What follows is there for those who ask.

the cutoff of the whole list; where none is known, the first place with a weak probability, since they never rise
nothing here is about the query -> the list ends before it begins, and its nearest papers are shown as what they are
"""

from __future__ import annotations

from dataclasses import replace

from broadsheet.core.relevance import EDGES
from broadsheet.core.types import Result, Results

NEAREST = 5
"""Papers that are shown where nothing is about the query."""
_ANSWERED = 0.5  # the probability that anything is about a query, from which the list is its answer


def answered(results: Results) -> bool:
    """Return whether anything in a list is likely to be about its query: also if nothing tells, or the query names a
    paper or an author."""
    first = results.items[0] if results.items and results.offset == 0 else None
    if first is not None and (first.pinned or not _above(first, results)):
        return bool(first.pinned)
    return results.answerable is None or results.answerable >= _ANSWERED


def matters(result: Result, results: Results) -> bool:
    """Return whether a paper is above the end of its list; also if nothing tells where that is."""
    return bool(result.pinned) or result.relevance is None or (answered(results) and _above(result, results))


def ended(results: Results, *, nearest: int = NEAREST) -> Results:
    """Return a page of a list without what is below its end, and ``more`` only if a place above the end may follow. Of
    a list that ends before it begins, the first ``nearest`` papers stay."""
    items = tuple(each for each in results.items if matters(each, results))
    if not items:
        return replace(results, items=() if results.offset else results.items[:nearest], more=False)
    last = results.offset + len(results.items)
    more = results.more and len(items) == len(results.items) and (results.cutoff is None or last < results.cutoff)
    return replace(results, items=items, more=more)


def _above(result: Result, results: Results) -> bool:
    if result.relevance is None:
        return True
    return result.relevance >= EDGES[0] if results.cutoff is None else result.rank <= results.cutoff
