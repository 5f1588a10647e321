"""Editions as plain frozen data, and the JSON text in which the Store keeps them for good.

an Edition is the general list of a day or a week, a PersonalEdition what the digest of one person holds
as JSON: the known fields in the order of the class, then the unknown ones, which a later version may have frozen
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of a frozen list: its ``id``, and in a few words ``why`` it is there. ``strength`` says how well it
    matches (``fair``, ``good``, ...) in a person's own list; it is empty where nothing was measured, and None in the
    general list. ``changed`` is the moment of the change of a followed paper that comes again for its new version."""

    id: str
    why: str
    strength: str | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)
    changed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The general edition of a day or a week.

    ``papers`` are the best, best first; ``pool`` holds the ids of all papers that are new in it, ``marks`` what tells
    their works, ``copies`` the other ids of a paper that came under several; ``line`` is the editor's line above the
    day; ``day`` the newest day on which its papers are listed, which may be before the edition's own.
    """

    papers: Sequence[Entry] = ()
    pool: Sequence[str] = ()
    marks: Sequence[str] = ()
    copies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    line: str = ""
    day: date | None = None
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Return the ids of all papers that are new in it, those of copies included."""
        return [*self.pool, *(each for others in self.copies.values() for each in others)]

    @classmethod
    def from_json(cls, text: str) -> Edition:
        """Read what ``to_json`` wrote; a missing field has its default. ValueError for anything else."""
        values = _values(text)
        try:
            day = values.pop("day", "")
            return cls(
                papers=_entries(values.pop("papers", ())),
                pool=tuple(values.pop("pool", ())),
                marks=tuple(values.pop("marks", ())),
                copies={name: tuple(others) for name, others in values.pop("copies", {}).items()},
                line=values.pop("line", ""),
                day=date.fromisoformat(day) if day else None,
                unknown=values,
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise _wrong(text) from error

    def to_json(self) -> str:
        """Return the text that the Store keeps."""
        return _text(
            {
                "papers": [_entry(each) for each in self.papers],
                "pool": list(self.pool),
                "marks": list(self.marks),
                "copies": {name: list(others) for name, others in self.copies.items()},
                "line": self.line,
                **({"day": self.day.isoformat()} if self.day else {}),
                **self.unknown,
            }
        )


@dataclass(frozen=True, slots=True)
class Rest:
    """How many ``more`` papers of a day match a person's ``alert``, a number, than their digest holds; its ``name``."""

    alert: int
    name: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalEdition:
    """What one person's digest of a period holds.

    ``of`` names the general editions that it was made of; ``papers`` are the person's own list, ``general`` the best of
    the others; ``more`` counts the papers that are only on the page; ``cadence`` is how often the person gets a digest
    (``daily``, ``weekdays``, ``weekly``); ``quiet`` says why there are no papers; ``rest`` counts what else matches the
    person's alerts.
    """

    of: Sequence[str] = ()
    papers: Sequence[Entry] = ()
    general: Sequence[Entry] = ()
    more: int = 0
    cadence: str = "daily"
    quiet: str = ""
    rest: Sequence[Rest] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Return the ids of its papers in their order."""
        return [each.id for each in (*self.papers, *self.general)]

    @classmethod
    def from_json(cls, text: str) -> PersonalEdition:
        """Read what ``to_json`` wrote; a missing field has its default. ValueError for anything else."""
        values = _values(text)
        try:
            return cls(
                of=tuple(values.pop("of", ())),
                papers=_entries(values.pop("papers", ())),
                general=_entries(values.pop("general", ())),
                more=values.pop("more", 0),
                cadence=values.pop("cadence", "daily"),
                quiet=values.pop("quiet", ""),
                rest=tuple(Rest(each["alert"], each["name"], each["more"]) for each in values.pop("rest", ())),
                unknown=values,
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise _wrong(text) from error

    def to_json(self) -> str:
        """Return the text that the Store keeps."""
        return _text(
            {
                "of": list(self.of),
                "papers": [_entry(each) for each in self.papers],
                "general": [_entry(each) for each in self.general],
                "more": self.more,
                "cadence": self.cadence,
                **({"quiet": self.quiet} if self.quiet else {}),
                **(
                    {"rest": [{"alert": each.alert, "name": each.name, "more": each.more} for each in self.rest]}
                    if self.rest
                    else {}
                ),
                **self.unknown,
            }
        )


def _values(text: str) -> dict[str, Any]:
    values = json.loads(text)
    if not isinstance(values, dict):
        raise _wrong(text)
    return values


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _entries(rows: Sequence[dict[str, Any]]) -> tuple[Entry, ...]:
    return tuple(_read(row) for row in rows)


def _read(row: dict[str, Any]) -> Entry:
    changed = row.pop("changed", "")
    return Entry(row.pop("id"), row.pop("why", ""), row.pop("strength", None), row, changed)


def _entry(entry: Entry) -> dict[str, Any]:
    known = {"id": entry.id, "why": entry.why}
    strength = {} if entry.strength is None else {"strength": entry.strength}
    return {**known, **strength, **({"changed": entry.changed} if entry.changed else {}), **entry.unknown}


def _wrong(text: str) -> ValueError:
    return ValueError(f"a frozen list of papers cannot be read: {text[:100]!r}")
