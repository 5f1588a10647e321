"""A reader's standing queries: kept under a name, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.lists import list_name

MOST = 100  # of one reader


def own(store: Store, person: int, number: int) -> SavedQuery:
    """Find a person's standing query by its number; NotFoundError when it is not theirs. ``person`` 0 is a stranger."""
    found = next((each for each in store.alerts.of(person) if each.number == number), None)
    if found is None:
        way = "" if person else " Sign in if you have one."
        raise NotFoundError(f"No standing query of yours has the number {number}.{way}")
    return found


def keep(
    store: Store, person: int, *, name: str, text: str, without: Sequence[str] = (), least: str = "", now: datetime
) -> SavedQuery:
    """Keep a standing query under a name that no other of the person's has.

    UsageError for a query that cannot be (see Alert), without a name or with one in use, or above MOST.
    """
    return _kept(store, person, _new_name(store, person, name), text=text, without=without, least=least, now=now)


def change(
    store: Store, person: int, *, number: int, text: str, without: Sequence[str] = (), least: str = "", now: datetime
) -> SavedQuery:
    """Change what a standing query asks for, under its name; NotFoundError and UsageError as above."""
    return _kept(store, person, own(store, person, number).name, text=text, without=without, least=least, now=now)


def remove(store: Store, person: int, *, number: int) -> None:
    """Remove a standing query: it sends nothing any longer. NotFoundError when it is not the person's."""
    own(store, person, number)
    store.alerts.remove(person, number)


def _kept(
    store: Store, person: int, name: str, *, text: str, without: Sequence[str], least: str, now: datetime
) -> SavedQuery:
    Alert.read(text, without, least)
    number = store.alerts.keep(person, name, text, without=without, least=least or DEFAULT, now=now)
    return own(store, person, number)


def _new_name(store: Store, person: int, typed: str) -> str:
    queries = store.alerts.of(person)
    if not typed.strip():
        raise UsageError("a query is kept under a name: type one")
    name = list_name(typed)
    if name in [each.name for each in queries]:
        raise UsageError(f"a query of yours is called {name!r} already: choose another name, or change that one")
    if len(queries) >= MOST:
        raise UsageError(f"{MOST} standing queries are as many as one reader may keep: delete one first")
    return name
