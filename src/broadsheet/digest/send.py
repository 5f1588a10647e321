"""Sending: each planned digest is claimed, made and handed over by one sender, and what became of it is kept.

claims whose lease has ended -> doubtful; what is too late -> given up; paused -> nothing
claim the next -> suppressed? -> make the message -> hand it over -> sent, failed, doubtful, or planned again for later
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from broadsheet.collection import Collection
from broadsheet.digest.message import Composer, Letterhead, period_of
from broadsheet.digest.plan import LATE
from broadsheet.errors import BroadsheetError, MailError
from broadsheet.people import links
from broadsheet.protocols import Mailer
from broadsheet.store.mailing import Choice, Delivery, State
from broadsheet.types import Message, Outcome

LEASE = timedelta(minutes=20)
"""For how long a claim is its sender's: longer than any server may take with one message."""
PAUSED = "mail.paused"
"""The fact of the Store under which nothing is sent."""
_PATIENCE = timedelta(minutes=10)  # before a message that was put off is tried again, times its tries
_TRIES = 5


@dataclass
class Sent:
    """What became of the digests of one round, by state; ``note`` says why it ended early or did nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} {state}" for state, count in self.counts.items() if count) or "nothing to send"
        return f"{told}; {self.note}" if self.note else told


def send(
    collection: Collection,
    mailer: Mailer,
    head: Letterhead,
    *,
    clock: Callable[[], datetime],
    going: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send what is planned and due, one after another, until nothing is left or ``going`` says no.

    Two senders at once are safe. MailError, once everything else is settled, when the server cannot be used at all:
    what was claimed is planned again.
    """
    store, sent = collection.store, Sent()
    if store.facts(PAUSED):
        sent.note = "sending is paused: `broadsheet digest resume` goes on"
        return sent
    sent.counts["doubtful"] = store.doubt(now=clock())
    sent.counts["failed"] = store.expire(clock() - LATE, now=clock())
    holder = links.fresh()[:16]
    maker = _Maker(collection, head)
    while going() and (delivery := store.claim(holder, now=clock(), lease=LEASE)):
        try:
            state, said, later = _handed_over(delivery, maker, mailer, collection, clock())
        except MailError as error:
            store.settle_delivery(delivery, "planned", str(error), now=clock(), after=clock() + _PATIENCE)
            raise
        after = clock() + later if later else None
        if not store.settle_delivery(delivery, state, said, now=clock(), after=after):
            state = "doubtful"  # it took longer than its lease, and was set down as such meanwhile
        sent.counts["put off" if later else state] += 1
    return sent


class _Maker:
    """Makes the messages of whatever period comes; remembers the one it is at."""

    def __init__(self, collection: Collection, head: Letterhead) -> None:
        self._secret = collection.store.secret()
        self._store = collection.store
        self._composer = lru_cache(maxsize=2)(lambda name: Composer(collection, head, period_of(name)))

    def __call__(self, delivery: Delivery) -> Message:
        found = self._store.choice(delivery.person)
        choice = found[0] if found else Choice()
        return self._composer(delivery.period).message(delivery, choice, self._secret)


def _handed_over(
    delivery: Delivery, maker: _Maker, mailer: Mailer, collection: Collection, now: datetime
) -> tuple[State, str, timedelta | None]:
    """What became of a claimed delivery, why, and after how long it is tried again (None: not at all)."""
    reason = collection.store.suppressed(delivery.address) if delivery.address else "the person has gone"
    if reason:
        return "suppressed", reason, None
    try:
        message = maker(delivery)
    except (BroadsheetError, ValueError) as error:
        return "failed", f"the message cannot be made: {error}", None
    return _settled(mailer.send(message), delivery, collection, now)


def _settled(
    outcome: Outcome, delivery: Delivery, collection: Collection, now: datetime
) -> tuple[State, str, timedelta | None]:
    if outcome.kind == "accepted":
        return "sent", "", None
    if outcome.kind == "unknown":
        return "doubtful", outcome.reason, None
    if outcome.kind == "deferred" and delivery.tries < _TRIES:
        return "planned", outcome.reason, _PATIENCE * delivery.tries
    if outcome.hard:
        collection.store.suppress(delivery.address, "refused", outcome.reason, now=now)
    return "failed", outcome.reason, None
