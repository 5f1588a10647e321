"""Signing in by an emailed link, which lasts 15 minutes, works once, and is sent only to people who may sign in.

an invited address -> a signed link by email -> its page has a button -> the link is used up, a session begins
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Access
from broadsheet.mail.address import checked, key
from broadsheet.people import links
from broadsheet.store import Store
from broadsheet.store.people import Person, Role

LINK = timedelta(minutes=15)
SESSION = timedelta(days=90)
_PURPOSE = "sign in"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person who signed in, and the key of their session (stored only as a digest)."""

    person: Person
    key: str


def address(text: str) -> str:
    """Return an address in the form that identifies people; UsageError for a bad address."""
    return key(checked(text))


def role_of(store: Store, who: str, access: Access) -> Role | None:
    """Return the role in which an address may sign in; None when it may not."""
    person = store.people.at(who)
    if person is not None:
        return person.role
    return store.people.invited(who) or ("reader" if access == "open" else None)


def token(store: Store, who: str, *, now: datetime) -> str:
    """Make the token of a sign-in link. The caller checks that ``who`` may sign in. UsageError for a bad address."""
    ends = int((now + LINK).timestamp())
    return links.sign(store.people.secret(), _PURPOSE, [address(who), ends, links.new_key()[:22]])


def addressee(store: Store, given: str, *, now: datetime) -> str:
    """Return the address that a link is for, without using it. UsageError when it is invalid or has expired."""
    return _read(store, given, now)[0]


def enter(store: Store, given: str, *, access: Access, now: datetime, browser: str = "") -> Entry:
    """Use up a link and begin a session. UsageError says why a link does not work."""
    who, ends, nonce = _read(store, given, now)
    role = role_of(store, who, access)
    if role is None:
        raise UsageError(f"{who} may no longer sign in: ask the people who run this site for an invitation")
    if not store.people.use_link(nonce, ends=ends, now=now):
        raise UsageError("this link has been used already: it works once. Ask for a new one")
    person = store.people.add(who, role, now=now)
    return Entry(person, begin(store, person, now=now, browser=browser))


def begin(store: Store, person: Person, *, now: datetime, browser: str = "") -> str:
    """Begin a session for a person and return its key."""
    fresh = links.new_key()
    store.people.begin_session(links.digest(fresh), person.number, now=now, ends=now + SESSION, browser=browser[:200])
    return fresh


def sign_out(store: Store, browser_key: str) -> None:
    """End the session of one browser, by its key."""
    store.people.end_session(links.digest(browser_key))


def sign_out_everywhere(store: Store, person: int) -> int:
    """End all sessions of a person and return how many there were."""
    return store.people.end_sessions(person)


def _read(store: Store, given: str, now: datetime) -> tuple[str, datetime, str]:
    match links.verify(store.people.secret(), _PURPOSE, given):
        case [str(who), int(ends), str(nonce)]:
            until = datetime.fromtimestamp(ends, UTC)
        case _:
            raise UsageError("this link is incomplete: copy all of it from the email, or ask for a new one")
    if until <= now:
        raise UsageError("this link has expired: it works for 15 minutes. Ask for a new one")
    return who, until, nonce
