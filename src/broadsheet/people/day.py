"""A reader and a day, a week or a month: which of its works are unread, and marking all of them as read at once."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.core.periods import Period
from broadsheet.daily.copies import Group
from broadsheet.daily.day import Matching, works_on
from broadsheet.store import Store
from broadsheet.store.reactions import Mark

_MARK: Mark = "read_papers"


@dataclass(frozen=True, slots=True)
class Readings:
    """How many ``works`` one act marked as read, and the moment ``at`` by which it can be undone."""

    works: int
    at: datetime


def mark_read(collection: Collection, person: int, period: Period, *, now: datetime) -> Readings:
    """Mark all works of a period as read, with all their copies, in one transaction; those that were read stay so."""
    store, works = collection.store, works_on(collection, period)
    unread = unread_of(store, person, works)
    store.reactions.mark(_MARK, person, [number for work in unread for number in work], now=now)
    return Readings(len(unread), now)


def undo_read(collection: Collection, person: int, period: Period, *, at: datetime) -> int:
    """Undo what ``mark_read`` did to a period at a moment; return how many works are unread again."""
    store, works = collection.store, works_on(collection, period)
    before = len(unread_of(store, person, works))
    store.reactions.unmark(_MARK, person, [number for work in works for number in work], at=at)
    return len(unread_of(store, person, works)) - before


def unread_of(store: Store, person: int, works: Sequence[Group]) -> list[Group]:
    """Return the works, each the row numbers of its papers, of which a person has read no copy."""
    read = _read(store, person, [number for work in works for number in work])
    return [work for work in works if read.isdisjoint(work)]


def unread_on(collection: Collection, person: int, period: Period) -> int:
    """Count the works of a period that a person has not read."""
    return len(unread_of(collection.store, person, works_on(collection, period)))


def is_read(person: int) -> Matching:
    """Make the test that a person has read a paper; ``Wanted.without`` takes it."""

    def read(collection: Collection, numbers: Sequence[int]) -> AbstractSet[int]:
        return _read(collection.store, person, numbers)

    return read


def _read(store: Store, person: int, numbers: Sequence[int]) -> frozenset[int]:
    return frozenset(store.reactions.marked(_MARK, person, numbers))
