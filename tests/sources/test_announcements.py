"""arXiv's calendar: against the schedules that the archive published, and for every moment of a century."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.announcements import OPENED, announced, appears, silence

EASTERN = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        ("2026-11-09 14:00", "2026-11-11"),  # Monday to Tuesday
        ("2026-11-10 13:59:59", "2026-11-11"),
        ("2026-11-10 14:00", "2026-11-12"),
        ("2026-11-12 13:59:59", "2026-11-13"),
        ("2026-11-12 14:00", "2026-11-16"),  # Thursday to Friday: announced on Sunday, of Monday's feed
        ("2026-11-13 13:59:59", "2026-11-16"),
        ("2026-11-13 14:00", "2026-11-17"),  # Friday to Monday
        ("2026-11-16 13:59:59", "2026-11-17"),
        ("2016-11-15 15:59:59", "2016-11-16"),  # the freeze was at 16:00 until 2017
        ("2017-01-10 15:59:59", "2017-01-12"),
    ],
)
def test_the_schedule_of_a_week(submitted: str, day: str) -> None:
    assert str(announced(eastern(submitted))) == day


@pytest.mark.parametrize(
    ("first", "end", "evening"),
    [
        ("2019-11-27 14:00", "2019-11-29 14:00", "2019-12-01"),
        ("2019-12-24 14:00", "2019-12-27 14:00", "2019-12-29"),
        ("2019-12-27 14:00", "2019-12-31 14:00", "2019-12-31"),
        ("2019-12-31 14:00", "2020-01-02 14:00", "2020-01-02"),
        ("2020-01-17 14:00", "2020-01-21 14:00", "2020-01-21"),
        ("2018-12-21 14:00", "2018-12-26 14:00", "2018-12-26"),
        ("2018-12-26 14:00", "2018-12-28 14:00", "2018-12-30"),
        ("2018-08-31 14:00", "2018-09-04 14:00", "2018-09-04"),
        ("2017-12-29 14:00", "2018-01-02 14:00", "2018-01-02"),
        ("2016-12-23 16:00", "2016-12-27 16:00", "2016-12-27"),
        ("2015-12-24 16:00", "2015-12-28 16:00", "2015-12-28"),
        ("2015-12-31 16:00", "2016-01-04 16:00", "2016-01-04"),
        ("2014-12-30 16:00", "2015-01-02 16:00", "2015-01-04"),
        ("2025-07-03 14:00", "2025-07-07 14:00", "2025-07-07"),
        ("2026-06-18 14:00", "2026-06-22 14:00", "2026-06-22"),
    ],
)
def test_what_the_archive_deferred(first: str, end: str, evening: str) -> None:
    """As it said for these holidays: received from, received before, announced on the evening of."""
    day = date.fromisoformat(evening) + timedelta(days=1)
    assert announced(eastern(first)) == announced(eastern(end) - timedelta(seconds=1)) == day
    later = announced(eastern(end))
    assert later
    assert later > day


def test_why_a_feed_is_empty() -> None:
    def of(day: str) -> str:
        return silence(date.fromisoformat(day))

    assert of("2026-11-28") == "Saturday"
    assert of("2026-11-27") == "the day after Thanksgiving"
    assert of("2026-11-26") == "", "what was frozen the day before is announced on the evening before"
    assert of("2025-07-07") == "the Monday after Independence Day"
    assert of("2026-12-30") == "the day after a day that arXiv defers"
    assert of("2026-11-25") == ""


def test_before_the_archive_opened_and_at_the_end_of_the_calendar() -> None:
    assert announced(datetime(1986, 4, 25, tzinfo=UTC)) is None
    assert announced(datetime(9999, 12, 31, tzinfo=UTC)) is None
    assert announced(datetime.max.replace(tzinfo=UTC)) is None
    assert (silence(date.min), silence(date.max)) == ("", "")


@given(MOMENTS)
def test_it_is_a_day_of_the_feed_soon_after_the_submission(submitted: datetime) -> None:
    day = announced(submitted)
    assert day
    assert silence(day) == ""
    assert day.weekday() < 5
    assert 1 <= (day - submitted.astimezone(EASTERN).date()).days <= 6
    assert submitted < appears(day)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_who_submits_later_is_not_announced_earlier(submitted: datetime, wait: timedelta) -> None:
    first, second = announced(submitted), announced(submitted + wait)
    assert first
    assert second
    assert first <= second


@given(st.dates(date(1995, 1, 3), date(2100, 1, 1)))
def test_every_day_of_the_feed_has_submissions(day: date) -> None:
    """From the freeze before its last to its last, which is at most five days before it."""
    hours = (appears(day) - timedelta(hours=each) for each in range(1, 24 * 6))
    assert (day in {announced(hour) for hour in hours}) == (silence(day) == "")


@given(st.dates(OPENED, date(2099, 12, 31)))
def test_a_feed_appears_at_midnight_in_the_east(day: date) -> None:
    assert appears(day).astimezone(EASTERN) == datetime.combine(day, time(), EASTERN)
