"""Days, ISO weeks and months by the names that readers use: ``2025-09-30``, ``2025-W40``, ``2025-09``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["day", "week", "month"]
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A day, an ISO week (Monday to Sunday) or a calendar month, from its ``first`` to its ``last`` day."""

    kind: Kind
    first: date
    last: date

    @property
    def name(self) -> str:
        """The name that ``parse`` reads: ``2025-09-30``, ``2025-W40`` or ``2025-09``."""
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        return self.first.isoformat() if self.kind == "day" else f"{self.first.year:04}-{self.first.month:02}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def period(kind: Kind, day: date) -> Period:
    """Return the day, week or month that contains a day; the first and last weeks of the calendar are cut short."""
    if kind == "day":
        return Period(kind, day, day)
    if kind == "month":
        return Period(kind, day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    monday = day - timedelta(days=day.weekday())
    return Period(kind, monday, monday + timedelta(days=min(6, (date.max - monday).days)))


def parse(name: str) -> Period | None:
    """Return the period of a name, or None when the name is not a period (or is past the end of the calendar)."""
    try:
        if match := _WEEK.fullmatch(name.strip()):
            return period("week", date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if match := _MONTH.fullmatch(name.strip()):
            return period("month", date(int(match[1]), int(match[2]), 1))
        if match := _DAY.fullmatch(name.strip()):
            return period("day", date(int(match[1]), int(match[2]), int(match[3])))
    except ValueError:
        return None
    return None
