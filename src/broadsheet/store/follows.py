"""Follows: the authors and the topics that people follow."""

from __future__ import annotations

from datetime import datetime

from broadsheet.store.database import Part
from broadsheet.store.people import moment

FOLLOWED = (
    "SELECT DISTINCT person, coalesce(heir, topics.topic) FROM followed_topics JOIN topics USING (topic)"
    " WHERE {} ORDER BY 1, 2"
)
"""Who follows which living topics and fields, of the people that a condition names."""


class Follows(Part):
    """Keep the authors that people follow, by name, and the topics and fields, by number."""

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

    def add_topic(self, person: int, topic: int, *, now: datetime) -> bool:
        """Follow a topic or field; return False when the person already follows it."""
        sql = "INSERT OR IGNORE INTO followed_topics (person, topic, at) VALUES (?, ?, ?)"
        return self._db.write(sql, (person, topic, moment(now))) == 1

    def remove_topic(self, person: int, topic: int) -> bool:
        """Stop following a topic or field, under every number that stands for it; return whether it was followed."""
        every = "SELECT topic FROM topics WHERE ? IN (topic, heir)"
        sql = f"DELETE FROM followed_topics WHERE person = ? AND topic IN ({every})"  # noqa: S608 - a constant
        return self._db.write(sql, (person, topic)) > 0

    def topics_of(self, person: int) -> list[int]:
        """Return the living topics and fields that a person follows."""
        return [topic for _, topic in self._db.rows(FOLLOWED.format("person = ?"), (person,))]
