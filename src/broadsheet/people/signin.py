"""Coming in by a mailed link: it lasts 15 minutes, works once, and is given to those who may come in.

invited -> a signed link by mail -> its page has a button -> the link is used up, a session begins
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
    """Somebody came in: who, and the key of their session (kept by its digest alone)."""

    person: Person
    key: str


def address(text: str) -> str:
    """An address in the form in which people are known by it; UsageError when it is none."""
    return key(checked(text))


def role_of(store: Store, who: str, access: Access) -> Role | None:
    """As what an address may come in; None when it may not."""
    person = store.people.at(who)
    if person is not None:
        return person.role
    return store.people.invited(who) or ("reader" if access == "open" else None)


def token(store: Store, who: str, *, now: datetime) -> str:
    """What the link holds; for whoever may come in. UsageError when ``who`` is no address."""
    ends = int((now + LINK).timestamp())
    return links.signed(store.people.secret(), _PURPOSE, [address(who), ends, links.fresh()[:22]])


def addressee(store: Store, given: str, *, now: datetime) -> str:
    """For whom a link is, without using it. UsageError when it is none of ours or has ended."""
    return _read(store, given, now)[0]


def enter(store: Store, given: str, *, access: Access, now: datetime, browser: str = "") -> Entry:
    """Use a link up and begin a session. UsageError that says why it does not work."""
    who, ends, nonce = _read(store, given, now)
    role = role_of(store, who, access)
    if role is None:
        raise UsageError(f"{who} may not sign in any more: ask whoever runs this site for an invitation")
    if not store.people.use_link(nonce, ends=ends, now=now):
        raise UsageError("this link has been used: it works once. Ask for a new one")
    person = store.people.add(who, role, now=now)
    return Entry(person, begin(store, person, now=now, browser=browser))


def begin(store: Store, person: Person, *, now: datetime, browser: str = "") -> str:
    """Begin a session of a person; returns its key."""
    fresh = links.fresh()
    store.people.begin_session(links.digest(fresh), person.number, now=now, ends=now + SESSION, browser=browser[:200])
    return fresh


def sign_out(store: Store, browser_key: str) -> None:
    """End the session of one browser, by its key."""
    store.people.end_session(links.digest(browser_key))


def sign_out_everywhere(store: Store, person: int) -> int:
    """End all sessions of a person; returns of how many browsers."""
    return store.people.end_sessions(person)


def _read(store: Store, given: str, now: datetime) -> tuple[str, datetime, str]:
    match links.opened(store.people.secret(), _PURPOSE, given):
        case [str(who), int(ends), str(nonce)]:
            until = datetime.fromtimestamp(ends, UTC)
        case _:
            raise UsageError("this link is not whole: copy all of it from the mail, or ask for a new one")
    if until <= now:
        raise UsageError("this link has ended: it works for 15 minutes. Ask for a new one")
    return who, until, nonce
