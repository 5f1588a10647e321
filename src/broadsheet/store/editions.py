"""Editions: the frozen list of a day or a week, the general one and those of people."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from broadsheet.store.database import Part
from broadsheet.store.people import moment

GENERAL = 0
"""The person whose list of a period is the general edition."""
KEPT = "INSERT INTO editions (period, person, body, frozen) VALUES (?, ?, ?, ?) ON CONFLICT (period, person) DO NOTHING"
"""The statement that freezes a list; one that is frozen already stays."""


class Editions(Part):
    """Frozen lists."""

    def freeze(self, period: str, person: int, body: dict[str, Any], *, now: datetime) -> dict[str, Any]:
        """Keep the list of a period for a person (GENERAL: for all) once and for ever; returns what is kept."""
        with self._db.writing() as db:
            db.execute(KEPT, (period, person, json.dumps(body, ensure_ascii=False), moment(now)))
            row = db.execute("SELECT body FROM editions WHERE period = ? AND person = ?", (period, person)).fetchone()
        kept: dict[str, Any] = json.loads(row[0])
        return kept

    def get(self, period: str, person: int = GENERAL) -> dict[str, Any] | None:
        """The frozen list of a period, or None."""
        found = self._db.column("SELECT body FROM editions WHERE period = ? AND person = ?", (period, person))
        kept: dict[str, Any] | None = json.loads(found[0]) if found else None
        return kept

    def of(self, person: int, *, kind: Literal["day", "week"], limit: int) -> list[tuple[str, dict[str, Any]]]:
        """The newest frozen lists of a person (GENERAL: the general ones), newest first."""
        weekly = "LIKE" if kind == "week" else "NOT LIKE"
        sql = (
            f"SELECT period, body FROM editions WHERE person = ? AND period {weekly} '%W%' ORDER BY period DESC LIMIT ?"
        )
        return [(period, json.loads(body)) for period, body in self._db.rows(sql, (person, limit))]

    def forget_lists(self, before: datetime) -> int:
        """Forget people's own lists that were frozen before a moment; the general editions, and what became of the
        deliveries, stay for ever."""
        return self._db.write("DELETE FROM editions WHERE person > ? AND frozen < ?", (GENERAL, moment(before)))
