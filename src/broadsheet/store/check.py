"""Checks of the Store: is the file sound, and do the derived tables still match the records of sources? The derived
tables can be filled again."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from broadsheet.core.types import Document
from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.derived import SIDES, Rows, columns, decoded, encoded
from broadsheet.store.merge import Record, merge

_COLUMNS = "deleted, title, first, last, venue, has_code, votes, day, status"
_BATCH = 2_000  # documents that are looked at together
_AT_ONCE = 50  # documents of a transaction
_MOST_LINES = 20


class Check(Part):
    """Check the file and the tables derived from the records, and repair these tables."""

    def soundness(self, *, whole: bool) -> list[str]:
        """Return the faults that SQLite finds in the file; ``whole`` also compares every index with its table."""
        with self._db.reading() as db:
            check = "integrity_check" if whole else "quick_check"
            found = [row[0] for row in db.execute(f"PRAGMA {check}({_MOST_LINES})")]
            stray = db.execute("PRAGMA foreign_key_check").fetchmany(_MOST_LINES)
        return [line for line in found if line != "ok"] + [
            f"a row of {row[0]} refers to a missing row of {row[2]}" for row in stray
        ]

    def some_numbers(self, most: int | None) -> list[int]:
        """Return row numbers of documents that are not deleted: all (None), or so many at random."""
        if most is None:
            return self._db.column("SELECT number FROM documents WHERE deleted = 0 ORDER BY number")
        return sorted(
            self._db.column("SELECT number FROM documents WHERE deleted = 0 ORDER BY random() LIMIT ?", (most,))
        )

    def unlike(self, numbers: Sequence[int]) -> list[int]:
        """Return the documents among these whose columns, side rows or merged view do not match their records."""
        found: list[int] = []
        for start in range(0, len(numbers), _BATCH):
            with self._db.reading() as db:
                db.execute("BEGIN")  # one moment: a writer may be at work
                try:
                    found += _unlike(_Filed(db, numbers[start : start + _BATCH]))
                finally:
                    db.execute("ROLLBACK")
        return found

    def strays(self) -> list[int]:
        """Return the deleted documents that still have side rows, records or a merged view."""
        tables = (*SIDES, "records", "merged", "former_texts", "vote_counts")
        every = " UNION ".join(f"SELECT number FROM {table}" for table in tables)
        return self._db.column(
            f"SELECT number FROM ({every}) JOIN documents USING (number) WHERE deleted = 1 ORDER BY 1"
        )

    def stale_trends(self) -> tuple[int, int]:
        """Count the stored trends of an older state of their paper (never read), and those of a future state."""
        sql = "SELECT coalesce(sum(trends.sequence < documents.sequence OR deleted), 0), coalesce(sum(trends.sequence >"
        return tuple(self._db.rows(f"{sql} documents.sequence), 0) FROM trends JOIN documents USING (number)")[0])

    def drop_trends(self) -> int:
        """Delete the stored trends that are not of the present state of their paper; return how many."""
        fresh = "SELECT number FROM documents WHERE deleted = 0 AND documents.sequence = trends.sequence"
        return self._db.write(f"DELETE FROM trends WHERE number NOT IN ({fresh})")

    def refill(self, numbers: Sequence[int]) -> None:
        """Refill the columns, side rows and merged views of these documents, each under a new change number."""
        for start in range(0, len(numbers), _AT_ONCE):
            with self._db.writing() as db:
                _refill(db, numbers[start : start + _AT_ONCE])


class _Filed:
    """Documents as they are filed: their columns, records, merged views and side rows, by number. Not all side tables
    can be looked up by number, so that each is read once for many."""

    def __init__(self, db: sqlite3.Connection, numbers: Sequence[int]) -> None:
        among = (listed(numbers),)
        self.rows = {
            row[0]: row[1:] for row in db.execute(f"SELECT number, {_COLUMNS} FROM documents WHERE {AMONG}", among)
        }
        self.records: defaultdict[int, list[Record]] = defaultdict(list)
        for number, said, body in db.execute(f"SELECT number, said, body FROM records WHERE {AMONG}", among):
            self.records[number].append(Record(said, decoded(body)))
        self.merged = dict(db.execute(f"SELECT number, body FROM merged WHERE {AMONG}", among))
        self.sides: dict[str, defaultdict[int, Rows]] = {table: defaultdict(set) for table in SIDES}
        for table, (names, _) in SIDES.items():
            for number, *row in db.execute(f"SELECT number, {', '.join(names)} FROM {table} WHERE {AMONG}", among):
                self.sides[table][number].add(tuple(row))


def _unlike(filed: _Filed) -> list[int]:
    return [
        number
        for number, row in filed.rows.items()
        if not row[0] and not _as_said(filed, number)  # what was deleted meanwhile has nothing to be like
    ]


def _as_said(filed: _Filed, number: int) -> bool:
    document, body = _view(filed.records[number])
    if document is None or tuple(filed.rows[number]) != tuple(columns(document)):
        return False
    kept = filed.merged.get(number)
    if (kept and decoded(kept)) != (document if body else None):
        return False
    return all(filed.sides[table][number] == rows(document) for table, (_, rows) in SIDES.items())


def _view(records: Sequence[Record]) -> tuple[Document | None, str | None]:
    """Return the document that records make together, and its stored merged view (None for a single record)."""
    document = merge(records) if records else None
    return document, encoded(document) if document and len(records) > 1 else None


def _refill(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    filed = _Filed(db, numbers)
    for table in (*SIDES, "merged"):
        db.execute(f"DELETE FROM {table} WHERE {AMONG}", (listed(numbers),))
    for number, row in filed.rows.items():
        if row[0]:
            db.execute("DELETE FROM records WHERE number = ?", (number,))
            db.execute("DELETE FROM former_texts WHERE number = ?", (number,))
            db.execute("DELETE FROM vote_counts WHERE number = ?", (number,))
        document, body = _view([] if row[0] else filed.records[number])
        if body:
            db.execute("INSERT INTO merged (number, body) VALUES (?, ?)", (number, body))
        for table, (names, rows) in SIDES.items():
            sql = f"INSERT INTO {table} (number, {', '.join(names)}) VALUES ({', '.join('?' * (1 + len(names)))})"
            db.executemany(sql, [(number, *each) for each in sorted(rows(document))] if document else [])
        places = ", ".join(f"{name} = ?" for name in _COLUMNS.split(", "))
        newest = "(SELECT max(sequence) + 1 FROM documents)"
        db.execute(f"UPDATE documents SET sequence = {newest}, {places} WHERE number = ?", (*columns(document), number))
