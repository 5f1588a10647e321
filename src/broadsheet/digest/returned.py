"""Returned email: addresses that refuse email get no more of it, and neither do people who complain or ask to leave.

a report is proven by a token that only we can have given out, or by a Message-ID of ours with its recipient
a complaint -> suppressed at once
the address does not exist -> suppressed at once; the third time, if its host says so of most of its readers
its mailbox failed -> suppressed the third time within two weeks, unless its host refuses most of its readers
the sender, the email or the server was the reason -> recorded for the operator; it ends nothing
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from broadsheet.mail.address import key
from broadsheet.mail.bounces import Bounce, Inbox
from broadsheet.mail.bounces import bounces as bounces_in
from broadsheet.mail.mailbox import letters
from broadsheet.people import links
from broadsheet.people.subscription import unsubscribe
from broadsheet.store import Store
from broadsheet.store.people import Person

Failure = Literal["hard", "soft"]
WITHIN = timedelta(days=14)
"""How long a failure counts."""
_OFTEN = 3
_OUTAGE = timedelta(days=2)  # hosts have said for a day that none of their addresses exist
_FELLOWS: Mapping[Failure, int] = {"soft": 2, "hard": 3}
"""How many readers of one host must fail together for the host to be the reason."""
_PURPOSE, _NAME = "bounce", "message"
_READ, _MOST_READ = "mail.read", 20_000  # letters of a mailbox that were acted on


def return_token(secret: bytes, person: int) -> str:
    """Return the token in the return path of a person's emails."""
    return f"{person}-{links.derive(secret, _PURPOSE, person)[:24]}"


def message_name(secret: bytes, period: str, person: int) -> str:
    """Return the part before the ``@`` in the Message-ID of a digest: always the same, and no one else can make it, so
    that a report that names it is about an email that came from here."""
    return f"digest-{period}-{person}.{links.derive(secret, _NAME, period, person)[:22]}"


def take(store: Store, bounces: Iterable[Bounce], *, now: datetime) -> Counter[str]:
    """Act on returned email; return how many there were of each kind, those without proof as ``unproven``.

    All are recorded before any counts, so that the order of the readers of one host does not matter.
    """
    counts: Counter[str] = Counter()
    failed: dict[tuple[str, Failure], str] = {}
    for bounce in bounces:
        person = _proven(store, bounce)
        counts[bounce.kind if person else "unproven"] += 1
        if person and (kind := _act(store, person, bounce, now)):
            failed[person.address, kind] = bounce.reason
    for (address, kind), reason in failed.items():
        suppress_failing(store, address, kind, reason, now=now)
    return counts


def suppress_failing(
    store: Store, address: str, kind: Failure, detail: str, *, now: datetime, reason: str = ""
) -> None:
    """Suppress an address that does not exist (``hard``), or whose mailbox failed too often (``soft``). ``reason`` is
    the word that is stored (empty: the kind).

    If as many as half of its host's subscribers fail too, the host is the reason, which the operator can see: soft
    failures end nothing then, and hard ones must come as often as soft ones otherwise.
    """
    often = store.mail.bounce_count(address, kind, since=now - WITHIN) >= _OFTEN
    if kind == "soft" and not often:
        return
    since = now - (WITHIN if kind == "soft" else _OUTAGE)
    failed, subscribers = store.mail.failing(address.rpartition("@")[2], kind, since=since)
    by_host = failed >= _FELLOWS[kind] and 2 * failed >= subscribers
    if not by_host or (kind == "hard" and often):
        store.mail.suppress(address, reason or kind, detail, now=now)


def read_box(store: Store, box: Path, bounces: str, leaving: str, *, now: datetime) -> Counter[str]:
    """Act on the letters of an mbox file or Maildir that were not read before; the Store remembers which were read.

    Returns how many there were of each kind, as ``take`` does.
    """
    read = list(store.journal.fact(_READ) or [])
    inbox = Inbox(bounces=bounces, unsubscribe=leaving)
    counts = take(store, _unread(box, inbox, read), now=now)
    store.journal.set_fact(_READ, read[-_MOST_READ:])
    return counts


def _unread(box: Path, inbox: Inbox, read: list[str]) -> Iterator[Bounce]:
    """Yield what the letters report whose keys are not in ``read``, and add their keys to it."""
    known = set(read)
    for name, data in letters(box):
        if name not in known:
            yield from bounces_in(data, inbox)
            known.add(name)
            read.append(name)


def _proven(store: Store, bounce: Bounce) -> Person | None:
    number, _, _ = bounce.token.partition("-")
    if number.isascii() and number.isdigit() and len(number) < 16:
        own = return_token(store.people.secret(), int(number))
        return store.people.get(int(number)) if hmac.compare_digest(own.lower(), bounce.token.lower()) else None
    name, _, _ = bounce.message_id.strip("<>").partition("@")
    match name.partition(".")[0].split("-"):
        case ["digest", *parts, digits] if digits.isascii() and digits.isdigit() and len(digits) < 16:
            period = "-".join(parts)
        case _:
            return None
    own = message_name(store.people.secret(), period, int(digits))
    if not hmac.compare_digest(own.lower(), name.lower()):
        return None
    sent = store.deliveries.get(period, int(digits))
    known = sent is not None and sent.state != "planned" and key(bounce.recipient) == sent.address
    return store.people.get(int(digits)) if known else None


def _act(store: Store, person: Person, bounce: Bounce, now: datetime) -> Failure | None:
    """Act on one report that is proven; return which failure it was, if it may suppress the address."""
    if bounce.kind in ("unsubscribe", "complaint"):
        unsubscribe(store, person.number, now=now)
    if bounce.kind == "unsubscribe":
        return None
    kind = "server" if bounce.kind == "soft" and bounce.cause == "server" else bounce.kind
    store.mail.bounced(person.address, kind, bounce.reason, now=now)
    if kind == "complaint":
        store.mail.suppress(person.address, kind, bounce.reason, now=now)
    return kind if kind == "hard" or kind == "soft" else None
