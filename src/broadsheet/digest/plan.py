"""Who gets a digest now, and which: planned once for each person and period, with their own list frozen beside it.

for each subscription: its last hour that has come -> not too long ago? -> the period -> no delivery of it yet?
in batches: own lists, frozen and planned in one transaction
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from broadsheet import periods
from broadsheet.collection import Collection
from broadsheet.digest import editions
from broadsheet.digest.personal import Day, day_of, lists
from broadsheet.periods import Period
from broadsheet.store.mailing import Choice, Planned, Subscription

LATE = timedelta(hours=12)
"""A digest that could not be sent for so long is not sent any more: the next one is near."""
_AT_ONCE = 200
_MONDAY, _FRIDAY = 0, 4


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription whose hour has come, for which period, and when that was."""

    subscription: Subscription
    period: Period
    at: datetime


def plan(collection: Collection, *, now: datetime, zone: tzinfo | None = None) -> int:
    """Plan the digests that are due; returns for how many people anew, those told of nothing included."""
    found: dict[str, list[Due]] = {}
    for subscription in collection.store.subscriptions():
        each = due(subscription, now=now, zone=zone)
        if each:
            found.setdefault(each.period.name, []).append(each)
    return sum(_planned(collection, dues, now=now, zone=zone) for dues in found.values())


def due(subscription: Subscription, *, now: datetime, zone: tzinfo | None = None) -> Due | None:
    """The digest that a subscriber's last hour asks for; None when there is none, or it is too late for it.

    ``zone`` is where the days of the instance begin, whose day (or last whole week) it is.
    """
    choice = subscription.choice
    at = _last_hour(choice, now)
    there = at.astimezone(_zone(choice.zone))
    days = {"daily": range(7), "weekdays": range(_FRIDAY + 1), "weekly": (_MONDAY,)}[choice.cadence]
    if there.weekday() not in days or now - at > LATE or at < subscription.since:
        return None
    day = at.astimezone(zone).date()
    if choice.cadence == "weekly":
        return Due(subscription, periods.period("week", there.date() - timedelta(days=7)), at)
    return Due(subscription, periods.period("day", day), at)


def _last_hour(choice: Choice, now: datetime) -> datetime:
    """When the subscriber's hour came last."""
    local = _zone(choice.zone)
    today = now.astimezone(local).date()
    at = datetime.combine(today, time(choice.hour), local).astimezone(UTC)
    if at > now:
        at = datetime.combine(today - timedelta(days=1), time(choice.hour), local).astimezone(UTC)
    return at


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # one that this machine does not know any more
        return UTC


def _planned(collection: Collection, dues: Sequence[Due], *, now: datetime, zone: tzinfo | None) -> int:
    store, period = collection.store, dues[0].period
    had = store.planned_for(period.name)
    waiting = [each for each in dues if each.subscription.person not in had]
    if not waiting:
        return 0
    body = editions.general(collection, period, now=now, zone=zone)
    reason = "" if body else editions.quiet(collection, period, today=now.astimezone(zone).date(), zone=zone)
    day = day_of(collection, body["pool"]) if body else None
    planned = 0
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        planned += store.plan(period.name, list(_each(collection, some, day, reason)), now=now)
    return planned


def _each(collection: Collection, dues: Sequence[Due], day: Day | None, reason: str) -> Iterator[Planned]:
    own = [each.subscription for each in dues if each.subscription.choice.contents != "general"]
    found = lists(collection, day, [(each.person, each.choice) for each in own]) if day and own else {}
    for each in dues:
        person, choice = each.subscription.person, each.subscription.choice
        why = reason
        body: dict[str, Any] | None = None
        if day is not None and choice.contents != "general":
            body = {"papers": found[person]}
            if choice.contents == "mine" and not found[person]:
                why = f"None of {len(day.documents):,} new papers is near what you save, follow and ask for."
        if why:
            body = {"papers": [], "quiet": why}
        yield Planned(person, each.subscription.address, each.at, body, _skipped(choice, why))


def _skipped(choice: Choice, why: str) -> str:
    return f"quiet: {why}" if why and choice.quiet == "skip" else ""
