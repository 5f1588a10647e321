"""The Store's half that doubts itself: is the file sound, and do the tables that are filled from what sources said of
papers still follow from it? They can be filled anew."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from broadsheet.store.database import Database
from broadsheet.store.derived import SIDES, columns, decoded, encoded
from broadsheet.store.merge import Record, merge
from broadsheet.types import Document

_COLUMNS = "deleted, title, first, last, venue, has_code, votes, day"
_BATCH = 200
_MOST_LINES = 20


class Audit(Database):
    """Checks, and the mending of what they find."""

    def soundness(self, *, whole: bool) -> list[str]:
        """What SQLite finds wrong with the file; ``whole`` holds every index against its table too."""
        with self.reading() as db:
            check = "integrity_check" if whole else "quick_check"
            found = [row[0] for row in db.execute(f"PRAGMA {check}({_MOST_LINES})")]
            stray = db.execute("PRAGMA foreign_key_check").fetchmany(_MOST_LINES)
        return [line for line in found if line != "ok"] + [f"a row of {row[0]} is of no {row[2]}" for row in stray]

    def some_numbers(self, most: int | None) -> list[int]:
        """The row numbers of living documents: of all (None), or of so many taken at random."""
        if most is None:
            return self._column("SELECT number FROM documents WHERE deleted = 0 ORDER BY number")
        return sorted(self._column("SELECT number FROM documents WHERE deleted = 0 ORDER BY random() LIMIT ?", (most,)))

    def unlike(self, numbers: Sequence[int]) -> list[int]:
        """Those of these living documents whose columns, side rows or merged view are not what their records make."""
        found: list[int] = []
        for start in range(0, len(numbers), _BATCH):
            with self.reading() as db:
                db.execute("BEGIN")  # one moment: a writer may be at work
                try:
                    found += [number for number in numbers[start : start + _BATCH] if _unlike(db, number)]
                finally:
                    db.execute("ROLLBACK")
        return found

    def strays(self) -> list[int]:
        """Numbers of deleted documents that still have side rows, records or a merged view."""
        tables = (*SIDES, "records", "merged")
        every = " UNION ".join(f"SELECT number FROM {table}" for table in tables)
        return self._column(f"SELECT number FROM ({every}) JOIN documents USING (number) WHERE deleted = 1 ORDER BY 1")

    def stale_trends(self) -> tuple[int, int]:
        """How many stored trends are of an older state of their paper (nobody reads those), and how many of one to
        come."""
        sql = "SELECT coalesce(sum(trends.sequence < documents.sequence OR deleted), 0), coalesce(sum(trends.sequence >"
        return tuple(self._rows(f"{sql} documents.sequence), 0) FROM trends JOIN documents USING (number)")[0])

    def drop_trends(self) -> int:
        """Forget the stored trends that are not of the present state of their paper; returns how many."""
        fresh = "SELECT number FROM documents WHERE deleted = 0 AND documents.sequence = trends.sequence"
        return self._write(f"DELETE FROM trends WHERE number NOT IN ({fresh})")

    def refill(self, numbers: Sequence[int]) -> None:
        """Fill the columns, side rows and merged views of these documents anew, each under a new change number."""
        for number in numbers:
            with self.writing() as db:
                _refill(db, number)


def _records(db: sqlite3.Connection, number: int) -> list[Record]:
    rows = db.execute("SELECT said, body FROM records WHERE number = ? ORDER BY said", (number,))
    return [Record(said, decoded(body)) for said, body in rows]


def _view(records: Sequence[Record]) -> tuple[Document | None, str | None]:
    """The document that records make together, and the merged view that is kept of it: none of a single record."""
    document = merge(records) if records else None
    return document, encoded(document) if document and len(records) > 1 else None


def _unlike(db: sqlite3.Connection, number: int) -> bool:
    row = db.execute(f"SELECT {_COLUMNS} FROM documents WHERE number = ?", (number,)).fetchone()
    if row is None or row[0]:
        return False  # deleted meanwhile
    records = _records(db, number)
    document, body = _view(records)
    if document is None or tuple(row) != tuple(columns(document)):
        return True
    kept = db.execute("SELECT body FROM merged WHERE number = ?", (number,)).fetchone()
    if (kept and decoded(kept[0])) != (document if body else None):
        return True
    return any(_side(db, table, number) != rows(document) for table, (_, rows) in SIDES.items())


def _side(db: sqlite3.Connection, table: str, number: int) -> set[tuple[Any, ...]]:
    return set(db.execute(f"SELECT {', '.join(SIDES[table][0])} FROM {table} WHERE number = ?", (number,)))


def _refill(db: sqlite3.Connection, number: int) -> None:
    deleted = db.execute("SELECT deleted FROM documents WHERE number = ?", (number,)).fetchone()
    if deleted is None:
        return
    if deleted[0]:
        db.execute("DELETE FROM records WHERE number = ?", (number,))
    document, body = _view(_records(db, number))
    db.execute("DELETE FROM merged WHERE number = ?", (number,))
    if body:
        db.execute("INSERT INTO merged (number, body) VALUES (?, ?)", (number, body))
    for table, (names, rows) in SIDES.items():
        db.execute(f"DELETE FROM {table} WHERE number = ?", (number,))
        marks = ", ".join("?" * (1 + len(names)))
        sql = f"INSERT INTO {table} (number, {', '.join(names)}) VALUES ({marks})"
        db.executemany(sql, [(number, *row) for row in sorted(rows(document))] if document else [])
    places = ", ".join(f"{name} = ?" for name in _COLUMNS.split(", "))
    newest = "(SELECT max(sequence) + 1 FROM documents)"
    db.execute(f"UPDATE documents SET sequence = {newest}, {places} WHERE number = ?", (*columns(document), number))
