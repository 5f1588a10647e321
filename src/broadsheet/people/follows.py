"""The authors whom a reader follows, by name, and all papers that a reader sees because they follow something."""

from __future__ import annotations

from datetime import datetime

from broadsheet.alerts.news import by_followed
from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze
from broadsheet.people.topics import followed
from broadsheet.store import Store

MOST = 500  # of one reader
_LONGEST = 300


def follow(store: Store, person: int, *, author: str, now: datetime) -> None:
    """Follow an author; following twice changes nothing. UsageError without a name, or for more than MOST."""
    name = _name(author)
    if not name:
        raise UsageError("no author is named: type a name")
    if len(store.follows.of(person)) >= MOST:
        raise UsageError(f"you may follow at most {MOST} authors: unfollow one first")
    store.follows.add(person, name, now=now)


def unfollow(store: Store, person: int, *, author: str) -> None:
    """Stop following an author; nothing changes for an author who was not followed."""
    store.follows.remove(person, _name(author))


def papers(store: Store, person: int) -> dict[int, str]:
    """Return the papers by authors and in topics that a person follows: row numbers, newest first, each with the reason
    in words."""
    return by_followed(store, authors=store.follows.of(person), topics=followed(store, person))


def _name(typed: str) -> str:
    return squeeze(typed)[:_LONGEST]
