"""arXiv's calendar of announcements: on which day a paper of the archive was announced, by when it was submitted.

the freeze that follows the submission: 14:00 US Eastern on each weekday that is not deferred (16:00 before 2017)
announced at 20:00 on the day of the freeze, on Sunday after a Friday; the feed is dated the day after

The archive defers what would be frozen on a holiday to its next freeze. Holidays follow rules; the further days that it
defers around Christmas, and for meetings of its staff, do not: those that it published are in a table. A paper that a
moderator held was announced later than this calendar says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

OPENED = date(1991, 8, 14)
"""The day on which the archive opened. What is dated before was put in later, no one knows when."""
_FREEZE, _EARLIER_FREEZE, _CHANGE = time(14), time(16), date(2017, 1, 2)
_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 3, 4, 5, 6
_LAST = date(9998, 1, 1)
# Published by the archive for its holidays, besides the ones that follow a rule.
_DEFERRED = {
    date(2014, 12, 26), date(2014, 12, 31), date(2015, 12, 29), date(2016, 12, 28), date(2017, 12, 27),
    date(2018, 12, 24), date(2018, 12, 27), date(2019, 12, 26), date(2019, 12, 30), date(2023, 6, 14),
    date(2023, 12, 27), date(2024, 5, 22), date(2024, 12, 26), date(2024, 12, 31), date(2026, 12, 29),
    date(2026, 12, 31),
}  # fmt: skip


def announced(submitted: datetime) -> date | None:
    """Return the day of the archive's feed in which a paper appears by the calendar, from the moment (with its time
    zone) at which it was submitted; None when that was before the archive opened.

    It is a Monday to Friday, 1 to 6 days after the submission in Eastern time.
    """
    local = _eastern(submitted.astimezone(UTC))
    if not OPENED <= local.date() < _LAST:
        return None
    day = local.date()
    if local.time() >= (_FREEZE if day >= _CHANGE else _EARLIER_FREEZE):
        day += _DAY
    while not _is_frozen(day):
        day += _DAY
    return day + (3 if day.weekday() == _FRIDAY else 1) * _DAY


def silence(day: date) -> str:
    """Say why the archive's feed of a day is empty by the calendar: ``Saturday`` or ``the day after Labor Day``; empty
    when it is not."""
    if day.weekday() >= _SATURDAY:
        return f"{day:%A}"
    if not OPENED < day < _LAST:
        return ""
    freeze = day - (3 if day.weekday() == _MONDAY else 1) * _DAY
    if _is_frozen(freeze):
        return ""
    after = "the Monday after" if day.weekday() == _MONDAY else "the day after"
    return f"{after} {_holiday(freeze) or 'a day that arXiv defers'}"


def appears(day: date) -> datetime:
    """Return the moment at which the archive's feed of a day appears: its beginning in Eastern time."""
    begin = datetime.combine(day, time(), UTC)
    return next(moment for hours in (4, 5) if _eastern(moment := begin + timedelta(hours=hours)).hour == 0)


def _is_frozen(day: date) -> bool:
    """Whether submissions are frozen on a day, to be announced."""
    return day.weekday() <= _FRIDAY and day not in _DEFERRED and not _holiday(day)


def _holiday(day: date) -> str:
    """The name of the holiday that the archive observes on a weekday; a holiday on a Saturday is observed on the Friday
    before, one on a Sunday on the Monday after. Each since the year from which the archive is known to defer."""
    if name := _MOVABLE.get((day.month, day.weekday(), (day.day - 1) // 7 + 1)):
        return _since(name, day.year)
    near = [day]
    if day.weekday() == _FRIDAY:
        near.append(day + _DAY)
    if day.weekday() == _MONDAY:
        near.append(day - _DAY)
    return next((known for each in near if (known := _since(_FIXED.get((each.month, each.day), ""), each.year))), "")


_FIXED = {
    (1, 1): "New Year's Day",
    (6, 19): "Juneteenth",
    (7, 4): "Independence Day",
    (12, 25): "Christmas Day",
}
_MOVABLE = {  # month, day of the week, which of them in the month
    (1, _MONDAY, 3): "Martin Luther King Day",
    (9, _MONDAY, 1): "Labor Day",
    (11, _THURSDAY, 4): "Thanksgiving",
}
_FIRST_YEAR = {"Martin Luther King Day": 2019, "Labor Day": 2018, "Juneteenth": 2022, "Independence Day": 2020}


def _since(name: str, year: int) -> str:
    return name if year >= _FIRST_YEAR.get(name, 0) else ""


def _eastern(moment: datetime) -> datetime:
    """The time of a clock on the east coast of the United States, without a zone, by the rules since 1987: not every
    system has a database of time zones, and the archive's clock has nothing to do with the reader's."""
    year = moment.year
    if year >= 2007:
        begin, end = _sunday(date(year, 3, 8)), _sunday(date(year, 11, 1))
    else:
        begin, end = _sunday(date(year, 4, 1)), _sunday(date(year, 10, 25))
    plain = moment.replace(tzinfo=None)
    summer = datetime.combine(begin, time(7)) <= plain < datetime.combine(end, time(6))
    return plain - timedelta(hours=4 if summer else 5)


def _sunday(day: date) -> date:
    """The first Sunday from a day on."""
    return day + (_SUNDAY - day.weekday()) % 7 * _DAY
