"""Deliveries: what is sent to whom, and what became of it.

planned -> sending: claimed by a holder, for as long as its lease -> handed over -> sent, failed, suppressed or doubtful
A claim is on the disk before a message is made, and that it is handed over before the step after which nobody could
tell whether it arrived: so after a kill nobody is written to twice, and only what may have arrived is doubtful.
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
STATES: tuple[State, ...] = ("planned", "sending", "sent", "failed", "suppressed", "doubtful")
_DELIVERY = "period, person, address, state, due, holder, lease, tries, changed, said"
_HANDING = "it is being handed over"
_EARLY = "due < CASE WHEN period LIKE '%W%' THEN ? ELSE ? END"  # before the limits of a week and of a day
_PLANNED = (
    "INSERT INTO deliveries (period, person, address, state, due, changed, said) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (period, person) DO NOTHING"
)


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
    """A delivery to be planned, with what it holds (``edition``); or set down as ``suppressed`` or ``failed`` at
    once, with the reason ``said``."""

    person: int
    address: str
    due: datetime
    edition: PersonalEdition | None = None
    state: State = "planned"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Had:
    """What a person's delivery of a period holds, by the ids of the papers, ``of`` which editions it was made, and
    what became of it."""

    state: State
    ids: frozenset[str]
    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Moments before which what was due is not sent any more: of a ``day``, of a ``week``."""

    day: datetime
    week: datetime


