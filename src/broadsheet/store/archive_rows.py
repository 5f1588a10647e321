"""Archive rows: everything in the Store but papers, as rows that another Store can import (papers by their ids), and
everything that belongs to one person."""

# ruff: noqa: S608 - statements are put together from names of this package's tables; every value is bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from broadsheet.core.errors import UsageError
from broadsheet.store.database import Part

Row = Mapping[str, Any]
TABLES = (
    "facts", "sources", "people", "invitations", "votes", "declined", "read_papers", "notes", "lists", "saves",
    "queries", "followed_authors", "topics", "topic_centres", "followed_topics", "comments", "submissions", "desk",
    "day_lines", "subscriptions", "suppressions", "bounces", "editions", "deliveries", "former_texts",
    "vote_counts",
)  # fmt: skip
"""The exported tables; a table comes before those that refer to it. Left out: the papers, which ``export`` writes;
keys, which belong to one instance; what can be made again; and the log of events there."""
_KEPT = ("facts", "sources", "former_texts", "vote_counts")  # an existing row stays as it is
_KINDS: dict[str, type | tuple[type, ...]] = {"INTEGER": int, "TEXT": str, "REAL": (int, float)}
_MOMENTS = frozenset({
    "added", "at", "changed", "due", "edited", "ended", "frozen", "invited", "joined", "lease", "made", "since",
    "tried",
})  # fmt: skip
_JSON: dict[tuple[str, str], type] = {
    ("facts", "value"): object, ("topics", "phrases"): list, ("queries", "without"): list, ("editions", "body"): dict,
}  # fmt: skip
_HERE = ("secret", "mail.paused", "topics", "topics.map")  # facts that belong to one instance
_OF_PAPERS = "SELECT id AS paper, at FROM {} JOIN documents USING (number) WHERE person = ? ORDER BY at, id"
# Secrets stay out: the digests of sessions and tokens.
BELONGINGS: dict[str, str] = {
    "person": "SELECT address, name, role, joined FROM people WHERE person = ?",
    "votes": _OF_PAPERS.format("votes"),
    "declined": _OF_PAPERS.format("declined"),
    "read": _OF_PAPERS.format("read_papers"),
    "notes": "SELECT id AS paper, text, at FROM notes JOIN documents USING (number) WHERE person = ? ORDER BY at, id",
    "lists": "SELECT list, name, made FROM lists WHERE person = ? ORDER BY list",
    "saves": "SELECT list, id AS paper, saves.at FROM saves JOIN lists USING (list) JOIN documents USING (number)"
    " WHERE person = ? ORDER BY list, saves.at, id",
    "queries": "SELECT name, text, without, least, made FROM queries WHERE person = ? ORDER BY query",
    "authors": "SELECT author, at FROM followed_authors WHERE person = ? ORDER BY author",
    "topics": "SELECT topic, CASE given WHEN '' THEN name ELSE given END AS name, at FROM followed_topics"
    " JOIN topics USING (topic) WHERE person = ? ORDER BY topic",
    "comments": "SELECT comment, id AS paper, text, at, edited FROM comments JOIN documents USING (number)"
    " WHERE person = ? AND comments.deleted = 0 ORDER BY comment",
    "submissions": "SELECT asked, state, said, at, tried FROM submissions WHERE person = ? ORDER BY submission",
    "decisions": "SELECT id AS paper, act, at FROM desk JOIN documents USING (number) WHERE person = ? ORDER BY at",
    "lines": "SELECT day, text, at FROM day_lines WHERE person = ? ORDER BY day",
    "subscription": "SELECT cadence, zone, hour, most, least, quiet, contents, since, ended FROM subscriptions"
    " WHERE person = ?",
    "editions": "SELECT period, body, frozen FROM editions WHERE person = ? ORDER BY edition",
    "deliveries": "SELECT period, address, state, due, changed, said FROM deliveries WHERE person = ? ORDER BY due",
    "sessions": "SELECT begun, ends, browser FROM sessions WHERE person = ? ORDER BY begun",
    "tokens": "SELECT name, writes, made FROM tokens WHERE person = ? ORDER BY token",
}


