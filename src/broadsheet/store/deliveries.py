"""The Store's half that knows what is sent: frozen editions, and deliveries with their states.

planned -> sending: claimed by a holder, for as long as its lease -> handed over -> sent, failed, suppressed or doubtful
A claim is on the disk before a message is made, and that it is handed over before the step after which nobody could
tell whether it arrived: so after a kill nobody is written to twice, and only what may have arrived is doubtful.
"""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from broadsheet.store.database import Database
from broadsheet.store.mailing import GENERAL, Delivery, Had, Limits, Planned, State
from broadsheet.store.people import moment

_DELIVERY = "period, person, address, state, due, holder, lease, tries, changed, said"
_HANDING = "it is being handed over"
_EARLY = "due < CASE WHEN period LIKE '%W%' THEN ? ELSE ? END"  # before the limits of a week and of a day
_KEPT = (
    "INSERT INTO editions (period, person, body, frozen) VALUES (?, ?, ?, ?) ON CONFLICT (period, person) DO NOTHING"
)
_PLANNED = (
    "INSERT INTO deliveries (period, person, address, state, due, changed, said) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (period, person) DO NOTHING"
)


class Deliveries(Database):
    """Editions and deliveries."""

    def freeze(self, period: str, person: int, body: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """Keep the list of a period for a person (GENERAL: for all) once and for ever; returns what is kept."""
        with self.writing() as db:
            db.execute(_KEPT, (period, person, json.dumps(body, ensure_ascii=False), moment(now)))
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

    def forget_lists(self, before: datetime) -> int:
        """Forget people's own lists that were frozen before a moment; the general editions, and what became of the
        deliveries, stay for ever."""
        return self._write("DELETE FROM editions WHERE person > ? AND frozen < ?", (GENERAL, moment(before)))

    def plan(self, period: str, mails: Sequence[Planned], *, now: datetime) -> int:
        """Freeze each person's own list and plan their delivery of the period, both at once; returns for how many.

        Whoever has a delivery of the period already keeps what they have.
        """
        done = 0
        with self.writing() as db:
            for each in mails:
                row = (period, each.person, each.address, each.state, moment(each.due), moment(now), each.said[:500])
                if db.execute(_PLANNED, row).rowcount:
                    done += 1
                    if each.body is not None:
                        body = json.dumps(each.body, ensure_ascii=False)
                        db.execute(_KEPT, (period, each.person, body, moment(now)))
        return done

    def planned_for(self, period: str) -> set[int]:
        """The people who have a delivery of a period, whatever became of it."""
        return set(self._column("SELECT person FROM deliveries WHERE period = ?", (period,)))

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
        for person, state, body in self._rows(sql, (json.dumps(list(periods)), json.dumps(list(people)))):
            found[person].append(_had(state, json.loads(body)))
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
        with self.writing() as db:
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
        return self._write(sql, (_HANDING, moment(now), delivery.period, delivery.person, delivery.holder)) == 1

    def settle_delivery(
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
        return self._write(sql, (state, said[:500], moment(now), wait, tries, *where)) == 1

    def release(self, *, now: datetime, most: int) -> int:
        """Plan anew what was claimed and not handed over when its lease ended: its sender died too early for it to
        have arrived. After ``most`` tries it has failed. Returns how many."""
        sql = (
            "UPDATE deliveries SET state = CASE WHEN tries < ? THEN 'planned' ELSE 'failed' END, changed = ?,"
            " lease = NULL, said = CASE WHEN tries < ? THEN 'the sender ended before it handed this over'"
            " ELSE 'each time its sender ended before it handed this over' END"
            " WHERE state = 'sending' AND said = '' AND lease < ?"
        )
        return self._write(sql, (most, moment(now), most, moment(now)))

    def doubt(self, *, now: datetime) -> int:
        """Set down what was being handed over when its lease ended as doubtful: its sender died, perhaps after it."""
        sql = (
            "UPDATE deliveries SET state = 'doubtful', changed = ?, lease = NULL,"
            " said = 'the sender ended while it was handing this over: it may have arrived'"
            " WHERE state = 'sending' AND said <> '' AND lease < ?"
        )
        return self._write(sql, (moment(now), moment(now)))

    def expire(self, limits: Limits, *, now: datetime) -> int:
        """Give up planned deliveries that were due before the limits."""
        sql = (
            "UPDATE deliveries SET state = 'failed', changed = ?, said = 'too late: it was not sent in time'"
            f" || CASE said WHEN '' THEN '' ELSE ' (' || said || ')' END WHERE state = 'planned' AND {_EARLY}"
        )
        return self._write(sql, (moment(now), moment(limits.week), moment(limits.day)))

    def send_again(self, period: str, person: int, *, due: datetime, now: datetime) -> bool:
        """Plan a doubtful or failed delivery anew, as somebody decided; False when it is neither, or has no list."""
        sql = (
            "UPDATE deliveries SET state = 'planned', due = ?, changed = ?, tries = 0, lease = NULL, holder = '',"
            " said = 'planned again by hand'"
            " WHERE period = ? AND person = ? AND state IN ('doubtful', 'failed') AND EXISTS"
            " (SELECT 1 FROM editions e WHERE e.period = deliveries.period AND e.person = deliveries.person)"
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


def _had(state: State, body: dict[str, Any]) -> Had:
    ids = frozenset(each["id"] for name in ("papers", "general") for each in body.get(name, ()))
    return Had(state, ids, frozenset(body.get("of", ())))


def _delivery(row: Sequence[Any]) -> Delivery:
    period, person, address, state, due, holder, lease, tries, changed, said = row
    held = datetime.fromisoformat(lease) if lease else None
    return Delivery(
        period, person, address, state, datetime.fromisoformat(due), holder, held, tries,
        datetime.fromisoformat(changed), said,
    )  # fmt: skip
