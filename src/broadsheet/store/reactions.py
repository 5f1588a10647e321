"""What people think of papers: votes, dismissals, read marks, notes.

Papers are row numbers. Every method that takes papers of a list takes them all at once.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from broadsheet.store.alerts import QUERY, SavedQuery, saved_query
from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.follows import FOLLOWED
from broadsheet.store.people import moment

_OF = "person IN (SELECT value FROM json_each(?))"
_LIVING = "JOIN documents USING (number) WHERE deleted = 0 AND " + _OF
Mark = Literal["votes", "declined", "read_papers"]


@dataclass(frozen=True, slots=True)
class Happening:
    """A vote, a comment or a save of a paper and when it came: what makes it trend."""

    number: int
    kind: Literal["votes", "comments", "saves"]
    at: datetime


@dataclass(slots=True)
class Taste:
    """What a person likes: papers ``saved`` (row number, name of the list), ``voted``, ``declined`` and ``read`` ones,
    standing ``queries``, followed ``authors``, and followed living ``topics`` and fields by number."""

    saved: list[tuple[int, str]] = field(default_factory=list)
    voted: list[int] = field(default_factory=list)
    declined: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    queries: list[SavedQuery] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    topics: list[int] = field(default_factory=list)


class Reactions(Part):
    """Keep the marks that people set on papers, their private notes, and what they like."""

    def mark(self, mark: Mark, person: int, numbers: Sequence[int], *, now: datetime) -> int:
        """Set a mark of a person on papers; return how many did not have it."""
        with self._db.writing() as db:
            rows = [(person, int(number), moment(now)) for number in numbers]
            sql = f"INSERT OR IGNORE INTO {_table(mark)} (person, number, at) VALUES (?, ?, ?)"
            return db.executemany(sql, rows).rowcount if rows else 0

    def unmark(self, mark: Mark, person: int, numbers: Sequence[int], *, at: datetime | None = None) -> int:
        """Remove marks of a person (only those set at the moment ``at``, if given); return how many there were."""
        sql = f"DELETE FROM {_table(mark)} WHERE person = ? AND {AMONG} AND (? IS NULL OR at = ?)"
        set_at = moment(at) if at else None
        return self._db.write(sql, (person, listed(numbers), set_at, set_at))

    def marked(self, mark: Mark, person: int, among: Sequence[int] | None = None) -> list[int]:
        """Return the papers (all, or ``among`` these) that a person has marked, newest mark first."""
        values: list[Any] = [person]
        where = "person = ?"
        if among is not None:
            where, values = f"{where} AND {AMONG}", [person, listed(among)]
        sql = (
            f"SELECT number FROM {_table(mark)} JOIN documents USING (number)"
            f" WHERE {where} AND deleted = 0 ORDER BY at DESC, number DESC"
        )
        return self._db.column(sql, values)

    def ballots(self, numbers: Sequence[int]) -> dict[int, frozenset[int]]:
        """Return the voters of each of these papers that has votes here."""
        found: dict[int, set[int]] = {}
        for number, person in self._db.rows(f"SELECT number, person FROM votes WHERE {AMONG}", (listed(numbers),)):
            found.setdefault(number, set()).add(person)
        return {number: frozenset(people) for number, people in found.items()}

    def happenings(self, numbers: Sequence[int]) -> list[Happening]:
        """Return every vote and comment on these papers here, and each person's first save of each."""
        among = listed(numbers)
        sql = (
            f"SELECT number, 'votes', at FROM votes WHERE {AMONG}"
            f" UNION ALL SELECT number, 'comments', at FROM comments WHERE deleted = 0 AND {AMONG}"
            " UNION ALL SELECT number, 'saves', min(saves.at) FROM saves JOIN lists USING (list)"
            f" WHERE {AMONG} GROUP BY number, person"
        )
        rows = self._db.rows(sql, (among, among, among))
        return [Happening(number, kind, datetime.fromisoformat(at)) for number, kind, at in rows]

    def write_note(self, person: int, number: int, text: str, *, now: datetime) -> None:
        """Save a person's note on a paper; an empty one deletes it."""
        if text:
            sql = "INSERT OR REPLACE INTO notes (person, number, text, at) VALUES (?, ?, ?, ?)"
            self._db.write(sql, (person, number, text, moment(now)))
        else:
            self._db.write("DELETE FROM notes WHERE person = ? AND number = ?", (person, number))

    def notes(self, person: int, among: Sequence[int] | None = None) -> dict[int, str]:
        """Return a person's notes (all, or on these papers)."""
        values: list[Any] = [person]
        sql = "SELECT number, text FROM notes WHERE person = ?"
        if among is not None:
            sql, values = f"{sql} AND {AMONG}", [person, listed(among)]
        return dict(self._db.rows(sql, values))

    def tastes(self, people: Sequence[int]) -> dict[int, Taste]:
        """Return the taste of each of these people."""
        found = {person: Taste() for person in people}
        wanted = listed(people)
        sql = (
            f"SELECT person, number, name FROM saves JOIN lists USING (list) {_LIVING} ORDER BY saves.at, number, list"
        )
        with self._db.reading() as db:
            for person, number, name in db.execute(sql, (wanted,)):
                found[person].saved.append((number, name))
            for table, kind in (("votes", "voted"), ("declined", "declined"), ("read_papers", "read")):
                sql = f"SELECT person, number FROM {table} {_LIVING} ORDER BY at, number"
                for person, number in db.execute(sql, (wanted,)):
                    getattr(found[person], kind).append(number)
            for person, *row in db.execute(
                f"SELECT person, {QUERY} FROM queries WHERE {_OF} ORDER BY query", (wanted,)
            ):
                found[person].queries.append(saved_query(row))
            sql = f"SELECT person, author FROM followed_authors WHERE {_OF} ORDER BY author"
            for person, author in db.execute(sql, (wanted,)):
                found[person].authors.append(author)
            for person, topic in db.execute(FOLLOWED.format(_OF), (wanted,)):
                found[person].topics.append(topic)
        return found


def _table(mark: Mark) -> str:
    if mark not in ("votes", "declined", "read_papers"):
        raise ValueError(f"no mark {mark!r}")
    return mark
