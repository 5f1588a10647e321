"""The authors whom a reader follows, by name."""

from __future__ import annotations

from datetime import datetime

from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze
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


def _name(typed: str) -> str:
    return squeeze(typed)[:_LONGEST]
