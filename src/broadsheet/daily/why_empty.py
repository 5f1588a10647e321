"""Why a day is empty: what the Store and arXiv's calendar know, and nothing that they do not.

in the future -> a source failed -> nothing was ever read -> arXiv's calendar has no list of that day -> not read since
-> no source listed a paper, and which sources were read then
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from broadsheet.core.periods import Period
from broadsheet.core.types import Run
from broadsheet.sources import announcements
from broadsheet.sources.payload import is_file, without_folders
from broadsheet.store import Store

_NAMES = {"day": "this day", "week": "this week", "month": "this month"}
_MOST_NAMED = 3  # sources that are named in a sentence
_MOST_LOOKED_AT = 100  # runs among which the newest of a live source is looked for


def reason(store: Store, asked: Period, *, today: date, zone: tzinfo | None) -> str:
    """Say in one or two sentences why no paper is listed in a period or a stretch of days (a day that ends later)"""
    if asked.first > today:
        return f"{name(asked).capitalize()} {'have' if name(asked) == 'these days' else 'has'} not come yet."
    if failed := _failed(store, asked, zone):
        return failed
    last = _last_read(store)
    if last is None:
        return _no_source(store)
    if silence := _silence(store, asked, last):
        return f"{silence} No source listed a paper {when(asked)}."
    if unread := _unread(last, asked, zone):
        return f"Not fetched yet: {unread}."
    if asked.last >= today or asked.last > _day(last, zone):
        return f"No source has listed a paper {when(asked)} so far. T{_in_words(last, zone)[1:]}."
    return f"No source listed a paper {when(asked)}. {_reads(store, asked, last, zone)}"


def name(asked: Period) -> str:
    """Name a period in a sentence: ``this day``, ``this week``, or ``these days`` for a stretch."""
    return "these days" if asked.kind == "day" and asked.first != asked.last else _NAMES[asked.kind]


def when(asked: Period) -> str:
    """Say when, in a sentence: ``on this day``, ``in this week``."""
    return f"{'on' if name(asked) == 'this day' else 'in'} {name(asked)}"


def _failed(store: Store, asked: Period, zone: tzinfo | None) -> str:
    """The last failure of the sources that failed in the period and did not succeed in it later, and whether they did
    since. An imported file does not count: a day does not wait for it."""
    newest = {run.source: run for run in _runs(store, asked, zone)}
    failed = next((run for run in newest.values() if run.error), None)
    if failed is None:
        return ""
    since = store.journal.last_good_run_of(failed.source)
    later = ""
    if since and since > failed.started:
        later = f" It was read again on {long_date(since.astimezone(zone).date())} and listed no paper {when(asked)}."
    return f"A source failed {when(asked)}: {failed.source}: {failed.error}{'.' if later else ''}{later}"


def _runs(store: Store, asked: Period, zone: tzinfo | None) -> list[Run]:
    """The runs of live sources that began in a period, oldest first."""
    runs = store.journal.runs_between(midnight(asked.first, zone), midnight(asked.last, zone, after=1))
    return [run for run in runs if not is_file(run.source)]


def _last_read(store: Store) -> Run | None:
    """The newest run that ended well: of a live source if there is any, for no day waits for a file."""
    runs = store.journal.good_runs(_MOST_LOOKED_AT)
    return next((run for run in runs if not is_file(run.source)), next(iter(runs), None))


def _silence(store: Store, asked: Period, last: Run) -> str:
    """Why arXiv has no list of a day by its calendar, in a sentence, where it is among the sources; any weekend is
    named."""
    if asked.first != asked.last:
        return ""
    quiet = announcements.silence(asked.first)
    names = [last.source, *(each.name for each in store.journal.sources())]
    arxiv = any(each.startswith("arxiv:") and not is_file(each) for each in names)
    if asked.first.weekday() >= 5:
        return f"A {quiet}: {'arXiv announces' if arxiv else 'many archives announce'} nothing at weekends."
    return f"arXiv's calendar has no announcement for {quiet}." if arxiv and quiet else ""


def _unread(last: Run, asked: Period, zone: tzinfo | None) -> str:
    """Say that the last run was before a period, or before arXiv's list of the day that it is; empty if it was not."""
    if _day(last, zone) < asked.first:
        return _in_words(last, zone)
    if asked.first != asked.last or asked.first < announcements.OPENED or not last.source.startswith("arxiv:"):
        return ""
    appears = announcements.appears(asked.first)
    if last.started >= appears:
        return ""
    times = [f"{moment.astimezone(zone):%H:%M}" for moment in (appears, last.started)]
    return f"arXiv's list of this day appears at {times[0]}, and {_in_words(last, zone)}, at {times[1]}"


def _reads(store: Store, asked: Period, last: Run, zone: tzinfo | None) -> str:
    """Which live sources were read in a period that is over, and how many papers they brought that are not of it."""
    good = [run for run in _runs(store, asked, zone) if run.ended and not run.error]
    if not good:
        return f"No source was read {when(asked)} itself, so papers may be missing; {_in_words(last, zone)}."
    named = _listed(dict.fromkeys(without_folders(run.source) for run in good))
    new = sum(run.new for run in good)
    brought = f", and brought {new:,} new paper{'' if new == 1 else 's'} of other days or without one" if new else ""
    return f"{named} read {when(asked)}{brought}."


def _listed(names: Iterable[str]) -> str:
    """Names of sources with their verb: ``hf:daily was``, ``arxiv:cs.IR, hf:daily and 2 more were``."""
    several = list(names)
    shown, more = several[:_MOST_NAMED], several[_MOST_NAMED:]
    parts = [*shown, *([f"{len(more)} more"] if more else [])]
    text = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    return f"{text} {'was' if len(several) == 1 else 'were'}"


def _in_words(run: Run, zone: tzinfo | None) -> str:
    return f"the last successful run was of {without_folders(run.source)}, on {long_date(_day(run, zone))}"


def _day(run: Run, zone: tzinfo | None) -> date:
    return run.started.astimezone(zone).date()


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
