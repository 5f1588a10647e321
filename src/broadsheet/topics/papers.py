"""The papers of a topic or field, in an order that has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError, nearest
from broadsheet.store.topics import Member

SORTS: Mapping[str, Callable[[Member], float]] = {
    "nearest": lambda member: member.nearness,
    "newest": lambda member: member.day or member.first or 0,
    "votes": lambda member: member.votes,
}
"""What each order ranks by, the highest first; equal ones newest first."""


def papers_in(collection: Collection, topic: int, *, sort: str = "nearest") -> list[int]:
    """Return the row numbers of the papers of a living topic or field, without those that an editor has hidden.

    UsageError for an unknown ``sort``.
    """
    if sort not in SORTS:
        raise UsageError(f"papers of a topic cannot be sorted by {sort[:50]!r}. {nearest(sort, SORTS)}")
    return ordered(collection.store.topics.shown(topic), sort)


def ordered(members: Iterable[Member], sort: str) -> list[int]:
    """Return the row numbers of members of a topic in one of ``SORTS``."""
    ranked = sorted(
        members, key=lambda each: (SORTS[sort](each), each.day or each.first or 0, each.number), reverse=True
    )
    return [each.number for each in ranked]
