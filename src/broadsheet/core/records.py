"""A Document as JSON values and back, the bounds that every stored Document satisfies, and a Result as JSON values.

checked(document): clean the strings, check every bound, refuse with a reason
to_dict(document): the fields that are not empty, dates in ISO form
from_dict(values): check the type of every field, refuse unknown fields
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from typing import Any, NoReturn, get_args

from broadsheet.core.errors import nearest
from broadsheet.core.kinds import KINDS
from broadsheet.core.types import Document, Name, Result, Status, StatusKind

MARK = "broadsheet"
FORMAT = 2
"""The newest form of an exported line: since 2 it may have ``names`` and a ``status``, which a reader of 1 refuses."""

# Generous for everything real (3,000 authors, a whole paper as text), small against an attack. A value over its
# bound is refused, not cut: a cut text would pass for the whole one.
MOST_CHARACTERS = {"id": 500, "title": 4_000, "text": 1_000_000, "venue": 1_000, "source": 1_000}
MOST_CHARACTERS |= {"readable_title": 4_000, "readable_text": 1_000_000}
MOST_ITEMS = {"authors": 20_000, "categories": 200, "keywords": 1_000, "aliases": 200, "links": 100}
MOST_IN_ITEM = {"authors": 500, "categories": 500, "keywords": 500, "aliases": 500, "links": 4_000}
MOST_IN_EXTRA = 200_000
DEEPEST_EXTRA = 20
_DATES = ("submitted", "updated", "announced", "listed", "estimated", "first_seen")
_NUMBERS = ("year", "version", "votes", "comments")
_LISTS = ("authors", "categories", "keywords", "aliases")
_NAMES = tuple(f.name for f in fields(Document))
_PARTS = tuple(f.name for f in fields(Name))
_LARGEST = 2**53
STATUS_KINDS: tuple[StatusKind, ...] = get_args(StatusKind)  # gravest first


def mark_of(document: Document) -> int:
    """Return the oldest form of an exported line that can hold a Document."""
    return FORMAT if document.names or document.status else 1


def is_export(values: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is a line of ``broadsheet export``."""
    return MARK in values and "id" in values


def to_dict(document: Document) -> dict[str, Any]:
    """Return the fields that are not empty as JSON values; ``from_dict`` turns them into an equal Document."""
    values: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(document, name)
        if value is None or value == "" or value == () or value == {}:
            continue
        if name in _DATES:
            value = value.isoformat()
        elif name in _LISTS:
            value = list(value)
        elif name == "names":
            value = [name_to_dict(each) for each in value]
        elif name == "status":
            value = {key: str(part) for key, part in asdict(value).items() if part}
        elif name in ("links", "extra"):
            value = dict(value)
        values[name] = value
    return values


def name_to_dict(name: Name) -> dict[str, str]:
    """Return the parts of a name that are not empty."""
    return {part: value for part in _PARTS if (value := getattr(name, part))}


COLUMNS = tuple(each for each in fields(Result) if each.name != "document")
"""The fields of a Result other than its document."""


def match_to_dict(result: Result) -> dict[str, Any]:
    """Return a Result without its document, as JSON values."""
    return {each.name: _as_json(getattr(result, each.name)) for each in COLUMNS}


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return {key: _as_json(each) for key, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, tuple) else value


def from_dict(values: Mapping[str, Any]) -> Document:
    """Read a Document from what ``to_dict`` wrote (an export's mark is allowed); ValueError says what is wrong."""
    if not isinstance(values, Mapping):
        raise ValueError(f"expected an object, got {_kind(values)}")
    given: dict[str, Any] = {}
    for name, value in values.items():
        if read := _READERS.get(name):
            given[name] = read(name, value)
        elif name == MARK:
            _check_format(value)
        else:
            raise ValueError(f"unknown field {name!r}. {nearest(str(name), _NAMES)}")
    if not given.get("id"):
        raise ValueError("field 'id' is missing")
    return Document(**{"title": "", **given})


def _check_format(value: Any) -> None:
    if not isinstance(value, int) or value > FORMAT:
        raise ValueError(f"export format {value!r} is newer than this Broadsheet reads ({FORMAT}): upgrade Broadsheet")


def _text(name: str, value: Any) -> str:
    return value if isinstance(value, str) else _refuse(name, "a string", value)


def _strings(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        _refuse(name, "a list of strings", value)
    return tuple(value)


def _names(name: str, value: Any) -> tuple[Name, ...]:
    if not isinstance(value, list | tuple):
        _refuse(name, "a list of objects", value)
    return tuple(each if isinstance(each, Name) else _parts(name, each) for each in value)


def _parts(name: str, value: Any) -> Name:
    parts = _links(name, value)
    if unknown := next((part for part in parts if part not in _PARTS), ""):
        raise ValueError(f"field {name!r}: unknown part {unknown!r}. {nearest(unknown, _PARTS)}")
    return Name(**parts)


def _date(name: str, value: Any) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(name, "a date like 2026-01-31", value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        _refuse(name, "a date like 2026-01-31", value)


def _number(name: str, value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        _refuse(name, "a whole number", value)
    return value


def _links(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for pair in value.items() for v in pair):
        _refuse(name, "an object of strings", value)
    return dict(value)


def _extra(name: str, value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else _refuse(name, "an object", value)


def _status(name: str, value: Any) -> Status | None:
    if value is None or isinstance(value, Status):
        return value
    if not isinstance(value, Mapping) or value.get("kind") not in STATUS_KINDS:
        _refuse(name, f"an object whose kind is one of {', '.join(STATUS_KINDS)}", value)
    return Status(value["kind"], _text("source", value.get("source", "")), _date("since", value.get("since")))


def _refuse(name: str, expected: str, value: Any) -> NoReturn:
    raise ValueError(f"field {name!r}: expected {expected}, got {_kind(value)} {repr(value)[:60]}")


def _kind(value: Any) -> str:
    return type(value).__name__


_READERS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_NAMES, _text),
    **dict.fromkeys(_DATES, _date),
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_LISTS, _strings),
    "names": _names,
    "links": _links,
    "extra": _extra,
    "status": _status,
}


def clean(text: str) -> str:
    """Return a string that every file and index can hold: no NUL, surrogate pairs joined, lone ones as U+FFFD."""
    if text.isascii():
        return text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "")


