"""Why a day is empty, as far as the Store knows; what it cannot know, such as holidays, it does not claim.

not come yet -> a source failed on that day -> a weekend -> not fetched yet -> nobody to fetch it -> nothing was brought
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broadsheet.periods import Period
from broadsheet.store import Store

_NAMES = {"day": "This day", "week": "This week", "month": "This month"}


def reason(store: Store, asked: Period, *, today: date, zone: tzinfo | None) -> str:
    """One or two sentences on why nothing stands on a period."""
    name = _NAMES[asked.kind]
    if asked.first > today:
        return f"{name} has not come yet."
    if failed := _failed(store, asked, zone):
        return f"A source failed on this {asked.kind}: {failed}"
    if asked.kind == "day" and asked.first.weekday() >= 5:
        return f"A {asked.first:%A}: archives announce nothing at weekends, and no source listed a paper."
    good = store.last_good_run()
    if good is None:
        return _nobody(store)
    fetched = good.started.astimezone(zone).date()
    if asked.last > fetched:
        return f"Not fetched yet: the last run that ended well, of {good.source}, was on {said(fetched)}."
    return f"No source brought a paper of this {asked.kind}. It may be a holiday, or before the time they cover."


def _failed(store: Store, asked: Period, zone: tzinfo | None) -> str:
    """The last failure of the sources that failed in the period and did not end well in it later."""
    errors: dict[str, str] = {}
    for run in store.runs_between(_midnight(asked.first, zone), _midnight(asked.last, zone, after=1)):
        errors[run.source] = run.error
    return next((f"{source}: {error}" for source, error in errors.items() if error), "")


def _nobody(store: Store) -> str:
    if store.sources():
        return "Nothing was fetched yet: run `broadsheet ingest`."
    return "No source is followed and nothing was fetched yet: `broadsheet sources add arxiv:cs.IR` begins it."


def _midnight(day: date, zone: tzinfo | None, after: int = 0) -> datetime:
    """The beginning of a day (or of the day ``after`` it) where the reader lives."""
    try:
        day += timedelta(days=after)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (OverflowError, ValueError):  # the ends of the calendar, where no run was
        return datetime.max.replace(tzinfo=UTC) if after else datetime.min.replace(tzinfo=UTC)


def said(day: date) -> str:
    """``2 October 2026``."""
    return f"{day.day} {day:%B} {day.year}"
