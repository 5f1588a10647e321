"""Sending: each planned digest is claimed, made and handed over by one sender, and what became of it is kept.

claims whose lease has ended -> planned again, or doubtful if they were being handed over; too late -> given up
claim the next -> unsubscribed, suppressed? -> make the message -> write down that it is handed over -> hand it over
-> sent, failed, doubtful, or planned again for later
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from broadsheet.collection import Collection
from broadsheet.core.errors import MailError, NotFoundError, UsageError
from broadsheet.core.protocols import CarefulMailer, Mailer
from broadsheet.core.types import Message, Outcome
from broadsheet.digest.message import Composer, Letterhead, period_of
from broadsheet.digest.plan import LATE
from broadsheet.people import links
from broadsheet.store import Store
from broadsheet.store.deliveries import Delivery, Limits, State
from broadsheet.store.people import Person

LEASE = timedelta(minutes=20)
"""For how long a claim is its sender's: longer than any server may take with one message."""
PAUSED = "mail.paused"
"""The fact of the Store under which nothing is sent."""
_PATIENCE = timedelta(minutes=10)  # before a message that was put off is tried again, times its tries
_TRIES = 5

Clock = Callable[[], datetime]


@dataclass
class Sent:
    """What became of the digests of one round, by state; ``note`` says why it ended early or did nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} {state}" for state, count in self.counts.items() if count) or "nothing to send"
        return f"{told}; {self.note}" if self.note else told


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a claimed delivery, why, and after how long it is tried again (None: not at all)."""

    state: State
    said: str = ""
    later: timedelta | None = None


def pause(store: Store, reason: str) -> None:
    """Send nothing until ``resume``; ``reason`` is shown with the status."""
    store.journal.set_fact(PAUSED, reason)


def resume(store: Store) -> None:
    """Go on sending after a pause or a restored backup."""
    store.journal.set_fact(PAUSED, None)


def send_again(store: Store, period: str, person: Person, *, now: datetime) -> None:
    """Plan a doubtful or failed digest again; NotFoundError when there is none of this period to the person."""
    if not store.deliveries.send_again(period, person.number, due=now, now=now):
        raise NotFoundError(
            f"no doubtful or failed digest of {period} to {person.address}: see `broadsheet digest status`"
        )


def send(
    collection: Collection,
    mailer: Mailer,
    head: Letterhead,
    *,
    clock: Clock,
    going: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send what is planned and due, one after another, until nothing is left or ``going`` says no.

    Two senders at once are safe. With a CarefulMailer nothing is doubtful that died before its end. MailError, once
    everything else is settled, when the server cannot be used at all: what was claimed is planned again.
    """
    store, sent = collection.store, Sent()
    if store.journal.fact(PAUSED):
        sent.note = "sending is paused: `broadsheet digest resume` goes on"
        return sent
    store.deliveries.release(now=clock(), most=_TRIES)
    sent.counts["doubtful"] = store.deliveries.doubt(now=clock())
    sent.counts["failed"] = store.deliveries.expire(limits(clock()), now=clock())
    sender = _Sender(collection, mailer, head, clock)
    holder = links.new_key()[:16]
    while going() and (delivery := store.deliveries.claim(holder, now=clock(), lease=LEASE, limits=limits(clock()))):
        sent.counts[sender(delivery)] += 1
    return sent


def limits(now: datetime) -> Limits:
    """What was due before these is too late."""
    return Limits(now - LATE["day"], now - LATE["week"])


class _Sender:
    """Brings claimed deliveries to where they stand in the end."""

    def __init__(self, collection: Collection, mailer: Mailer, head: Letterhead, clock: Clock) -> None:
        self._store, self._mailer, self._clock = collection.store, mailer, clock
        self._secret = collection.store.people.secret()
        self._composer = lru_cache(maxsize=2)(lambda name: Composer(collection, head, period_of(name)))

    def __call__(self, delivery: Delivery) -> str:
        """What became of it, in a word."""
        try:
            fate = self._fate(delivery)
        except MailError as error:
            self._settle(delivery, _Fate("planned", str(error), _PATIENCE), tries=1)  # which was no try of its own
            raise
        return self._settle(delivery, fate)

    def _settle(self, delivery: Delivery, fate: _Fate, *, tries: int = 0) -> str:
        now = self._clock()
        after = now + fate.later if fate.later else None
        known = self._store.deliveries.settle(delivery, fate.state, fate.said, now=now, after=after, tries=tries)
        if not known:
            return "left to another sender"
        return "put off" if fate.later else fate.state

    def _fate(self, delivery: Delivery) -> _Fate:
        reason = self._reason(delivery)
        if reason:
            return _Fate("suppressed", reason)
        try:
            outcome = self._handed_over(delivery, self._message(delivery))
        except (UsageError, ValueError) as error:
            return _Fate("failed", f"the message cannot be made: {error}")
        return self._settled(outcome, delivery)

    def _reason(self, delivery: Delivery) -> str:
        """Why nothing is to be sent after all."""
        chosen = self._store.mail.choice(delivery.person)
        if not delivery.address or chosen is None:
            return "the person has gone"
        return self._store.mail.suppressed(delivery.address) if chosen[1] else "unsubscribed"

    def _message(self, delivery: Delivery) -> Message:
        return self._composer(delivery.period).message(delivery, self._secret)

    def _handed_over(self, delivery: Delivery, message: Message) -> Outcome:
        def sure() -> bool:
            return self._store.deliveries.handing_over(delivery, now=self._clock())

        if isinstance(self._mailer, CarefulMailer):
            return self._mailer.deliver(message, sure)
        return self._mailer.send(message) if sure() else Outcome("deferred", "another sender has it")

    def _settled(self, outcome: Outcome, delivery: Delivery) -> _Fate:
        if outcome.kind == "accepted":
            return _Fate("sent")
        if outcome.kind == "unknown":
            return _Fate("doubtful", outcome.reason)
        if outcome.kind == "deferred" and delivery.tries < _TRIES:
            return _Fate("planned", outcome.reason, _PATIENCE * delivery.tries)
        if outcome.hard:
            self._store.mail.suppress(delivery.address, "refused", outcome.reason, now=self._clock())
        return _Fate("failed", outcome.reason)
