"""One write transaction of the Store: records of documents are written one by one, as long as its time allows."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broadsheet.core import records
from broadsheet.core.types import BadRecord, Document
from broadsheet.store import history, versions
from broadsheet.store.clashes import Clash, Home, Kept, home_of, present, records_of
from broadsheet.store.derived import COLUMNS, SIDES, Say, columns, differ, encoded, say_of
from broadsheet.store.filters import by_source
from broadsheet.store.merge import Record, merge, renewed

_LONGEST = 0.025  # seconds of one write transaction, before its commit
_MOST_SAYS = 64  # of one source about one document that are remembered, each as 16 characters

_NEW = f"INSERT INTO documents (id, sequence, {', '.join(COLUMNS)}) VALUES (?, ?, {', '.join('?' * len(COLUMNS))})"
_CHANGED = f"UPDATE documents SET sequence = ?, {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE number = ?"
_INSERT = {
    table: f"INSERT INTO {table} (number, {', '.join(names)}) VALUES (?, {', '.join('?' * len(names))})"
    for table, (names, _) in SIDES.items()
}
_DELETE = {
    table: f"DELETE FROM {table} WHERE number = ? AND {' AND '.join(f'{n} = ?' for n in names)}"
    for table, (names, _) in SIDES.items()
}


Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The result of a ``put``: new, changed and unchanged documents, refused ones (``bad``) with reasons, and those
    whose identifier is another paper's (``clashes``), which are among the first three too."""

    new: int = 0
    changed: int = 0
    same: int = 0
    bad: tuple[BadRecord, ...] = ()
    clashes: tuple[Clash, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.bad + other.bad,
            self.clashes + other.clashes,
        )