class Deliveries(Part):
    """One digest to one person each, with its state."""

    def plan(self, period: str, mails: Sequence[Planned], *, now: datetime) -> int:
        """Freeze each person's own list and plan their delivery of the period, both at once; returns for how many.

        Whoever has a delivery of the period already keeps what they have.
        """
        done = 0
        with self._db.writing() as db:
            for each in mails:
                row = (period, each.person, each.address, each.state, moment(each.due), moment(now), each.said[:500])
                if db.execute(_PLANNED, row).rowcount:
                    done += 1
                    if each.edition is not None:
                        db.execute(FREEZE, (period, each.person, each.edition.to_json(), moment(now)))
        return done

    def planned_for(self, period: str) -> set[int]:
        """The people who have a delivery of a period, whatever became of it."""
        return set(self._db.column("SELECT person FROM deliveries WHERE period = ?", (period,)))

    def had(self, people: Sequence[int], periods: Sequence[str]) -> dict[int, list[Had]]:
        """What these people's deliveries of these periods hold, by person."""
        sql = (
            "WITH periods AS MATERIALIZED (SELECT value FROM json_each(?)),"
            " people AS MATERIALIZED (SELECT value FROM json_each(?))"
            " SELECT d.person, d.state, e.body FROM periods CROSS JOIN people CROSS JOIN deliveries d"
            " ON d.period = periods.value AND d.person = people.value"
            " JOIN editions e ON e.period = d.period AND e.person = d.person"
        )
        found: dict[int, list[Had]] = {person: [] for person in people}
        for person, state, body in self._db.rows(sql, (json.dumps(list(periods)), json.dumps(list(people)))):
            found[person].append(_had(state, PersonalEdition.from_json(body)))
        return found

    def claim(self, holder: str, *, now: datetime, lease: timedelta, limits: Limits) -> Delivery | None:
        """Take the delivery that is due first, of those not too late; until the lease ends it is this holder's."""
        sql = (
            "UPDATE deliveries SET state = 'sending', holder = ?, lease = ?, tries = tries + 1, changed = ?, said = ''"
            " WHERE (period, person) = (SELECT period, person FROM deliveries WHERE state = 'planned' AND due <= ?"
            f" AND NOT {_EARLY} AND coalesce(lease, '') <= ? ORDER BY due, period, person LIMIT 1)"
            f" RETURNING {_DELIVERY}"
        )
        at = moment(now)
        with self._db.writing() as db:
            values = (holder, moment(now + lease), at, at, moment(limits.week), moment(limits.day), at)
            found = db.execute(sql, values).fetchall()
        return _delivery(found[0]) if found else None

    def handing_over(self, delivery: Delivery, *, now: datetime) -> bool:
        """Note, before the step after which nobody could tell, that a claimed delivery is handed over; False when the
        claim is this holder's no more, who then must not."""
        sql = (
            "UPDATE deliveries SET said = ?, changed = ?"
            " WHERE period = ? AND person = ? AND state = 'sending' AND holder = ?"
        )
        return self._db.write(sql, (_HANDING, moment(now), delivery.period, delivery.person, delivery.holder)) == 1

    def settle(
        self,
        delivery: Delivery,
        state: State,
        said: str,
        *,
        now: datetime,
        after: datetime | None = None,
        tries: int = 0,
    ) -> bool:
        """Note what became of a claimed delivery; False when the claim is this holder's no more.

        One that is planned again is not claimed before ``after``; ``tries`` are taken off those it had. A holder who
        was slower than its lease still knows best of what was set down as doubtful meanwhile.
        """
        sql = (
            "UPDATE deliveries SET state = ?, said = ?, changed = ?, lease = ?, tries = tries - ?"
            " WHERE period = ? AND person = ? AND state IN ('sending', 'doubtful') AND holder = ?"
        )
        where = (delivery.period, delivery.person, delivery.holder)
        wait = moment(after) if after else None
        return self._db.write(sql, (state, said[:500], moment(now), wait, tries, *where)) == 1

    def release(self, *, now: datetime, most: int) -> int:
        """Plan anew what was claimed and not handed over when its lease ended: its sender died too early for it to
        have arrived. After ``most`` tries it has failed. Returns how many."""
        sql = (
            "UPDATE deliveries SET state = CASE WHEN tries < ? THEN 'planned' ELSE 'failed' END, changed = ?,"
            " lease = NULL, said = CASE WHEN tries < ? THEN 'the sender ended before it handed this over'"
            " ELSE 'each time its sender ended before it handed this over' END"
            " WHERE state = 'sending' AND said = '' AND lease < ?"
        )
        return self._db.write(sql, (most, moment(now), most, moment(now)))

    def doubt(self, *, now: datetime) -> int:
        """Set down what was being handed over when its lease ended as doubtful: its sender died, perhaps after it."""
        sql = (
            "UPDATE deliveries SET state = 'doubtful', changed = ?, lease = NULL,"
            " said = 'the sender ended while it was handing this over: it may have arrived'"
            " WHERE state = 'sending' AND said <> '' AND lease < ?"
        )
        return self._db.write(sql, (moment(now), moment(now)))

    def expire(self, limits: Limits, *, now: datetime) -> int:
        """Give up planned deliveries that were due before the limits."""
        sql = (
            "UPDATE deliveries SET state = 'failed', changed = ?, said = 'too late: it was not sent in time'"
            f" || CASE said WHEN '' THEN '' ELSE ' (' || said || ')' END WHERE state = 'planned' AND {_EARLY}"
        )
        return self._db.write(sql, (moment(now), moment(limits.week), moment(limits.day)))

    def send_again(self, period: str, person: int, *, due: datetime, now: datetime) -> bool:
        """Plan a doubtful or failed delivery anew, as somebody decided; False when it is neither, or has no list."""
        sql = (
            "UPDATE deliveries SET state = 'planned', due = ?, changed = ?, tries = 0, lease = NULL, holder = '',"
            " said = 'planned again by hand'"
            " WHERE period = ? AND person = ? AND state IN ('doubtful', 'failed') AND EXISTS"
            " (SELECT 1 FROM editions e WHERE e.period = deliveries.period AND e.person = deliveries.person)"
        )
        return self._db.write(sql, (moment(due), moment(now), period, person)) == 1

    def in_states(self, *states: State, limit: int = 1_000) -> list[Delivery]:
        """The newest deliveries in these states (none named: in any), newest change first."""
        where = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        sql = f"SELECT {_DELIVERY} FROM deliveries {where} ORDER BY changed DESC, period, person LIMIT ?"
        return [_delivery(row) for row in self._db.rows(sql, (*states, limit))]

    def get(self, period: str, person: int) -> Delivery | None:
        """One delivery."""
        found = self._db.rows(f"SELECT {_DELIVERY} FROM deliveries WHERE period = ? AND person = ?", (period, person))
        return _delivery(found[0]) if found else None

    def counts(self, limit: int = 10) -> dict[str, dict[str, int]]:
        """How many deliveries of each of the newest periods stand in which state."""
        newest = "SELECT DISTINCT period FROM deliveries ORDER BY period DESC LIMIT ?"
        sql = f"SELECT period, state, count(*) FROM deliveries WHERE period IN ({newest}) GROUP BY 1, 2 ORDER BY 1 DESC"
        found: dict[str, dict[str, int]] = {}
        for period, state, count in self._db.rows(sql, (limit,)):
            found.setdefault(period, {})[state] = count
        return found

    def states(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        return dict(self._db.rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))


def _had(state: State, edition: PersonalEdition) -> Had:
    return Had(state, frozenset(edition.ids), frozenset(edition.of))


def _delivery(row: Sequence[Any]) -> Delivery:
    period, person, address, state, due, holder, lease, tries, changed, said = row
    held = datetime.fromisoformat(lease) if lease else None
    return Delivery(
        period, person, address, state, datetime.fromisoformat(due), holder, held, tries,
        datetime.fromisoformat(changed), said,
    )  # fmt: skip
