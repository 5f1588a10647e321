"""A reader's alerts: created under a name, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.query import with_topics
from broadsheet.core.topic import Topic
from broadsheet.people import topics
from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.lists import list_name

MOST = 100  # of one reader


def own(store: Store, person: int, number: int) -> SavedQuery:
    """Find a person's alert by its number; NotFoundError when it is not theirs. ``person`` 0 is a stranger."""
    alert = next((each for each in store.alerts.of(person) if each.number == number), None)
    if alert is None:
        way = "" if person else " Sign in to see your alerts."
        raise NotFoundError(f"You have no alert with the number {number}.{way}")
    return alert


def keep(
    store: Store, person: int, *, name: str, text: str, without: Sequence[str] = (), least: str = "", now: datetime
) -> SavedQuery:
    """Create an alert under a name that no other alert of the person has.

    UsageError for invalid words (see Alert) or an unknown topic, for a missing name or one in use, or when the person
    has MOST alerts.
    """
    return _store(store, person, _new_name(store, person, name), text=text, without=without, least=least, now=now)


def change(
    store: Store, person: int, *, number: int, text: str, without: Sequence[str] = (), least: str = "", now: datetime
) -> SavedQuery:
    """Change what an alert asks for, under the same name; NotFoundError and UsageError as above."""
    return _store(store, person, own(store, person, number).name, text=text, without=without, least=least, now=now)


def remove(store: Store, person: int, *, number: int) -> None:
    """Remove an alert, which sends nothing from then on. NotFoundError when it is not the person's."""
    own(store, person, number)
    store.alerts.remove(person, number)


def _store(
    store: Store, person: int, name: str, *, text: str, without: Sequence[str], least: str, now: datetime
) -> SavedQuery:
    Alert.read(text, without, least)
    lasting = with_topics(text, partial(_lasting, store, store.topics.all()))
    number = store.alerts.keep(person, name, lasting, without=without, least=least or DEFAULT, now=now)
    return own(store, person, number)


def _lasting(store: Store, known: Sequence[Topic], topic: str) -> str:
    """Return a topic of an alert as it is stored: its number, which outlives its name, and the name to read."""
    try:
        return topics.named(store, topic, among=known).slug
    except NotFoundError as error:
        raise UsageError(str(error)) from error


def _new_name(store: Store, person: int, typed: str) -> str:
    queries = store.alerts.of(person)
    if not typed.strip():
        raise UsageError("an alert needs a name: type one")
    name = list_name(typed)
    if name in [each.name for each in queries]:
        raise UsageError(f"you have an alert named {name!r} already: choose another name, or change that alert")
    if len(queries) >= MOST:
        raise UsageError(f"you may have at most {MOST} alerts: delete one first")
    return name
