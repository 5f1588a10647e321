"""The Store's half that knows what is sent: subscriptions, frozen editions, deliveries and their states, suppressions.

a delivery: planned -> sending (claimed by a holder, for as long as its lease) -> sent, failed, suppressed or doubtful
A claim is on the disk before anything is handed over, so that after a kill nobody is written to twice.
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from broadsheet.store.database import Database
from broadsheet.store.people import moment

Cadence = Literal["daily", "weekdays", "weekly"]
Quiet = Literal["skip", "note"]
Contents = Literal["general", "mine", "both"]
State = Literal["planned", "sending", "sent", "failed", "suppressed", "doubtful"]
STATES: tuple[State, ...] = ("planned", "sending", "sent", "failed", "suppressed", "doubtful")
_SUBSCRIPTION = "person, address, cadence, zone, hour, most, least, quiet, contents, since"
_DELIVERY = "period, person, address, state, due, holder, lease, tries, changed, said"
GENERAL = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a subscriber chose: how often and at which ``hour`` of which time ``zone``; at most so many papers that
    match at ``least`` so well; what comes on a ``quiet`` day; the general edition, the person's own, or both."""

    cadence: Cadence = "weekdays"
    zone: str = "UTC"
    hour: int = 7
    most: int = 15
    least: str = "fair"
    quiet: Quiet = "skip"
    contents: Contents = "both"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's subscription that is in force, and where it goes."""

    person: int
    address: str
    choice: Choice
    since: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest to one person. ``due`` is when it may go; ``lease`` until when it is held, or has to wait; ``said``
    why it stands where it does."""

    period: str
    person: int
    address: str
    state: State
    due: datetime
    holder: str
    lease: datetime | None
    tries: int
    changed: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery to be planned, with the person's own list if they get one (``body``), or why nothing is sent."""

    person: int
    address: str
    due: datetime
    body: dict[str, Any] | None = None
    said: str = ""


