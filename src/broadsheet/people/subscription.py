"""A reader's subscription to the digest: begun, changed and ended, by the reader or by signed links in email.

to join: an address and what was chosen, signed, for three days; pressing the button on its page is the second opt-in
to leave: a key that the instance's secret gives to each person, so that old mails can be left from for ever
"""

from __future__ import annotations

import hmac
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from broadsheet.core.errors import UsageError
from broadsheet.core.types import LEVELS, Access, Strength
from broadsheet.people import links
from broadsheet.people.signin import address, role_of
from broadsheet.store import Store
from broadsheet.store.mail import Cadence, Choice, Contents, Quiet
from broadsheet.store.people import Person

JOINING = timedelta(days=3)
MOST = 50
_JOIN, _LEAVE = "join", "leave"


def subscribe(store: Store, person: Person, *, choice: Choice, now: datetime) -> None:
    """Begin the subscription of a person whose address was confirmed, or change it.

    UsageError for a choice that cannot be, and when nothing can be sent to the person: their address is not known, or
    email came back from it. Confirming an address by email is the way out of both: see ``join``.
    """
    if not person.address:
        raise UsageError("your address is not known here: subscribe once on the page, which confirms it by mail")
    if reason := store.mail.suppressed(person.address):
        raise UsageError(
            f"nothing is sent to your address ({reason}): subscribe on the page, which confirms it by mail"
        )
    store.mail.subscribe(person.number, checked(choice), now=now)


def subscribe_again(store: Store, person: int, *, now: datetime) -> None:
    """Begin a subscription that was ended again, as it was; nothing changes for a person who never had one."""
    known = store.mail.choice(person)
    if known and store.people.get(person):
        store.mail.subscribe(person, known[0], now=now)


def unsubscribe(store: Store, person: int, *, now: datetime) -> bool:
    """End a person's subscription and what was planned for them; False when there was none in force."""
    return store.mail.unsubscribe(person, now=now)


def lift(store: Store, who: str) -> bool:
    """Send to an address again that email came back from; False when it was not stopped."""
    return store.mail.lift(address(who))


def checked(choice: Choice) -> Choice:
    """A choice that can be; UsageError that says what cannot."""
    for name, kind in (("cadence", Cadence), ("quiet", Quiet), ("contents", Contents)):
        if getattr(choice, name) not in get_args(kind):
            known = ", ".join(get_args(kind))
            raise UsageError(f"{name} is {getattr(choice, name)!r:.60}; expected {known}")
    if choice.least not in (Strength.WEAK, *LEVELS):
        raise UsageError(f"the least match is {choice.least!r:.60}; expected weak, {', '.join(LEVELS)}")
    if not 0 <= choice.hour <= 23 or not 1 <= choice.most <= MOST:
        raise UsageError(f"expected an hour from 0 to 23 and 1 to {MOST} papers; got {choice.hour} and {choice.most}")
    try:
        ZoneInfo(choice.zone)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{choice.zone!r:.60} is no time zone; expected such as Europe/Berlin or UTC") from error
    return choice


def join_token(store: Store, who: str, choice: Choice, *, now: datetime) -> str:
    """What the link holds that confirms a subscription. UsageError for no address or a choice that cannot be."""
    ends = int((now + JOINING).timestamp())
    return links.signed(store.people.secret(), _JOIN, [address(who), ends, *astuple(checked(choice))])


def joining(store: Store, token: str, *, now: datetime) -> tuple[str, Choice]:
    """Whose subscription a link confirms, and to what; UsageError when it is not whole or has ended."""
    match links.opened(store.people.secret(), _JOIN, token):
        case [str(who), int(ends), *chosen] if len(chosen) == len(fields(Choice)):
            names = [each.name for each in fields(Choice)]
        case _:
            raise UsageError("this link is not whole: copy all of it from the mail, or subscribe again")
    if ends <= now.timestamp():
        raise UsageError("this link has ended: it works for three days. Subscribe again")
    values: dict[str, object] = dict(zip(names, chosen, strict=True))
    return who, checked(Choice(**values))  # type: ignore[arg-type]


def join(store: Store, token: str, *, access: Access, now: datetime, person: Person | None = None) -> Person:
    """Begin the subscription that a link confirms: of ``person`` (the single reader), else of whoever has the address.

    UsageError when the link does not work, or a closed site does not know the address. An address that mail came back
    from is written to again: its owner has just shown that mail arrives.
    """
    who, choice = joining(store, token, now=now)
    role = role_of(store, who, access)
    if person is not None:
        if not store.people.set_address(person.number, who):
            raise UsageError(f"{who} is somebody else's address here")
    elif role is None:
        raise UsageError(f"{who} is not known here: ask whoever runs this site for an invitation")
    else:
        person = store.people.add(who, role, now=now)
    store.mail.lift(who)
    store.mail.subscribe(person.number, choice, now=now)
    return person


def leave_token(secret: bytes, person: int) -> str:
    """The key by which a person's mails can be left."""
    return f"{person}.{links.derived(secret, _LEAVE, person)}"


def leaving(store: Store, token: str) -> int | None:
    """Whose mails a key leaves, by number; None for a key that is none of ours."""
    number, _, _ = token[:200].partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    own = leave_token(store.people.secret(), int(number))
    return int(number) if hmac.compare_digest(own.encode(), token[:200].encode("utf-8", "replace")) else None
