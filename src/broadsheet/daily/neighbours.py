"""The neighbours of a paper on the day on which it is listed: the work before it and the one behind, by votes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.periods import Period
from broadsheet.core.types import Document
from broadsheet.daily.day import Wanted, feed


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A work is number ``rank``, from 1, of ``total`` on its day; ``before`` and ``after`` are the papers next to it,
    None at an end of the list."""

    day: Period
    rank: int
    total: int
    before: Document | None
    after: Document | None


def neighbours(
    collection: Collection, work: Sequence[Document], *, now: datetime, zone: tzinfo | None = None
) -> Neighbours | None:
    """Return the neighbours of a work (a paper and its copies) in the usual order of its first day, the editor's picks
    first; None for one that is on no day, or hidden."""
    days = [paper.day for paper in work if paper.day]
    if not days:
        return None
    day = periods.period("day", min(days))
    papers = feed(collection, day, now=now, zone=zone, wanted=Wanted(k=1)).papers
    own = set(collection.store.papers.numbers([paper.id for paper in work]).values())
    place = next((place for place, number in enumerate(papers) if number in own), None)
    if place is None:
        return None
    around = {step: papers[place + step] for step in (-1, 1) if 0 <= place + step < len(papers)}
    read = collection.store.papers.by_numbers(list(around.values()))
    before, after = (read.get(around[step]) if step in around else None for step in (-1, 1))
    return Neighbours(day, place + 1, len(papers), before, after)