class Mailing(Database):
    """Subscriptions, editions, deliveries, suppressions."""

    def subscribe(self, person: int, choice: Choice, *, now: datetime) -> None:
        """Begin a person's subscription, or change it; one that had ended begins again."""
        values = (choice.cadence, choice.zone, choice.hour, choice.most, choice.least, choice.quiet, choice.contents)
        sql = (
            "INSERT INTO subscriptions (person, cadence, zone, hour, most, least, quiet, contents, since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET cadence = excluded.cadence,"
            " zone = excluded.zone, hour = excluded.hour, most = excluded.most, least = excluded.least,"
            " quiet = excluded.quiet, contents = excluded.contents, ended = NULL,"
            " since = CASE WHEN ended IS NULL THEN since ELSE excluded.since END"
        )
        self._write(sql, (person, *values, moment(now)))

    def unsubscribe(self, person: int, *, now: datetime) -> bool:
        """End a person's subscription, and what was planned for them; False when there was none in force."""
        with self.writing() as db:
            sql = "UPDATE subscriptions SET ended = ? WHERE person = ? AND ended IS NULL"
            ended = db.execute(sql, (moment(now), person)).rowcount == 1
            sql = (
                "UPDATE deliveries SET state = 'suppressed', said = 'unsubscribed', changed = ?"
                " WHERE person = ? AND state = 'planned'"
            )
            db.execute(sql, (moment(now), person))
        return ended

    def choice(self, person: int) -> tuple[Choice, bool] | None:
        """What a person chose last, and whether it is in force; None when they never subscribed."""
        sql = "SELECT cadence, zone, hour, most, least, quiet, contents, ended FROM subscriptions WHERE person = ?"
        found = self._rows(sql, (person,))
        return (_choice(found[0][:7]), found[0][7] is None) if found else None

    def subscriptions(self) -> list[Subscription]:
        """The subscriptions in force of people who have an address, by person."""
        sql = (
            f"SELECT {_SUBSCRIPTION} FROM subscriptions JOIN people USING (person)"
            " WHERE ended IS NULL AND address IS NOT NULL ORDER BY person"
        )
        return [
            Subscription(person, address, _choice(chosen), datetime.fromisoformat(since))
            for person, address, *chosen, since in self._rows(sql)
        ]

    def digests_wanted(self) -> bool:
        """Whether anybody subscribes, or anything waits to be sent."""
        sql = "SELECT EXISTS (SELECT 1 FROM subscriptions WHERE ended IS NULL)"
        return bool(
            self._column(f"{sql} OR EXISTS (SELECT 1 FROM deliveries WHERE state IN ('planned', 'sending'))")[0]
        )

    def freeze(self, period: str, person: int, body: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """Keep the list of a period for a person (GENERAL: for all) once and for ever; returns what is kept."""
        with self.writing() as db:
            sql = "INSERT OR IGNORE INTO editions (period, person, body, frozen) VALUES (?, ?, ?, ?)"
            db.execute(sql, (period, person, json.dumps(body, ensure_ascii=False), moment(now)))
            row = db.execute("SELECT body FROM editions WHERE period = ? AND person = ?", (period, person)).fetchone()
        kept: dict[str, Any] = json.loads(row[0])
        return kept

    def edition(self, period: str, person: int = GENERAL) -> dict[str, Any] | None:
        """The frozen list of a period, or None."""
        found = self._column("SELECT body FROM editions WHERE period = ? AND person = ?", (period, person))
        kept: dict[str, Any] | None = json.loads(found[0]) if found else None
        return kept

    def editions(self, person: int, *, kind: Literal["day", "week"], limit: int) -> list[tuple[str, dict[str, Any]]]:
        """The newest frozen lists of a person (GENERAL: the general ones), newest first."""
        weekly = "LIKE" if kind == "week" else "NOT LIKE"
        sql = (
            f"SELECT period, body FROM editions WHERE person = ? AND period {weekly} '%W%' ORDER BY period DESC LIMIT ?"
        )
        return [(period, json.loads(body)) for period, body in self._rows(sql, (person, limit))]

    def plan(self, period: str, mails: Sequence[Planned], *, now: datetime) -> int:
        """Freeze each person's own list and plan their delivery of the period, both at once; returns for how many.

        Whoever has a delivery of the period already keeps what they have. One with ``said`` is set down as not to be
        sent, for this reason.
        """
        kept = "INSERT OR IGNORE INTO editions (period, person, body, frozen) VALUES (?, ?, ?, ?)"
        planned = (
            "INSERT OR IGNORE INTO deliveries (period, person, address, state, due, changed, said)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        done = 0
        with self.writing() as db:
            for each in mails:
                state = "suppressed" if each.said else "planned"
                row = (period, each.person, each.address, state, moment(each.due), moment(now), each.said)
                if db.execute(planned, row).rowcount:
                    done += 1
                    if each.body is not None:
                        body = json.dumps(each.body, ensure_ascii=False)
                        db.execute(kept, (period, each.person, body, moment(now)))
        return done

    def planned_for(self, period: str) -> set[int]:
        """The people who have a delivery of a period, whatever became of it."""
        return set(self._column("SELECT person FROM deliveries WHERE period = ?", (period,)))

    def claim(self, holder: str, *, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the delivery that is due first; it is this holder's alone until the lease ends."""
        sql = (
            "UPDATE deliveries SET state = 'sending', holder = ?, lease = ?, tries = tries + 1, changed = ?"
            " WHERE (period, person) = (SELECT period, person FROM deliveries WHERE state = 'planned' AND due <= ?"
            " AND coalesce(lease, '') <= ?"
            f" ORDER BY due, period, person LIMIT 1) RETURNING {_DELIVERY}"
        )
        with self.writing() as db:
            found = db.execute(sql, (holder, moment(now + lease), *(moment(now),) * 3)).fetchall()
        return _delivery(found[0]) if found else None

    def settle_delivery(
        self, delivery: Delivery, state: State, said: str, *, now: datetime, after: datetime | None = None
    ) -> bool:
        """Note what became of a claimed delivery; False when the claim is this holder's no more.

        One that is planned again is not claimed before ``after``.
        """
        sql = (
            "UPDATE deliveries SET state = ?, said = ?, changed = ?, lease = ?"
            " WHERE period = ? AND person = ? AND state = 'sending' AND holder = ?"
        )
        where = (delivery.period, delivery.person, delivery.holder)
        return self._write(sql, (state, said[:500], moment(now), moment(after) if after else None, *where)) == 1

    def doubt(self, *, now: datetime) -> int:
        """Set down claims whose lease has ended as doubtful: their holder died, perhaps after handing over."""
        sql = (
            "UPDATE deliveries SET state = 'doubtful', changed = ?, lease = NULL,"
            " said = 'the sender ended while it was handing this over: it may have arrived'"
            " WHERE state = 'sending' AND lease < ?"
        )
        return self._write(sql, (moment(now), moment(now)))

    def expire(self, before: datetime, *, now: datetime) -> int:
        """Give up planned deliveries that were due before a moment."""
        sql = (
            "UPDATE deliveries SET state = 'failed', changed = ?, said = 'too late: it was not sent in time'"
            " WHERE state = 'planned' AND due < ?"
        )
        return self._write(sql, (moment(now), moment(before)))

    def send_again(self, period: str, person: int, *, due: datetime, now: datetime) -> bool:
        """Plan a doubtful or failed delivery anew, as somebody decided; False when it is neither."""
        sql = (
            "UPDATE deliveries SET state = 'planned', due = ?, changed = ?, tries = 0, lease = NULL,"
            " said = 'planned again by hand'"
            " WHERE period = ? AND person = ? AND state IN ('doubtful', 'failed')"
        )
        return self._write(sql, (moment(due), moment(now), period, person)) == 1

    def deliveries(self, *states: State, limit: int = 1_000) -> list[Delivery]:
        """The newest deliveries in these states (none named: in any), newest change first."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        sql = f"SELECT {_DELIVERY} FROM deliveries {where} ORDER BY changed DESC, period, person LIMIT ?"
        return [_delivery(row) for row in self._rows(sql, (*states, limit))]

    def delivery(self, period: str, person: int) -> Delivery | None:
        """One delivery."""
        found = self._rows(f"SELECT {_DELIVERY} FROM deliveries WHERE period = ? AND person = ?", (period, person))
        return _delivery(found[0]) if found else None

    def delivery_counts(self, limit: int = 10) -> dict[str, dict[str, int]]:
        """How many deliveries of each of the newest periods stand in which state."""
        newest = "SELECT DISTINCT period FROM deliveries ORDER BY period DESC LIMIT ?"
        sql = f"SELECT period, state, count(*) FROM deliveries WHERE period IN ({newest}) GROUP BY 1, 2 ORDER BY 1 DESC"
        found: dict[str, dict[str, int]] = {}
        for period, state, count in self._rows(sql, (limit,)):
            found.setdefault(period, {})[state] = count
        return found

    def suppress(self, address: str, reason: str, detail: str, *, now: datetime) -> None:
        """Send nothing to an address any more; the first reason stays."""
        sql = "INSERT OR IGNORE INTO suppressions (address, reason, detail, since) VALUES (?, ?, ?, ?)"
        self._write(sql, (address, reason[:100], detail[:500], moment(now)))

    def suppressed(self, address: str) -> str:
        """Why nothing is sent to an address; empty when there is no such reason."""
        found = self._column("SELECT reason FROM suppressions WHERE address = ?", (address,))
        return found[0] if found else ""

    def suppressions(self) -> list[tuple[str, str, str, datetime]]:
        """Addresses that nothing is sent to, with reason, detail and since when."""
        rows = self._rows("SELECT address, reason, detail, since FROM suppressions ORDER BY since, address")
        return [(address, reason, detail, datetime.fromisoformat(since)) for address, reason, detail, since in rows]

    def lift(self, address: str) -> bool:
        """Send to an address again."""
        with self.writing() as db:
            db.execute("DELETE FROM bounces WHERE address = ?", (address,))
            return db.execute("DELETE FROM suppressions WHERE address = ?", (address,)).rowcount == 1

    def bounced(self, address: str, kind: str, detail: str, *, now: datetime, within: timedelta) -> int:
        """Note that a mail came back; returns how often one of this kind did within a time."""
        with self.writing() as db:
            sql = "INSERT INTO bounces (address, kind, detail, at) VALUES (?, ?, ?, ?)"
            db.execute(sql, (address, kind, detail[:500], moment(now)))
            sql = "SELECT count(*) FROM bounces WHERE address = ? AND kind = ? AND at >= ?"
            return int(db.execute(sql, (address, kind, moment(now - within))).fetchone()[0])


def _choice(row: Sequence[Any]) -> Choice:
    cadence, zone, hour, most, least, quiet, contents = row
    return Choice(cadence=cadence, zone=zone, hour=hour, most=most, least=least, quiet=quiet, contents=contents)


def _delivery(row: Sequence[Any]) -> Delivery:
    period, person, address, state, due, holder, lease, tries, changed, said = row
    held = datetime.fromisoformat(lease) if lease else None
    return Delivery(
        period, person, address, state, datetime.fromisoformat(due), holder, held, tries,
        datetime.fromisoformat(changed), said,
    )  # fmt: skip
