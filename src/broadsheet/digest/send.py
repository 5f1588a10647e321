"""Sending: each planned digest is claimed, made and handed over by one sender, which then records its state.

claims whose lease has ended -> planned again, or doubtful if they were being handed over; too late -> given up
claim the next -> unsubscribed, suppressed? -> make the message -> record that it is handed over -> hand it over
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
from broadsheet.digest.returned import Failure, suppress_failing
from broadsheet.people import links
from broadsheet.store import Store
from broadsheet.store.deliveries import Delivery, Limits, State
from broadsheet.store.people import Person

LEASE = timedelta(minutes=20)
"""How long a claim belongs to its sender: longer than any server may take for one message."""
PAUSED = "mail.paused"
"""The fact of the Store that pauses sending."""
_PATIENCE = timedelta(minutes=10)  # before a message that was put off is tried again, times the tries so far
_TRIES = 5

Clock = Callable[[], datetime]


@dataclass
class Sent:
    """The number of digests of one round by their new state; ``note`` says why it ended early or did nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def __str__(self) -> str:
        numbers = ", ".join(f"{count:,} {state}" for state, count in self.counts.items() if count) or "nothing to send"
        return f"{numbers}; {self.note}" if self.note else numbers


@dataclass(frozen=True, slots=True)
class _Fate:
    """The new state of a claimed delivery, the reason, and after how long it is tried again (None: not at all)."""

    state: State
    reason: str = ""
    later: timedelta | None = None


def pause(store: Store, reason: str) -> None:
    """Send nothing until ``resume``; the status shows the ``reason``."""
    store.journal.set_fact(PAUSED, reason)


def resume(store: Store) -> None:
    """Send again after a pause or a restored backup."""
    store.journal.set_fact(PAUSED, None)


def send_again(store: Store, period: str, person: Person, *, now: datetime) -> None:
    """Plan a doubtful or failed digest again; NotFoundError when the person has none of this period."""
    if not store.deliveries.send_again(period, person.number, due=now, now=now):
        raise NotFoundError(
            f"{person.address} has no doubtful or failed digest of {period}: see `broadsheet digest status`"
        )


def send(
    collection: Collection,
    mailer: Mailer,
    head: Letterhead,
    *,
    clock: Clock,
    going: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send what is planned and due, one after another, until nothing is left or ``going`` returns False.

    Two senders at once are safe. With a CarefulMailer a message is not doubtful when the sender died before its end.
    MailError when the server cannot be used at all: the claimed digest is planned again first.
    """
    store, sent = collection.store, Sent()
    if store.journal.fact(PAUSED):
        sent.note = "sending is paused: run `broadsheet digest resume` to send again"
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
    """Return the moments before which a due digest is too late."""
    return Limits(now - LATE["day"], now - LATE["week"])


class _Sender:
    """Send claimed deliveries and record their new state."""

    def __init__(self, collection: Collection, mailer: Mailer, head: Letterhead, clock: Clock) -> None:
        self._store, self._mailer, self._clock = collection.store, mailer, clock
        self._secret = collection.store.people.secret()
        self._composer = lru_cache(maxsize=2)(lambda name: Composer(collection, head, period_of(name)))

    def __call__(self, delivery: Delivery) -> str:
        """Send one claimed delivery; return its new state in a word or two."""
        try:
            fate = self._fate(delivery)
        except MailError as error:
            self._settle(delivery, _Fate("planned", str(error), _PATIENCE), tries=1)  # it was not tried
            raise
        return self._settle(delivery, fate)

    def _settle(self, delivery: Delivery, fate: _Fate, *, tries: int = 0) -> str:
        now = self._clock()
        after = now + fate.later if fate.later else None
        known = self._store.deliveries.settle(delivery, fate.state, fate.reason, now=now, after=after, tries=tries)
        if not known:
            return "left to another process"
        return "put off" if fate.later else fate.state

    def _fate(self, delivery: Delivery) -> _Fate:
        reason = self._reason(delivery)
        if reason:
            return _Fate("suppressed", reason)
        try:
            outcome = self._handed_over(delivery, self._message(delivery))
        except (UsageError, ValueError) as error:
            return _Fate("failed", f"the email cannot be made: {error}")
        return self._settled(outcome, delivery)

    def _reason(self, delivery: Delivery) -> str:
        """Return why this delivery must not be sent; empty when it may."""
        chosen = self._store.mail.choice(delivery.person)
        if not delivery.address or chosen is None:
            return "the reader has left"
        return self._store.mail.suppressed(delivery.address) if chosen[1] else "unsubscribed"

    def _message(self, delivery: Delivery) -> Message:
        return self._composer(delivery.period).message(delivery, self._secret)

    def _handed_over(self, delivery: Delivery, message: Message) -> Outcome:
        def sure() -> bool:
            return self._store.deliveries.handing_over(delivery, now=self._clock())

        if isinstance(self._mailer, CarefulMailer):
            return self._mailer.deliver(message, sure)
        return self._mailer.send(message) if sure() else Outcome("deferred", "another process sends it")

    def _settled(self, outcome: Outcome, delivery: Delivery) -> _Fate:
        if outcome.kind == "accepted":
            return _Fate("sent")
        if outcome.kind == "unknown":
            return _Fate("doubtful", outcome.reason)
        if outcome.kind == "deferred" and delivery.tries < _TRIES:
            return _Fate("planned", outcome.reason, _PATIENCE * delivery.tries)
        self._heed(outcome, delivery)
        return _Fate("failed", outcome.reason)

    def _heed(self, outcome: Outcome, delivery: Delivery) -> None:
        """Count an address that does not exist or a mailbox that was refused; either may suppress it."""
        if not outcome.hard and not outcome.soft:
            return
        kind: Failure = "hard" if outcome.hard else "soft"
        address, now = delivery.address, self._clock()
        self._store.mail.bounced(address, kind, outcome.reason, now=now)
        suppress_failing(self._store, address, kind, outcome.reason, now=now, reason="refused" if outcome.hard else "")
