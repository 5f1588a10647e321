"""Returned email: addresses that refuse email get no more of it, and neither do people who complain or ask to leave.

a report is proven by a token that only we can have given out, or by a Message-ID of ours with its recipient
gone for good, or a complaint -> suppressed at once; failed for now -> suppressed the third time within two weeks
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from broadsheet.mail.address import key
from broadsheet.mail.bounces import Bounce, Inbox
from broadsheet.mail.bounces import bounces as bounces_in
from broadsheet.mail.mailbox import letters
from broadsheet.people import links
from broadsheet.people.subscription import unsubscribe
from broadsheet.store import Store
from broadsheet.store.people import Person

_SOFT, _WITHIN = 3, timedelta(days=14)
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
    """Act on returned email; return how many there were of each kind, those without proof as ``unproven``."""
    counts: Counter[str] = Counter()
    for bounce in bounces:
        person = _proven(store, bounce)
        counts[bounce.kind if person else "unproven"] += 1
        if person:
            _act(store, person, bounce, now)
    return counts


def read_box(store: Store, box: Path, bounces: str, leaving: str, *, now: datetime) -> Counter[str]:
    """Act on the letters of an mbox file or Maildir that were not read before; the Store remembers which were read.

    Returns how many there were of each kind, as ``take`` does.
    """
    read = list(store.journal.fact(_READ) or [])
    known, counts = set(read), Counter[str]()
    inbox = Inbox(bounces=bounces, unsubscribe=leaving)
    for name, data in letters(box):
        if name not in known:
            counts += take(store, bounces_in(data, inbox), now=now)
            known.add(name)
            read.append(name)
    store.journal.set_fact(_READ, read[-_MOST_READ:])
    return counts


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


def _act(store: Store, person: Person, bounce: Bounce, now: datetime) -> None:
    if bounce.kind == "unsubscribe":
        unsubscribe(store, person.number, now=now)
        return
    times = store.mail.bounced(person.address, bounce.kind, bounce.reason, now=now, within=_WITHIN)
    if bounce.kind == "complaint":
        unsubscribe(store, person.number, now=now)
    if bounce.kind != "soft" or times >= _SOFT:
        store.mail.suppress(person.address, bounce.kind, bounce.reason, now=now)
