"""The query language: words to find, and conditions in the form ``author:lee since:2024-01 has:code``.

No query is an error: what is not a condition is read as words, and a query that is too long is cut, with a note.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from broadsheet.core.text import squeeze
from broadsheet.core.types import Filters

LONGEST = 2_000
_CONDITION = re.compile(r'(?<!\S)([a-z]{2,8}):("[^"]{1,200}"|[^\s"]\S{0,199})', re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A parsed query: words to find, conditions, words for one field (``title``, ``abstract``), and what was cut."""

    words: str
    filters: Filters = field(default_factory=Filters)
    fields: dict[str, str] = field(default_factory=dict)
    note: str = ""


def ask(text: str, filters: Filters | None = None) -> Asked:
    """Parse a query and add its conditions to ``filters``, whose own values take precedence."""
    clean = squeeze(text[: 4 * LONGEST].encode("utf-8", "replace").decode("utf-8"))
    note = (
        f"The query was cut to its first {LONGEST} characters."
        if len(clean) > LONGEST or len(text) > 4 * LONGEST
        else ""
    )
    conditions = Filters()
    fields: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        nonlocal conditions
        key, value = match[1].lower(), match[2].strip('"').strip()
        if key in ("title", "abstract"):
            fields[key] = f"{fields.get(key, '')} {value}".strip()
            return " "
        changed = _KEYS[key](conditions, value) if key in _KEYS and value else None
        if changed is None:
            return match[0]
        conditions = changed
        return " "

    words = squeeze(_CONDITION.sub(take, clean[:LONGEST]))
    return Asked(words, _joined(conditions, filters), fields, note)


def day(text: str, *, last: bool = False) -> date | None:
    """Read ``2024``, ``2024-05`` or ``2024-05-31`` as its first (or ``last``) day; None when it is not a date."""
    match = _DAY.match(text.strip())
    if not match:
        return None
    year, month = int(match[1]), int(match[2] or (12 if last else 1))
    try:
        return date(year, month, int(match[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except ValueError:
        return None


def _since(filters: Filters, value: str) -> Filters | None:
    moment = day(value)
    return replace(filters, since=moment) if moment else None


def _until(filters: Filters, value: str) -> Filters | None:
    moment = day(value, last=True)
    return replace(filters, until=moment) if moment else None


def _has(filters: Filters, value: str) -> Filters | None:
    return replace(filters, has_code=True) if value.lower() == "code" else None


def _votes(filters: Filters, value: str) -> Filters | None:
    return replace(filters, min_votes=int(value)) if value.isascii() and value.isdigit() and len(value) < 10 else None


_KEYS: dict[str, Callable[[Filters, str], Filters | None]] = {
    "author": lambda filters, value: replace(filters, authors=(*filters.authors, value)),
    "venue": lambda filters, value: replace(filters, venues=(*filters.venues, value)),
    "category": lambda filters, value: replace(filters, categories=(*filters.categories, value)),
    "cat": lambda filters, value: replace(filters, categories=(*filters.categories, value)),
    "source": lambda filters, value: replace(filters, sources=(*filters.sources, value)),
    "since": _since,
    "from": _since,
    "until": _until,
    "to": _until,
    "has": _has,
    "votes": _votes,
}


def _joined(typed: Filters, given: Filters | None) -> Filters:
    if given is None:
        return typed
    own = {name: value for name in Filters.__slots__ if (value := getattr(given, name)) not in (None, ())}
    return replace(typed, **own)
