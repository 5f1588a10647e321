"""Deliveries: which digest goes to whom, and its state.

planned -> sending: claimed by a holder, for as long as its lease -> handed over -> sent, failed, suppressed or doubtful
A claim is on the disk before a message is made, and the handing over is on the disk before the step after which no one
can tell whether it arrived: so after a kill no one gets a digest twice, and only what may have arrived is doubtful.
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from broadsheet.core.edition import PersonalEdition
from broadsheet.store.database import Part
from broadsheet.store.editions import FREEZE
from broadsheet.store.people import moment

State = Literal["planned", "sending", "sent", "failed", "suppressed", "doubtful"]
_DELIVERY = "period, person, address, state, due, holder, lease, tries, changed, said"
_HANDING = "this email is being handed over"
_EARLY = "due < CASE WHEN period LIKE '%W%' THEN ? ELSE ? END"  # before the limits of a week and of a day
_PLANNED = (
    "INSERT INTO deliveries (period, person, address, state, due, changed, said) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (period, person) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest to one person. ``due`` is when it may go; ``lease`` until when it is held, or has to wait; ``reason``
    why it is in its state."""

    period: str
    person: int
    address: str
    state: State
    due: datetime
    holder: str
    lease: datetime | None
    tries: int
    changed: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery to be planned, with what it holds (``edition``); or one that is ``suppressed`` or ``failed`` at
    once, with the ``reason``."""

    person: int
    address: str
    due: datetime
    edition: PersonalEdition | None = None
    state: State = "planned"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Had:
    """What a person's delivery of a period holds: its state, the ids of its papers, the names of the general editions
    that it was made ``of``, and the new versions of followed papers in it: their ids and moments (``changes``)."""

    state: State
    ids: frozenset[str]
    of: frozenset[str]
    changes: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """Moments before which a due digest is too late: of a ``day``, of a ``week``."""

    day: datetime
    week: datetime


class Deliveries(Part):
    """One digest to one person each, with its state."""

    def plan(self, period: str, mails: Sequence[Planned], *, now: datetime) -> int:
        """Freeze each person's list and plan their delivery of the period, both at once; return for how many.

        A person who already has a delivery of the period keeps that one.
        """
        done = 0
        with self._db.writing() as db:
            for each in mails:
                row = (period, each.person, each.address, each.state, moment(each.due), moment(now), each.reason[:500])
                if db.execute(_PLANNED, row).rowcount:
                    done += 1
                    if each.edition is not None:
                        db.execute(FREEZE, (period, each.person, each.edition.to_json(), moment(now)))
        return done

    def planned_for(self, period: str) -> set[int]:
        """Return the people who have a delivery of a period, in any state."""
        return set(self._db.column("SELECT person FROM deliveries WHERE period = ?", (period,)))

    def had(self, people: Sequence[int], periods: Sequence[str]) -> dict[int, list[Had]]:
        """Return what these people's deliveries of these periods hold, by person."""
        sql = (
            "WITH periods AS MATERIALIZED (SELECT value FROM json_each(?)),"
            " people AS MATERIALIZED (SELECT value FROM json_each(?))"
            " SELECT d.person, d.state, e.body FROM periods CROSS JOIN people CROSS JOIN deliveries d"
            " ON d.period = periods.value AND d.person = people.value"
            " JOIN editions e ON e.period = d.period AND e.person = d.person"
        )
        had: dict[int, list[Had]] = {person: [] for person in people}
        for person, state, body in self._db.rows(sql, (json.dumps(list(periods)), json.dumps(list(people)))):
            had[person].append(_had(state, PersonalEdition.from_json(body)))
        return had

    def claim(self, holder: str, *, now: datetime, lease: timedelta, limits: Limits) -> Delivery | None:
        """Claim the delivery that is due first and not too late; until the lease ends it belongs to this holder."""
        sql = (
            "UPDATE deliveries SET state = 'sending', holder = ?, lease = ?, tries = tries + 1, changed = ?, said = ''"
            " WHERE (period, person) = (SELECT period, person FROM deliveries WHERE state = 'planned' AND due <= ?"
            f" AND NOT {_EARLY} AND coalesce(lease, '') <= ? ORDER BY due, period, person LIMIT 1)"
            f" RETURNING {_DELIVERY}"
        )
        at = moment(now)
        with self._db.writing() as db:
            values = (holder, moment(now + lease), at, at, moment(limits.week), moment(limits.day), at)
            row = db.execute(sql, values).fetchone()
        return _delivery(row) if row else None

    def handing_over(self, delivery: Delivery, *, now: datetime) -> bool:
        """Record that a claimed delivery is handed over, before the step after which no one can tell; False when the
        claim no longer belongs to this holder, who must not hand it over then."""
        sql = (
            "UPDATE deliveries SET said = ?, changed = ?"
            " WHERE period = ? AND person = ? AND state = 'sending' AND holder = ?"
        )
        return self._db.write(sql, (_HANDING, moment(now), delivery.period, delivery.person, delivery.holder)) == 1

    def settle(
        self,
        delivery: Delivery,
        state: State,
        reason: str,
        *,
        now: datetime,
        after: datetime | None = None,
        tries: int = 0,
    ) -> bool:
        """Record the new state of a claimed delivery; False when the claim no longer belongs to this holder.

        One that is planned again is not claimed before ``after``; ``tries`` are subtracted from its count. A holder
        that took longer than its lease still decides about a delivery that has become doubtful meanwhile.
        """
        sql = (
            "UPDATE deliveries SET state = ?, said = ?, changed = ?, lease = ?, tries = tries - ?"
            " WHERE period = ? AND person = ? AND state IN ('sending', 'doubtful') AND holder = ?"
        )
        where = (delivery.period, delivery.person, delivery.holder)
        wait = moment(after) if after else None
        return self._db.write(sql, (state, reason[:500], moment(now), wait, tries, *where)) == 1

    def release(self, *, now: datetime, most: int) -> int:
        """Plan deliveries again whose lease ended before they were handed over: their sender died too early for them to
        have arrived. After ``most`` tries they have failed. Returns how many."""
        sql = (
            "UPDATE deliveries SET state = CASE WHEN tries < ? THEN 'planned' ELSE 'failed' END, changed = ?,"
            " lease = NULL, said = CASE WHEN tries < ? THEN 'the process stopped before it handed this email over'"
            " ELSE 'the process stopped each time before it handed this email over' END"
            " WHERE state = 'sending' AND said = '' AND lease < ?"
        )
        return self._db.write(sql, (most, moment(now), most, moment(now)))

    def doubt(self, *, now: datetime) -> int:
        """Make deliveries doubtful whose lease ended while they were handed over: they may have arrived. Returns how
        many."""
        sql = (
            "UPDATE deliveries SET state = 'doubtful', changed = ?, lease = NULL,"
            " said = 'the process stopped while it handed this email over: it may have arrived'"
            " WHERE state = 'sending' AND said <> '' AND lease < ?"
        )
        return self._db.write(sql, (moment(now), moment(now)))

    def expire(self, limits: Limits, *, now: datetime) -> int:
        """Give up planned deliveries that were due before the limits; return how many."""
        sql = (
            "UPDATE deliveries SET state = 'failed', changed = ?, said = 'too late: this email was not sent in time'"
            f" || CASE said WHEN '' THEN '' ELSE ' (' || said || ')' END WHERE state = 'planned' AND {_EARLY}"
        )
        return self._db.write(sql, (moment(now), moment(limits.week), moment(limits.day)))

    def send_again(self, period: str, person: int, *, due: datetime, now: datetime) -> bool:
        """Plan a doubtful or failed delivery again by hand; False when it is neither, or has no list."""
        sql = (
            "UPDATE deliveries SET state = 'planned', due = ?, changed = ?, tries = 0, lease = NULL, holder = '',"
            " said = 'planned again by hand'"
            " WHERE period = ? AND person = ? AND state IN ('doubtful', 'failed') AND EXISTS"
            " (SELECT 1 FROM editions e WHERE e.period = deliveries.period AND e.person = deliveries.person)"
        )
        return self._db.write(sql, (moment(due), moment(now), period, person)) == 1

    def in_states(self, *states: State, limit: int = 1_000) -> list[Delivery]:
        """Return the newest deliveries in these states (without names: in any), newest change first."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        sql = f"SELECT {_DELIVERY} FROM deliveries {where} ORDER BY changed DESC, period, person LIMIT ?"
        return [_delivery(row) for row in self._db.rows(sql, (*states, limit))]

    def get(self, period: str, person: int) -> Delivery | None:
        """Return one delivery, or None."""
        rows = self._db.rows(f"SELECT {_DELIVERY} FROM deliveries WHERE period = ? AND person = ?", (period, person))
        return _delivery(rows[0]) if rows else None

    def counts(self, limit: int = 10) -> dict[str, dict[str, int]]:
        """Return the number of deliveries by period and state, for the newest periods."""
        newest = "SELECT DISTINCT period FROM deliveries ORDER BY period DESC LIMIT ?"
        sql = f"SELECT period, state, count(*) FROM deliveries WHERE period IN ({newest}) GROUP BY 1, 2 ORDER BY 1 DESC"
        counts: dict[str, dict[str, int]] = {}
        for period, state, count in self._db.rows(sql, (limit,)):
            counts.setdefault(period, {})[state] = count
        return counts

    def states(self) -> dict[str, int]:
        """Return the number of deliveries by state."""
        return dict(self._db.rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))


def _had(state: State, edition: PersonalEdition) -> Had:
    changes = frozenset((each.id, each.changed) for each in edition.papers if each.changed)
    return Had(state, frozenset(edition.ids), frozenset(edition.of), changes)


def _delivery(row: Sequence[Any]) -> Delivery:
    period, person, address, state, due, holder, lease, tries, changed, reason = row
    held = datetime.fromisoformat(lease) if lease else None
    return Delivery(
        period, person, address, state, datetime.fromisoformat(due), holder, held, tries,
        datetime.fromisoformat(changed), reason,
    )  # fmt: skip
