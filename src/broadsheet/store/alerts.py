"""Alerts: the saved searches of people."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadsheet.store.database import Part
from broadsheet.store.people import moment


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """An alert of a person: plain words, what it is not about, and how well a paper must match."""

    number: int
    name: str
    text: str
    without: tuple[str, ...]
    least: str
    made: datetime


QUERY = "query, name, text, without, least, made"
"""The columns that ``saved_query`` reads."""


def saved_query(row: Sequence[Any]) -> SavedQuery:
    """Read an alert from its row."""
    number, name, text, without, least, made = row
    return SavedQuery(number, name, text, tuple(json.loads(without)), least, datetime.fromisoformat(made))


class Alerts(Part):
    """Keep the alerts of people."""

    def keep(self, person: int, name: str, text: str, *, without: Sequence[str], least: str, now: datetime) -> int:
        """Save an alert under a name, replacing one of that name; return its number."""
        sql = (
            "INSERT INTO queries (person, name, text, without, least, made) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (person, name) DO UPDATE SET text = excluded.text, without = excluded.without,"
            " least = excluded.least RETURNING query"
        )
        with self._db.writing() as db:
            values = (person, name, text, json.dumps(list(without)), least, moment(now))
            return int(db.execute(sql, values).fetchall()[0][0])

    def restore(self, person: int, alert: SavedQuery) -> bool:
        """Save an alert again that was deleted, under its own number, which no other alert gets; return False when its
        number or its name is in use."""
        sql = f"INSERT OR IGNORE INTO queries (person, {QUERY}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        without = json.dumps(list(alert.without))
        values = (person, alert.number, alert.name, alert.text, without, alert.least, moment(alert.made))
        return self._db.write(sql, values) == 1

    def of(self, person: int) -> list[SavedQuery]:
        """Return the alerts of a person, by name."""
        sql = f"SELECT {QUERY} FROM queries WHERE person = ? ORDER BY name, query"
        return [saved_query(row) for row in self._db.rows(sql, (person,))]

    def remove(self, person: int, number: int) -> bool:
        """Delete an alert; return whether the person had it."""
        return self._db.write("DELETE FROM queries WHERE person = ? AND query = ?", (person, number)) == 1
