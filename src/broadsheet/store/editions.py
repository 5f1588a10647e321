"""Editions: the frozen list of a day or a week, the general one and those of people."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from datetime import datetime
from typing import Literal

from broadsheet.core.edition import Edition, PersonalEdition
from broadsheet.store.database import Part
from broadsheet.store.people import moment

_GENERAL = 0  # the person whose list of a period is the general edition
FREEZE = (
    "INSERT INTO editions (period, person, body, frozen) VALUES (?, ?, ?, ?) ON CONFLICT (period, person) DO NOTHING"
)
"""The statement that freezes a list; one that is frozen already stays."""
_BODY = "SELECT body FROM editions WHERE period = ? AND person = ?"


class Editions(Part):
    """Frozen lists."""

    def freeze(self, period: str, edition: Edition, *, now: datetime) -> Edition:
        """Keep the general edition of a period for good; return the one that is kept, which may be an earlier one."""
        with self._db.writing() as db:
            db.execute(FREEZE, (period, _GENERAL, edition.to_json(), moment(now)))
            row = db.execute(_BODY, (period, _GENERAL)).fetchone()
        return Edition.from_json(row[0])

    def get(self, period: str) -> Edition | None:
        """Return the general edition of a period, or None."""
        bodies = self._db.column(_BODY, (period, _GENERAL))
        return Edition.from_json(bodies[0]) if bodies else None

    def personal(self, period: str, person: int) -> PersonalEdition | None:
        """Return the frozen list of a person for a period, or None."""
        bodies = self._db.column(_BODY, (period, person))
        return PersonalEdition.from_json(bodies[0]) if bodies else None

    def newest(self, *, kind: Literal["day", "week"], limit: int) -> list[Edition]:
        """Return the newest general editions of one kind, newest first."""
        weekly = "LIKE" if kind == "week" else "NOT LIKE"
        sql = f"SELECT body FROM editions WHERE person = ? AND period {weekly} '%W%' ORDER BY period DESC LIMIT ?"
        return [Edition.from_json(body) for body in self._db.column(sql, (_GENERAL, limit))]

    def forget_lists(self, before: datetime) -> int:
        """Forget people's own lists that were frozen before a moment; return how many. The general editions, and what
        became of the deliveries, stay for good."""
        return self._db.write("DELETE FROM editions WHERE person > ? AND frozen < ?", (_GENERAL, moment(before)))
