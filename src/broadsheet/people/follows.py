"""The authors whom a reader follows, by name."""

from __future__ import annotations

from datetime import datetime

from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze
from broadsheet.store import Store

MOST = 500  # of one reader
_LONGEST = 300


def follow(store: Store, person: int, *, author: str, now: datetime) -> None:
    """Follow an author; one who is followed stays so. UsageError without a name, or for more than MOST."""
    name = _name(author)
    if not name:
        raise UsageError("which author? None is named")
    if len(store.follows.of(person)) >= MOST:
        raise UsageError(f"{MOST} authors are as many as one reader may follow: follow some no more first")
    store.follows.add(person, name, now=now)


def unfollow(store: Store, person: int, *, author: str) -> None:
    """Stop following an author; one who is not followed changes nothing."""
    store.follows.remove(person, _name(author))


def _name(typed: str) -> str:
    return squeeze(typed)[:_LONGEST]