class Batch:
    """The work of one write transaction."""

    def __init__(self, db: sqlite3.Connection, now: datetime, seen: set[int]) -> None:
        self._db = db
        self._now = now.isoformat()
        self._seen = seen
        self._sequence: int = db.execute("SELECT coalesce(max(sequence), 0) FROM documents").fetchone()[0]
        self.counts = Counts()

    def put(self, says: Sequence[Say]) -> int:
        """Write as many as the time of a transaction allows, at least one; return how many."""
        end, done = deadline(), 0
        while done < len(says) and (done == 0 or time.monotonic() < end):
            self.counts += self._counted(says[done])
            done += 1
        return done

    def _counted(self, say: Say) -> Counts:
        try:
            home = home_of(self._db, say)
            outcome = self._put_one(home)
        except ValueError as error:
            return Counts(bad=(refused(say.document, str(error)),))
        counts = Counts(outcome == "new", outcome == "changed", outcome == "same")
        return counts + Counts(clashes=(home.clash,)) if home.clash else counts

    def _put_one(self, home: Home) -> Outcome:
        number, say = home.number, home.say
        key = hash((say.document.id, say.document.source))
        repeated = key in self._seen
        self._seen.add(key)
        if number is None:
            self._insert(say)
            return "new"
        if home.same:
            return "same"
        kept = home.kept
        own = next((k for k in kept if k.source == say.document.source), None)
        others = [k.record for k in kept if k is not own]
        said, document = self._keep(number, say, own, unite=repeated)
        before = merge(k.record for k in kept) if kept else None
        after = merge([*others, Record(said, document)])
        self._write_merged(number, after if others else None)
        if after == before:
            return "same"
        self._describe(number, before, after)
        return "changed" if kept else "new"

    def _insert(self, say: Say) -> None:
        row = self._db.execute(_NEW, (say.document.id, self._next(), *columns(say.document)))
        number = int(row.lastrowid or 0)
        self._write_record(number, say.document.source, say.digest, say.body)
        self._write_sides(number, None, say.document)

    def _keep(self, number: int, say: Say, own: Kept | None, *, unite: bool) -> tuple[int, Document]:
        """Rewrite the record of a source; ``unite`` it with what the same run said about the document before."""
        digests = say.digest
        if own and unite:
            newest = Record(own.record.said + 1, say.document)
            say = say_of(merge([own.record, newest]))
            digests = " ".join([*own.digests.split(" "), digests][-_MOST_SAYS:])
        elif own:
            say = say_of(renewed(own.record.document, say.document))
            versions.keep(self._db, number, own.record.document, say.document, at=self._now)
            history.keep(self._db, number, own.record.said, own.record.document, say.document, at=self._now)
        if own:
            self._db.execute("DELETE FROM records WHERE said = ?", (own.record.said,))
        return self._write_record(number, say.document.source, digests, say.body), say.document

    def _write_record(self, number: int, source: str, digests: str, body: str) -> int:
        row = self._db.execute(
            "INSERT INTO records (number, source, digests, heard, body) VALUES (?, ?, ?, ?, ?)",
            (number, source, digests, self._now, body),
        )
        return int(row.lastrowid or 0)

    def take_out(self, number: int, apart: Sequence[Kept]) -> None:
        """Take records out of a document that are of other papers, and put each where it belongs."""
        kept = records_of(self._db, number)
        said = {each.record.said for each in apart}
        self._db.executemany("DELETE FROM records WHERE said = ?", [(each,) for each in said])
        moved = [(number, each.source) for each in apart]
        for table in ("former_texts", "vote_counts"):
            self._db.executemany(f"DELETE FROM {table} WHERE number = ? AND source = ?", moved)
        left = [each.record for each in kept if each.record.said not in said]
        after = merge(left)
        self._write_merged(number, after if len(left) > 1 else None)
        self._describe(number, merge(each.record for each in kept), after)
        for each in apart:
            self.counts += self._counted(say_of(present(each.document)))

    def remove(self, condition: str, values: tuple[object, ...], source: str) -> int:
        """Remove what ``source`` (every source, if empty) says about one document; return 1 if there was anything."""
        row = self._db.execute(f"SELECT number FROM documents WHERE deleted = 0 AND {condition}", values).fetchone()
        if row is None:
            return 0
        number: int = row[0]
        kept = records_of(self._db, number)
        from_source, names = by_source(source) if source else ("1", ())
        for table in ("records", "former_texts", "vote_counts"):
            self._db.execute(f"DELETE FROM {table} WHERE number = ? AND {from_source}", (number, *names))
        left = [k.record for k in records_of(self._db, number)]
        if len(left) == len(kept):
            return 0
        before, after = merge(k.record for k in kept), merge(left) if left else None
        self._write_merged(number, after if len(left) > 1 else None)
        if after != before:
            self._describe(number, before, after)
        return 1

    def _describe(self, number: int, before: Document | None, after: Document | None) -> None:
        """Write the present document (None: deleted) under the next change number."""
        self._db.execute(_CHANGED, (self._next(), *columns(after), number))
        self._write_sides(number, before, after)

    def _write_sides(self, number: int, before: Document | None, after: Document | None) -> None:
        for table, (_, rows) in SIDES.items():
            if before and after and not differ(table, before, after):
                continue
            old, new = rows(before) if before else set(), rows(after) if after else set()
            if gone := old - new:
                self._db.executemany(_DELETE[table], [(number, *row) for row in sorted(gone)])
            if added := new - old:
                self._db.executemany(_INSERT[table], [(number, *row) for row in sorted(added)])

    def _write_merged(self, number: int, document: Document | None) -> None:
        """Write the merged view of several records; a single record (None) does not need one."""
        if document is None:
            self._db.execute("DELETE FROM merged WHERE number = ?", (number,))
        else:
            row = (number, encoded(document))
            self._db.execute("INSERT OR REPLACE INTO merged (number, body) VALUES (?, ?)", row)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


def deadline() -> float:
    return time.monotonic() + _LONGEST


def refused(document: Document, reason: str) -> BadRecord:
    return BadRecord(records.clean(str(document.id))[:200], reason, records.clean(repr(document)[:2_000]))
