"""Email: who subscribes to what, and which addresses no longer get any."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from broadsheet.store.database import Part
from broadsheet.store.people import moment

Cadence = Literal["daily", "weekdays", "weekly"]
Quiet = Literal["skip", "note"]
Contents = Literal["general", "mine", "both"]
_HOST = "substr(address, instr(address, '@') + 1)"
_SUBSCRIPTION = "person, address, cadence, zone, hour, most, least, quiet, contents, since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a subscriber chose: how often (``cadence``), at which ``hour`` of which time ``zone``; how many papers at
    ``most``, and how well they must match at ``least``; what comes on a ``quiet`` day; whose papers (``contents``)."""

    cadence: Cadence = "weekdays"
    zone: str = "UTC"
    hour: int = 7
    most: int = 15
    least: str = "fair"
    quiet: Quiet = "skip"
    contents: Contents = "both"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription in force: whose it is, and the address that it goes to."""

    person: int
    address: str
    choice: Choice
    since: datetime


@dataclass(frozen=True, slots=True)
class Refusing:
    """A host that sent back ``emails`` to so many ``readers``; ``detail`` is the newest reason."""

    host: str
    emails: int
    readers: int
    detail: str


class Mail(Part):
    """Subscriptions and suppressions."""

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
        self._db.write(sql, (person, *values, moment(now)))

    def unsubscribe(self, person: int, *, now: datetime) -> bool:
        """End a person's subscription, and what was planned for them; False when none was in force."""
        with self._db.writing() as db:
            sql = "UPDATE subscriptions SET ended = ? WHERE person = ? AND ended IS NULL"
            ended = db.execute(sql, (moment(now), person)).rowcount == 1
            sql = (
                "UPDATE deliveries SET state = 'suppressed', said = 'unsubscribed', changed = ?"
                " WHERE person = ? AND state = 'planned'"
            )
            db.execute(sql, (moment(now), person))
        return ended

    def choice(self, person: int) -> tuple[Choice, bool] | None:
        """Return what a person chose last, and whether it is in force; None when they never subscribed."""
        sql = "SELECT cadence, zone, hour, most, least, quiet, contents, ended FROM subscriptions WHERE person = ?"
        rows = self._db.rows(sql, (person,))
        return (_choice(rows[0][:7]), rows[0][7] is None) if rows else None

    def subscribed_since(self, person: int) -> datetime | None:
        """Return when a person's last subscription began; None when they never subscribed."""
        since = self._db.column("SELECT since FROM subscriptions WHERE person = ?", (person,))
        return datetime.fromisoformat(since[0]) if since else None

    def subscriptions(self) -> list[Subscription]:
        """Return the subscriptions in force of people who have an address, by person."""
        sql = (
            f"SELECT {_SUBSCRIPTION} FROM subscriptions JOIN people USING (person)"
            " WHERE ended IS NULL AND address IS NOT NULL ORDER BY person"
        )
        return [
            Subscription(person, address, _choice(chosen), datetime.fromisoformat(since))
            for person, address, *chosen, since in self._db.rows(sql)
        ]

    def digests_wanted(self) -> bool:
        """Whether anyone subscribes, or any digest waits to be sent."""
        sql = "SELECT EXISTS (SELECT 1 FROM subscriptions WHERE ended IS NULL)"
        return bool(
            self._db.column(f"{sql} OR EXISTS (SELECT 1 FROM deliveries WHERE state IN ('planned', 'sending'))")[0]
        )

    def suppress(self, address: str, reason: str, detail: str, *, now: datetime) -> None:
        """Send nothing more to an address; the first reason stays."""
        sql = "INSERT OR IGNORE INTO suppressions (address, reason, detail, since) VALUES (?, ?, ?, ?)"
        self._db.write(sql, (address, reason[:100], detail[:500], moment(now)))

    def suppressed(self, address: str) -> str:
        """Return why nothing is sent to an address; empty when email is sent to it."""
        reasons = self._db.column("SELECT reason FROM suppressions WHERE address = ?", (address,))
        return reasons[0] if reasons else ""

    def suppressions(self) -> list[tuple[str, str, str, datetime]]:
        """Return the addresses that nothing is sent to, with reason, detail and the moment since when."""
        rows = self._db.rows("SELECT address, reason, detail, since FROM suppressions ORDER BY since, address")
        return [(address, reason, detail, datetime.fromisoformat(since)) for address, reason, detail, since in rows]

    def lift(self, address: str) -> bool:
        """Send to an address again; False when it was not suppressed."""
        with self._db.writing() as db:
            db.execute("DELETE FROM bounces WHERE address = ?", (address,))
            return db.execute("DELETE FROM suppressions WHERE address = ?", (address,)).rowcount == 1

    def bounced(self, address: str, kind: str, detail: str, *, now: datetime) -> None:
        """Record a returned or refused email."""
        sql = "INSERT INTO bounces (address, kind, detail, at) VALUES (?, ?, ?, ?)"
        self._db.write(sql, (address, kind, detail[:500], moment(now)))

    def bounce_count(self, address: str, kind: str, *, since: datetime) -> int:
        """Return how many emails to an address came back as this kind since a moment."""
        sql = "SELECT count(*) FROM bounces WHERE address = ? AND kind = ? AND at >= ?"
        return int(self._db.column(sql, (address, kind, moment(since)))[0])

    def failing(self, host: str, kind: str, *, since: datetime) -> tuple[int, int]:
        """Return to how many addresses at a host emails came back as this kind since a moment, and how many addresses
        there subscribe."""
        sql = f"SELECT count(DISTINCT address) FROM bounces WHERE kind = ? AND at >= ? AND {_HOST} = ?"
        failed = int(self._db.column(sql, (kind, moment(since), host))[0])
        return failed, sum(each.address.rpartition("@")[2] == host for each in self.subscriptions())

    def refusing(self, *, since: datetime) -> list[Refusing]:
        """Return the hosts that refused emails since a moment for a reason that is not their reader's, or refused those
        of several readers who still get them; the one that did so most often first."""
        sql = (
            f"SELECT {_HOST} AS host, count(*), count(DISTINCT address), detail, max(bounce) FROM bounces"
            " WHERE at >= ? AND (kind IN ('soft', 'server')"
            " OR kind = 'hard' AND address NOT IN (SELECT address FROM suppressions)) GROUP BY host"
            " HAVING sum(kind = 'server') > 0 OR count(DISTINCT address) > 1 ORDER BY 2 DESC, host"
        )
        return [Refusing(*row[:4]) for row in self._db.rows(sql, (moment(since),))]


def _choice(row: Sequence[Any]) -> Choice:
    cadence, zone, hour, most, least, quiet, contents = row
    return Choice(cadence=cadence, zone=zone, hour=hour, most=most, least=least, quiet=quiet, contents=contents)
