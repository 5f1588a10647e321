"""Fields that addresses and agents' arguments share: a day, and several names.

They are pydantic types only, so that agents' tools need no FastAPI.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from broadsheet.core import query
from broadsheet.core.text import squeeze

LARGEST = 2**53  # the whole numbers up to here are exact in every program that reads JSON
MOST_NAMES = 20  # alternatives of one condition
LONGEST_DOCUMENT = 200_000  # characters of a text that papers are searched for
_LONGEST_DAY = 20  # characters


def several(values: Iterable[str]) -> list[str]:
    """Read alternatives: each item is one, or several separated by semicolons, as a text field of a form sends them.

    Their order is kept; blank and repeated ones are dropped.
    """
    return list(dict.fromkeys(name for value in values for part in value.split(";") if (name := squeeze(part))))


def first_day(value: Any) -> date | None:
    """Read ``2024``, ``2024-05`` or ``2024-05-31`` as its first day; None if blank, ValueError for anything else."""
    return _day(value, last=False)


def last_day(value: Any) -> date | None:
    """Read ``2024``, ``2024-05`` or ``2024-05-31`` as its last day; None if blank, ValueError for anything else."""
    return _day(value, last=True)


def _day(value: Any, *, last: bool) -> date | None:
    text = str(value or "").strip()
    day = query.day(text, last=last) if len(text) <= _LONGEST_DAY else None
    if text and day is None:
        raise ValueError("expected a day, a month or a year, for example 2024-05-31, 2024-05 or 2024")
    return day


_EXAMPLES = ["2024", "2024-05", "2024-05-31"]
_SHOWN = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}], "examples": _EXAMPLES})
FirstDay = Annotated[date | None, BeforeValidator(first_day), _SHOWN]
LastDay = Annotated[date | None, BeforeValidator(last_day), _SHOWN]


def expectation(error: Any) -> str:
    """Word, in lower case, what pydantic expected of a field it refused (one of its ``errors()``)."""
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}"
