"""Why a day is empty, as far as the Store knows; it makes no claims about what it cannot know, for example holidays.

in the future -> a source failed -> nothing was ever fetched -> a weekend -> not fetched yet -> no papers came
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broadsheet.core.periods import Period
from broadsheet.sources.payload import is_file, without_folders
from broadsheet.store import Store

_NAMES = {"day": "This day", "week": "This week", "month": "This month"}
_WHEN = {"day": "on this day", "week": "in this week", "month": "in this month"}


def reason(store: Store, asked: Period, *, today: date, zone: tzinfo | None) -> str:
    """Say in one or two sentences why no paper is listed in a period or a stretch of days (a day that ends later)"""
    if asked.first > today:
        return f"{_NAMES[asked.kind]} has not come yet."
    stretch = asked.kind == "day" and asked.first != asked.last
    when = "in these days" if stretch else _WHEN[asked.kind]
    if failed := _failed(store, asked, zone):
        return f"A source failed {when}: {failed}"
    good = store.journal.last_good_run()
    if good is None:
        return _no_source(store)
    if asked.first == asked.last and asked.first.weekday() >= 5:
        return f"A {asked.first:%A}: archives announce nothing at weekends, and no source listed a paper."
    fetched = good.started.astimezone(zone).date()
    if asked.last > fetched:
        source = without_folders(good.source)
        return f"Not fetched yet: the last successful run was of {source}, on {long_date(fetched)}."
    if asked.last >= today:
        return f"No source has listed a paper {when} so far."
    return f"No source listed a paper {when}. It may be a holiday, or earlier than the sources reach."


def _failed(store: Store, asked: Period, zone: tzinfo | None) -> str:
    """The last failure of the sources that failed in the period and did not succeed in it later. An imported file does
    not count: a day does not wait for it."""
    errors: dict[str, str] = {}
    for run in store.journal.runs_between(midnight(asked.first, zone), midnight(asked.last, zone, after=1)):
        errors[run.source] = run.error
    return next((f"{source}: {error}" for source, error in errors.items() if error and not is_file(source)), "")


def _no_source(store: Store) -> str:
    if store.journal.sources():
        return "Nothing has been fetched yet: run `broadsheet ingest`."
    return "No source is followed yet: start with `broadsheet sources add arxiv:cs.IR`."


def midnight(day: date, zone: tzinfo | None, after: int = 0) -> datetime:
    """Return the beginning of a day (or of the day ``after`` days later) in the reader's zone, in UTC."""
    try:
        day += timedelta(days=after)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (OverflowError, ValueError):  # the ends of the calendar, where no run was
        return datetime.max.replace(tzinfo=UTC) if after else datetime.min.replace(tzinfo=UTC)


def long_date(day: date) -> str:
    """Write a day as ``2 October 2026``."""
    return f"{day.day} {day:%B} {day.year}"
