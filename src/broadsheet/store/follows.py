"""Follows: the authors that people follow."""

from __future__ import annotations

from datetime import datetime

from broadsheet.store.database import Part
from broadsheet.store.people import moment


class Follows(Part):
    """Keep the authors that people follow, by name."""

    def add(self, person: int, author: str, *, now: datetime) -> bool:
        """Follow an author by name; return False when the person already follows them."""
        sql = "INSERT OR IGNORE INTO followed_authors (person, author, at) VALUES (?, ?, ?)"
        return self._db.write(sql, (person, author, moment(now))) == 1

    def remove(self, person: int, author: str) -> bool:
        """Stop following an author; return whether the person followed them."""
        return self._db.write("DELETE FROM followed_authors WHERE person = ? AND author = ?", (person, author)) == 1

    def of(self, person: int) -> list[str]:
        """Return the authors that a person follows, by name."""
        return self._db.column("SELECT author FROM followed_authors WHERE person = ? ORDER BY author", (person,))
