"""A reader's alerts: created under a name, changed, removed, brought back; and the papers that a reader follows, each
of which is an alert with the text ``like:ID``.

to bring an alert back: all of it, signed, for an hour, so that its number and with it the address of its feed return
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from broadsheet.alerts.alert import DEFAULT, Alert, ask_alert
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.query import with_topics
from broadsheet.core.text import clipped, squeeze
from broadsheet.core.topic import Topic
from broadsheet.core.types import Document, Strength
from broadsheet.people import links, topics
from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.lists import list_name

MOST = 100  # of one reader
PAPERS = Strength.STRONG
"""How well a paper must match one that is followed, unless the reader says otherwise: they are of one kind."""
UNDO = timedelta(hours=1)
_UNDO = "undo alert"
_LONGEST_TITLE = 90
_LONGEST_TOKEN = 2_000


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


def follow_paper(store: Store, person: int, *, paper: Document, now: datetime) -> SavedQuery:
    """Follow a paper and return the alert for it, under its title; following twice changes nothing.

    UsageError when the person has MOST alerts.
    """
    known = for_paper(store, person, paper)
    if known:
        return known
    name = _unused(store, person, clipped(squeeze(paper.shown_title) or paper.id, _LONGEST_TITLE))
    text = f'like:"{paper.id}"' if " " in paper.id else f"like:{paper.id}"
    return _store(store, person, _new_name(store, person, name), text=text, least=PAPERS, now=now)


def unfollow_paper(store: Store, person: int, *, paper: Document) -> SavedQuery | None:
    """Stop following a paper and return the alert that was removed; None when the person did not follow it."""
    known = for_paper(store, person, paper)
    if known:
        store.alerts.remove(person, known.number)
    return known


def for_paper(store: Store, person: int, paper: Document) -> SavedQuery | None:
    """Return the alert by which a person follows a paper; None for a paper that they do not follow."""
    names = {paper.id, *paper.aliases}
    return next((each for each in store.alerts.of(person) if follows_only(each) and names & set(_named(each))), None)


def follows_only(alert: SavedQuery) -> bool:
    """Tell whether an alert only follows papers, without words."""
    asked = ask_alert(alert.text)
    return bool(asked.like) and not asked.words


def undo_token(store: Store, person: int, alert: SavedQuery, *, now: datetime) -> str:
    """Make the token that brings a removed alert back within an hour; empty for one too long to carry."""
    ends = int((now + UNDO).timestamp())
    parts = (alert.name, alert.text, json.dumps(alert.without), alert.least, alert.made.isoformat())
    token = links.sign(store.people.secret(), _UNDO, [person, ends, alert.number, *parts])
    return token if len(token) <= _LONGEST_TOKEN else ""


def removed(store: Store, person: int, token: str, *, now: datetime) -> SavedQuery | None:
    """Return the alert that a token brings back; None for one that does not work, or no longer."""
    match links.verify(store.people.secret(), _UNDO, token):
        case [int(who), int(ends), int(number), str(name), str(text), str(without), str(least), str(made)]:
            alert = SavedQuery(number, name, text, tuple(json.loads(without)), least, datetime.fromisoformat(made))
            return alert if who == person and now.timestamp() < ends else None
    return None


def restore(store: Store, person: int, *, token: str, now: datetime) -> SavedQuery:
    """Bring a removed alert back under its own number and return it; what was brought back before stays.

    UsageError when the token does not work, or when its name is in use by now.
    """
    alert = removed(store, person, token, now=now)
    if alert is None:
        raise UsageError("this can no longer be undone: create the alert again")
    mine = [each.number for each in store.alerts.of(person)]
    if alert.number not in mine and (len(mine) >= MOST or not store.alerts.restore(person, alert)):
        raise UsageError(f"the alert {alert.name!r} cannot be brought back: its name is in use, or you have {MOST}")
    return own(store, person, alert.number)


def _named(alert: SavedQuery) -> tuple[str, ...]:
    return ask_alert(alert.text).like


def _unused(store: Store, person: int, title: str) -> str:
    """A name for an alert: the title, with a number where another alert has it."""
    taken = {each.name for each in store.alerts.of(person)}
    return next(name for name in (title, *(f"{title} ({n})" for n in range(2, MOST + 2))) if name not in taken)


def _store(
    store: Store, person: int, name: str, *, text: str, without: Sequence[str] = (), least: str, now: datetime
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
