"""A reader's subscription to the digest: begun, changed and ended, by the reader or by signed links in emails.

to join: an address and the choices, signed, for three days; pressing the button on the link's page is the second opt-in
to leave: a key derived from the instance's secret for each person, so that the link in an old email works for ever
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

    UsageError for an invalid choice, and when nothing can be sent to the person because their address is unknown or
    email to it was returned. Confirming an address by email solves both: see ``join``.
    """
    if not person.address:
        raise UsageError("your address is not known here: subscribe once on the page, which confirms it by email")
    if reason := store.mail.suppressed(person.address):
        raise UsageError(
            f"nothing is sent to your address ({reason}): subscribe on the page, which confirms it by email"
        )
    store.mail.subscribe(person.number, check_choice(choice), now=now)


def subscribe_again(store: Store, person: int, *, now: datetime) -> None:
    """Resume a subscription that was ended, as it was; nothing changes for a person who never had one."""
    known = store.mail.choice(person)
    if known and store.people.get(person):
        store.mail.subscribe(person, known[0], now=now)


def unsubscribe(store: Store, person: int, *, now: datetime) -> bool:
    """End a person's subscription and drop what was planned for them; False when they had none."""
    return store.mail.unsubscribe(person, now=now)


def lift(store: Store, who: str) -> bool:
    """Allow sending again to an address from which email was returned; False when it was not blocked."""
    return store.mail.lift(address(who))


def check_choice(choice: Choice) -> Choice:
    """Check a choice and return it; UsageError says what is invalid."""
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
        raise UsageError(
            f"{choice.zone!r:.60} is not a time zone; expected for example Europe/Berlin or UTC"
        ) from error
    return choice


def join_token(store: Store, who: str, choice: Choice, *, now: datetime) -> str:
    """Make the token of a link that confirms a subscription. UsageError for a bad address or an invalid choice."""
    ends = int((now + JOINING).timestamp())
    return links.sign(store.people.secret(), _JOIN, [address(who), ends, *astuple(check_choice(choice))])


def join_request(store: Store, token: str, *, now: datetime) -> tuple[str, Choice]:
    """Return the address and the choice that a link confirms; UsageError when it is incomplete or has expired."""
    match links.verify(store.people.secret(), _JOIN, token):
        case [str(who), int(ends), *chosen] if len(chosen) == len(fields(Choice)):
            names = [each.name for each in fields(Choice)]
        case _:
            raise UsageError("this link is incomplete: copy all of it from the email, or subscribe again")
    if ends <= now.timestamp():
        raise UsageError("this link has expired: it works for three days. Subscribe again")
    values: dict[str, object] = dict(zip(names, chosen, strict=True))
    return who, check_choice(Choice(**values))  # type: ignore[arg-type]


def join(store: Store, token: str, *, access: Access, now: datetime, person: Person | None = None) -> Person:
    """Begin the subscription that a link confirms: for ``person`` (the single reader), else for the owner of the
    address.

    UsageError when the link does not work, or when a closed site does not know the address. A blocked address is
    written to again: its owner has just shown that email arrives.
    """
    who, choice = join_request(store, token, now=now)
    role = role_of(store, who, access)
    if person is not None:
        if not store.people.set_address(person.number, who):
            raise UsageError(f"{who} belongs to another person here")
    elif role is None:
        raise UsageError(f"{who} is not known here: ask the people who run this site for an invitation")
    else:
        person = store.people.add(who, role, now=now)
    store.mail.lift(who)
    store.mail.subscribe(person.number, choice, now=now)
    return person


def leave_token(secret: bytes, person: int) -> str:
    """Return the key by which a person unsubscribes from emails."""
    return f"{person}.{links.derive(secret, _LEAVE, person)}"


def leaver(store: Store, token: str) -> int | None:
    """Return the number of the person whom a key unsubscribes; None for an invalid key."""
    number, _, _ = token[:200].partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    own = leave_token(store.people.secret(), int(number))
    return int(number) if hmac.compare_digest(own.encode(), token[:200].encode("utf-8", "replace")) else None