def checked(document: Document) -> Document:
    """Return the Document with clean strings; ValueError names the field that is missing, too large or unusable."""
    given = {name: _CHECKS[name](name, getattr(document, name)) for name in _NAMES}
    if len(given["names"]) not in (0, len(given["authors"])):
        raise ValueError(f"field 'names' has {len(given['names']):,} items for {len(given['authors']):,} authors")
    if not given["title"].strip():
        raise ValueError("field 'title' is empty")
    _check_id(given["id"])
    return Document(**given)


def _check_id(name: str) -> None:
    if not name:
        raise ValueError("field 'id' is empty")
    if name != name.strip() or not name.isprintable():
        raise ValueError(f"field 'id': {name[:60]!r} has white space around it or unprintable characters")


def _checked_text(name: str, value: Any) -> str:
    return _bounded(name, clean(_text(name, value)), MOST_CHARACTERS[name])


def _checked_kind(name: str, value: Any) -> str:
    kind = _text(name, value)
    if kind and kind not in KINDS:
        raise ValueError(
            f"field {name!r}: {kind[:60]!r} is not a kind of work; expected one of {', '.join(KINDS)}, or none"
        )
    return kind


def _checked_strings(name: str, value: Any) -> tuple[str, ...]:
    strings = _strings(name, value)
    _few(name, strings)
    return tuple(map(clean, strings))


def _checked_names(name: str, value: Any) -> tuple[Name, ...]:
    parts = [name_to_dict(each) for each in _names(name, value)]
    for each in parts:
        for part in each.values():
            _bounded(name, part, MOST_IN_ITEM["authors"])
    return tuple(Name(**{part: clean(text) for part, text in each.items()}) for each in parts) if any(parts) else ()


def _checked_links(name: str, value: Any) -> dict[str, str]:
    links = _links(name, value)
    _few(name, [*links, *links.values()])
    return {clean(k): clean(v) for k, v in links.items()}


def _checked_extra(name: str, value: Any) -> dict[str, Any]:
    extra: dict[str, Any] = _json(_extra(name, value), DEEPEST_EXTRA, [MOST_IN_EXTRA])
    return extra


def _checked_status(name: str, value: Any) -> Status | None:
    status = _status(name, value)
    if status is None:
        return None
    source = _bounded(name, clean(status.source), MOST_CHARACTERS["source"])
    return Status(status.kind, source, _checked_date(name, status.since))


def _checked_date(name: str, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is not None and not isinstance(value, date):
        _refuse(name, "a date", value)
    return value


def _checked_number(name: str, value: Any) -> int | None:
    number = _number(name, value)
    if number is not None and abs(number) > _LARGEST:
        raise ValueError(f"field {name!r}: a number of {number.bit_length()} bits is too large for a count or a year")
    return number


def _bounded(name: str, value: str, most: int) -> str:
    if len(value) > most:
        raise ValueError(f"field {name!r} has {len(value):,} characters; at most {most:,} are allowed")
    return value


def _few(name: str, items: Sequence[str]) -> None:
    if len(items) > MOST_ITEMS[name]:
        raise ValueError(f"field {name!r} has {len(items):,} items; at most {MOST_ITEMS[name]:,} are allowed")
    for item in items:
        _bounded(name, item, MOST_IN_ITEM[name])


def _json(value: Any, depth: int, left: list[int]) -> Any:
    """Return a JSON value with clean strings; ``left`` counts down the characters that ``extra`` may still hold."""
    left[0] -= len(value) if isinstance(value, str) else 8
    if left[0] < 0 or depth < 0:
        raise ValueError(f"field 'extra' has over {MOST_IN_EXTRA:,} characters or over {DEEPEST_EXTRA} levels")
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _checked_number("extra", value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_json(str(k), depth, left): _json(v, depth - 1, left) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_json(v, depth - 1, left) for v in value]
    raise ValueError(f"field 'extra': {repr(value)[:60]} is not a JSON value")


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_NAMES, _checked_text),
    **dict.fromkeys(_DATES, _checked_date),
    **dict.fromkeys(_NUMBERS, _checked_number),
    **dict.fromkeys(_LISTS, _checked_strings),
    "names": _checked_names,
    "kind": _checked_kind,
    "links": _checked_links,
    "extra": _checked_extra,
    "status": _checked_status,
}
