"""The place of a paper in its topic: how many were listed in it before, since when, and how its weeks went.

the papers of the topic -> those of the 30 days to the paper's day, in the order of their days -> its place, the first
the same papers -> how many in each of the 12 weeks to the paper's
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from broadsheet.collection import Collection
from broadsheet.store.topics import Member

WEEKS, DAYS = 12, 30


@dataclass(frozen=True, slots=True)
class Place:
    """A paper is number ``rank`` of its topic in the 30 days to its own; ``first`` is the row number of the first of
    these. ``weeks`` are Mondays and the papers of their weeks, the oldest first, the paper's week last."""

    rank: int
    first: int
    weeks: tuple[tuple[date, int], ...]


def place(collection: Collection, number: int, topic: int) -> Place | None:
    """Return the place of a paper, by row number, in a living topic; None for one that is not in it, is hidden, or has
    no exact day."""
    return placed(collection.store.topics.shown(topic), number)


def placed(members: Sequence[Member], number: int) -> Place | None:
    """Return the place of one of these members of a topic, as ``place`` does. Papers of one day count in the order in
    which they came."""
    day = next((each.day for each in members if each.number == number), None)
    if day is None:
        return None
    dated = [(each.day, each.number) for each in members if each.day is not None]
    recent = sorted(each for each in dated if day - DAYS < each[0] <= day)
    last = date.fromordinal(day)
    first = last - timedelta(days=last.weekday(), weeks=WEEKS - 1)
    counts = Counter((each - first.toordinal()) // 7 for each, _ in dated)
    weeks = tuple((first + timedelta(weeks=week), counts[week]) for week in range(WEEKS))
    return Place(recent.index((day, number)) + 1, recent[0][1], weeks)
