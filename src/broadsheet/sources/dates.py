"""The dates of foreign records: a day, or a year where only that is certain, or None."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
_MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
_YMD = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?(?!\d)(?:/.*|[-.~?%]*)$")
_DMY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\W+)?([a-z]{3})[a-z]*\.?(?:\W+(\d{1,2})(?:st|nd|rd|th)?(?!\d))?\W+(\d{4})$"
)
_YEAR_FIRST = re.compile(r"(\d{4})\W+([a-z]{3})[a-z]*\.?(?:\W+(\d{1,2}))?$")


def when(value: Any) -> date | int | None:
    """Return a date, or a year if only that is certain, or None. Instants give their UTC date, midnights their own.

    Reads ISO 8601 with or without padding and time, RFC 2822, ``12 March 2021``, ``2021 Mar``, ``2014//``, epoch
    seconds and milliseconds. ``03/04/2021`` gives only its year, because its month is ambiguous.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    text = value.strip()[:100] if isinstance(value, str) else ""
    for read in (_from_iso, _from_parts, _from_words, _from_mail):
        if (result := read(text)) is not None:
            return result
    return None


def _year(number: int) -> int | None:
    return number if 1000 <= number <= 2999 else None


def _from_number(value: float) -> date | int | None:
    if not -1e15 < value < 1e15:
        return None
    if value in range(1000, 3000):
        return int(value)
    seconds = value / 1000 if value > 1e11 else value
    return datetime.fromtimestamp(seconds, UTC).date() if 1e8 < seconds < 1e10 else None


def _from_iso(text: str) -> date | None:
    if len(text) < 8 or not text[:4].isdigit():
        return None
    try:
        return _day_of(datetime.fromisoformat(text))
    except ValueError:
        return None


def _day_of(moment: datetime) -> date | None:
    at_midnight = not (moment.hour or moment.minute or moment.second)
    try:
        day = moment.date() if at_midnight or moment.tzinfo is None else moment.astimezone(UTC).date()
    except OverflowError:
        return None
    return day if _year(day.year) else None


def _from_parts(text: str) -> date | int | None:
    if match := _YMD.match(text):
        return _date(match[1], match[2], match[3])
    if match := _DMY.match(text):
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second or first == second:
            return _date(match[3], second, first)
        return _date(match[3], first, second) if second > 12 else _year(int(match[3]))
    return None


def _from_words(text: str) -> date | int | None:
    text = text.lower()
    if (match := _WORDS.search(text)) and match[2] in _MONTHS:
        return _date(match[4], _MONTHS[match[2]], match[1] or match[3])
    if (match := _YEAR_FIRST.match(text)) and match[2] in _MONTHS:
        return _date(match[1], _MONTHS[match[2]], match[3])
    return None


def _from_mail(text: str) -> date | int | None:
    try:
        return _day_of(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        lone = re.findall(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", text)
        return int(lone[0]) if len(lone) == 1 and len(text) <= 30 else None


def _date(year: Any, month: Any, day: Any) -> date | int | None:
    known = _year(int(year))
    if not known or not (month and day):
        return known
    try:
        return date(known, int(month), int(day))
    except ValueError:
        return None


def year(value: Any) -> int | None:
    """Return the year of a year or a date."""
    found = when(value)
    return found.year if isinstance(found, date) else found