class ArchiveRows(Part):
    """Export rows, and import them."""

    def numbers_given(self) -> dict[str, int]:
        """Return the highest number that each table with lasting numbers has given."""
        found = dict(self._db.rows("SELECT name, seq FROM sqlite_sequence"))
        return {name: number for name, number in found.items() if name in TABLES}

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every row of TABLES with its table, as of one moment; ``paper``, an id, replaces ``number``."""
        with self._db.reading() as db:
            db.execute("BEGIN")
            try:
                for table in TABLES:
                    yield from ((table, row) for row in _rows_of(db, table))
            finally:
                db.execute("ROLLBACK")

    def is_inhabited(self) -> bool:
        """Return whether the Store has a person or anything that belongs to a person."""
        tables = [table for table in TABLES if table not in _KEPT]
        with self._db.reading() as db:
            return any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)

    def take_in(self, rows: Iterable[tuple[str, Row]], numbers: Mapping[str, int]) -> tuple[int, int]:
        """Import rows of ``rows``, all or none; return how many, and how many were left out because their paper is
        missing. UsageError names the place of an invalid row."""
        taken = left_out = 0
        with self._db.writing() as db:
            for place, (table, row) in enumerate(rows, 1):
                with _explained(f"row {place} ({table})"):
                    here = _insert(db, table, row)
                taken, left_out = taken + here, left_out + (not here)
            for name, number in numbers.items():
                _number_on(db, name, number)
        return taken, left_out

    def belongings(self, person: int) -> dict[str, list[dict[str, Any]]]:
        """Return what belongs to a person: each kind as rows by column name, read at one moment."""
        with self._db.reading() as db:
            db.execute("BEGIN")
            try:
                return {kind: _named(db.execute(sql, (person,))) for kind, sql in BELONGINGS.items()}
            finally:
                db.execute("ROLLBACK")


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn errors of a row into a UsageError that names it."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, ValueError) as error:
        raise UsageError(f"{what} cannot be taken in: {error}") from error
    except OverflowError as error:
        raise UsageError(f"{what} cannot be taken in: a number is too large") from error


def _columns(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the columns of a table in order, with their types."""
    return {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}


def _rows_of(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    names = _columns(db, table)
    by_id = "(SELECT id FROM documents WHERE documents.number = t.number)"
    chosen = ", ".join(by_id if name == "number" else f"t.{name}" for name in names)
    shown = ["paper" if name == "number" else name for name in names]
    for row in db.execute(f"SELECT {chosen} FROM {table} t"):
        if table != "facts" or row[0] not in _HERE:
            yield dict(zip(shown, row, strict=True))


def _require(table: str, name: str, value: Any, kind: str) -> None:
    """Refuse a value that cannot be read back: of another type, not a moment, not JSON."""
    if value is None:
        return
    if not isinstance(value, _KINDS[kind]) or isinstance(value, bool):
        raise ValueError(f"{name} is {str(value)[:40]!r}, expected {kind}")
    if name in _MOMENTS and datetime.fromisoformat(str(value)).tzinfo is None:
        raise ValueError(f"{name} is {str(value)[:40]!r}, expected a moment with its time zone")
    if (expected := _JSON.get((table, name))) and not isinstance(json.loads(str(value)), expected):
        raise ValueError(f"{name} is {str(value)[:40]!r}, expected other JSON")


def _insert(db: sqlite3.Connection, table: str, row: Row) -> bool:
    """Write a row; return False when its paper is missing."""
    if table not in TABLES:
        raise ValueError("the table does not exist")
    known, given = _columns(db, table), dict(row)
    if "number" in known and (paper := given.pop("paper", None)) is not None:
        found = db.execute("SELECT number FROM documents WHERE id = ?", (paper,)).fetchone()
        if found is None:
            return False
        given["number"] = found[0]
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"unknown column {unknown[0]!r}")
    if table == "facts" and given.get("key") in _HERE:
        raise ValueError("this fact is not transferable: it belongs to one instance")
    for name, value in given.items():
        _require(table, name, value, known[name])
    names, marks = ", ".join(given), ", ".join("?" * len(given))
    other = " OR IGNORE" if table in _KEPT else ""
    db.execute(f"INSERT{other} INTO {table} ({names}) VALUES ({marks})", tuple(given.values()))
    return True


def _number_on(db: sqlite3.Connection, table: str, number: int) -> None:
    """Continue numbering from here, so that no one gets the number of a person who has left."""
    if (
        table in TABLES
        and not db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table)).rowcount
    ):
        db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))


def _named(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
