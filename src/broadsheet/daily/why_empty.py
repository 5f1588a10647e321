"""Why a day is empty, as far as the Store knows; what it cannot know, such as holidays, it does not claim.

not come yet -> a source failed on that day -> nobody to fetch it -> a weekend -> not fetched yet -> nothing was brought
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broadsheet.core.periods import Period
from broadsheet.sources.payload import is_file, without_folders
from broadsheet.store import Store

_NAMES = {"day": "This day", "week": "This week", "month": "This month"}
_WHEN = {"day": "on this day", "week": "in this week", "month": "in this month"}


def reason(store: Store, asked: Period, *, today: date, zone: tzinfo | None) -> str:
    """One or two sentences on why nothing stands on a period, or on a stretch of days (a day that ends later)."""
    if asked.first > today:
        return f"{_NAMES[asked.kind]} has not come yet."
    stretch = asked.kind == "day" and asked.first != asked.last
    when = "in these days" if stretch else _WHEN[asked.kind]
    if failed := _failed(store, asked, zone):
        return f"A source failed {when}: {failed}"
    good = store.journal.last_good_run()
    if good is None:
        return _nobody(store)
    if asked.first == asked.last and asked.first.weekday() >= 5:
        return f"A {asked.first:%A}: archives announce nothing at weekends, and no source listed a paper."
    fetched = good.started.astimezone(zone).date()
    if asked.last > fetched:
        source = without_folders(good.source)
        return f"Not fetched yet: the last run that ended well, of {source}, was on {said(fetched)}."
    if asked.last >= today:
        return f"No source has brought a paper {when} so far."
    return f"No source brought a paper {when}. It may be a holiday, or before the time they cover."


def _failed(store: Store, asked: Period, zone: tzinfo | None) -> str:
    """The last failure of the sources that failed in the period and did not end well in it later. A file that somebody
    brought is no source that a day waits for."""
    errors: dict[str, str] = {}
    for run in store.journal.runs_between(midnight(asked.first, zone), midnight(asked.last, zone, after=1)):
        errors[run.source] = run.error
    return next((f"{source}: {error}" for source, error in errors.items() if error and not is_file(source)), "")


def _nobody(store: Store) -> str:
    if store.journal.sources():
        return "Nothing was fetched yet: run `broadsheet ingest`."
    return "No source is followed and nothing was fetched yet: `broadsheet sources add arxiv:cs.IR` begins it."


def midnight(day: date, zone: tzinfo | None, after: int = 0) -> datetime:
    """The beginning of a day (or of the day ``after`` it) where the reader lives."""
    try:
        day += timedelta(days=after)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (OverflowError, ValueError):  # the ends of the calendar, where no run was
        return datetime.max.replace(tzinfo=UTC) if after else datetime.min.replace(tzinfo=UTC)


def said(day: date) -> str:
    """``2 October 2026``."""
    return f"{day.day} {day:%B} {day.year}"
