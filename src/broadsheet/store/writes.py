"""Writes of the Store: what sources say goes in, and what a Document is follows from all that was said.

for each document: is it a new say of its source?  no: it is the same
    may this source speak of this id?  no: a bad record
    keep the say; merge all records of the id; equal to before: nothing changed
    else write the merged view and its side tables under the next change number
commit every 25 ms, so that readers and other writers never wait long
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from broadsheet import records
from broadsheet.store.database import Database
from broadsheet.store.derived import SIDES, columns, decoded, encoded
from broadsheet.store.guard import guard
from broadsheet.store.matching import by_source
from broadsheet.store.merge import Record, merge, renewed
from broadsheet.types import BadRecord, Document

_CHUNK = 200
_LONGEST = 0.025  # seconds of one write transaction, before its commit
_MOST_SAYS = 64  # of one source about one document that are remembered, each as 16 characters

_NEW = (
    "INSERT INTO documents (id, sequence, deleted, title, first, last, venue, has_code, votes, day)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT = {
    table: f"INSERT INTO {table} (number, {', '.join(names)}) VALUES (?, {', '.join('?' * len(names))})"
    for table, (names, _) in SIDES.items()
}
_DELETE = {
    table: f"DELETE FROM {table} WHERE number = ? AND {' AND '.join(f'{n} = ?' for n in names)}"
    for table, (names, _) in SIDES.items()
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a ``put`` did: documents new, changed and same, and those refused (``bad``), each with its reason."""

    new: int = 0
    changed: int = 0
    same: int = 0
    bad: tuple[BadRecord, ...] = ()

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.changed + other.changed, self.same + other.same, self.bad + other.bad)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record as it lies in its table."""

    record: Record
    digests: str

    @property
    def source(self) -> str:
        return self.record.document.source


@dataclass(frozen=True, slots=True)
class _Say:
    """A document ready to be written."""

    document: Document
    body: str
    digest: str


class Writes(Database):
    """The writing half of ``Store``."""

    def put(self, documents: Iterable[Document], *, now: datetime, seen: set[int] | None = None) -> Counts:
        """Keep what sources say of documents; what was said before changes nothing.

        Each document is kept as the record of its ``source``; a newer say of the same source takes the place of
        the older one (dates, counts and links that it is silent of stay), except that several within one run are
        united: a run is one call, or all calls that pass the same ``seen`` (an empty set at first). Committed in
        short transactions as it goes. Documents that cannot be kept, or whose id another source uses for another
        paper, are counted in ``bad``.
        """
        seen = set() if seen is None else seen
        counts = Counts()
        stream = iter(documents)
        while chunk := list(islice(stream, _CHUNK)):
            says, bad = _prepared(chunk)
            counts += Counts(bad=tuple(bad))
            while says:
                with self.writing() as db:
                    batch = _Batch(db, now, seen)
                    done = batch.put(says)
                counts += batch.counts
                says = says[done:]
        return counts

    def delete(self, ids: Iterable[str], *, now: datetime) -> int:
        """Delete documents by id, whatever sources brought them; returns how many there were.

        Their numbers are never given to others; the same id brought again gets its number back.
        """
        return self._remove([("id = ?", (name,)) for name in ids], now)

    def delete_source(self, source: str, *, now: datetime) -> int:
        """Forget all that a source said, by its name or its scheme; returns of how many documents it spoke.

        A document that other sources brought too stays as what they say; the others are deleted.
        """
        condition, values = by_source(source)
        with self.reading() as db:
            rows = db.execute(f"SELECT DISTINCT number FROM records WHERE {condition}", values).fetchall()
        return self._remove([("number = ?", row) for row in rows], now, source)

    def give_way(self, source: str, *, now: datetime) -> int:
        """Forget what a source (or scheme) said of papers that others have brought under the same title.

        Returns of how many. So a stand-in goes when the real paper is there, whichever came first.
        """
        stands_in, values = by_source(source)
        real = f"EXISTS (SELECT 1 FROM records WHERE records.number = o.number AND NOT {stands_in})"
        sql = (
            f"SELECT number FROM documents d WHERE number IN (SELECT number FROM records WHERE {stands_in})"
            " AND deleted = 0 AND title <> '' AND EXISTS (SELECT 1 FROM documents o WHERE o.title = d.title"
            f" AND o.number <> d.number AND o.deleted = 0 AND {real})"
        )
        with self.reading() as db:
            rows = db.execute(sql, (*values, *values)).fetchall()
        return self._remove([("number = ?", row) for row in rows], now, source) if rows else 0

    def _remove(self, wanted: list[tuple[str, tuple[object, ...]]], now: datetime, source: str = "") -> int:
        removed = 0
        while wanted:
            with self.writing() as db:
                batch, end = _Batch(db, now, set()), _deadline()
                taken = 0
                while taken < len(wanted) and time.monotonic() < end:
                    removed += batch.remove(*wanted[taken], source)
                    taken += 1
            wanted = wanted[taken:]
        return removed


def _deadline() -> float:
    return time.monotonic() + _LONGEST


def _prepared(documents: Iterable[Document]) -> tuple[list[_Say], list[BadRecord]]:
    says: list[_Say] = []
    bad: list[BadRecord] = []
    for document in documents:
        try:
            says.append(_say(document))
        except ValueError as error:
            bad.append(_refused(document, str(error)))
    return says, bad


def _refused(document: Document, reason: str) -> BadRecord:
    return BadRecord(records.clean(str(document.id))[:200], reason, records.clean(repr(document)[:2_000]))


def _say(document: Document) -> _Say:
    kept = records.checked(document)
    body = encoded(kept)
    return _Say(kept, body, hashlib.blake2b(body.encode(), digest_size=8).hexdigest())


class _Batch:
    """The work of one write transaction."""

    def __init__(self, db: sqlite3.Connection, now: datetime, seen: set[int]) -> None:
        self._db = db
        self._now = now.isoformat()
        self._seen = seen
        self._sequence: int = db.execute("SELECT coalesce(max(sequence), 0) FROM documents").fetchone()[0]
        self.counts = Counts()

    def put(self, says: Sequence[_Say]) -> int:
        """Write as many as the time of a transaction allows, at least one; returns how many."""
        end, new, changed, same, bad = _deadline(), 0, 0, 0, []
        done = 0
        while done < len(says) and (done == 0 or time.monotonic() < end):
            say = says[done]
            try:
                outcome = self._put_one(say)
            except ValueError as error:
                bad.append(_refused(say.document, str(error)))
            else:
                new, changed, same = (
                    new + (outcome == "new"),
                    changed + (outcome == "changed"),
                    same + (outcome == "same"),
                )
            done += 1
        self.counts = Counts(new, changed, same, tuple(bad))
        return done

    def _put_one(self, say: _Say) -> str:
        row = self._db.execute("SELECT number, deleted FROM documents WHERE id = ?", (say.document.id,)).fetchone()
        if row is None:
            self._insert(say)
            return "new"
        number, deleted = row
        key = hash((say.document.id, say.document.source))
        repeated = key in self._seen
        self._seen.add(key)
        if self._said_before(number, say):
            return "same"
        kept = self._records(number)
        own = next((k for k in kept if k.source == say.document.source), None)
        guard(say.document, [k.record.document for k in kept])
        others = [k.record for k in kept if k is not own]
        said, document = self._keep(number, say, own, unite=repeated)
        before = merge(k.record for k in kept) if kept else None
        after = merge([*others, Record(said, document)])
        self._write_merged(number, after if others else None)
        if after == before:
            return "same"
        self._describe(number, before, after)
        return "new" if deleted else "changed"

    def _said_before(self, number: int, say: _Say) -> bool:
        sql = "SELECT digests FROM records WHERE number = ? AND source = ?"
        row = self._db.execute(sql, (number, say.document.source)).fetchone()
        return row is not None and say.digest in row[0].split(" ")

    def _insert(self, say: _Say) -> None:
        row = self._db.execute(_NEW, (say.document.id, self._next(), *columns(say.document)))
        number = int(row.lastrowid or 0)
        self._seen.add(hash((say.document.id, say.document.source)))
        self._write_record(number, say.document.source, say.digest, say.body)
        self._write_sides(number, None, say.document)

    def _keep(self, number: int, say: _Say, own: _Kept | None, *, unite: bool) -> tuple[int, Document]:
        """Write the record of a source anew; ``unite`` it with what the same run said of the document before."""
        digests = say.digest
        if own and unite:
            newest = Record(own.record.said + 1, say.document)
            say = _say(merge([own.record, newest]))
            digests = " ".join([*own.digests.split(" "), digests][-_MOST_SAYS:])
        elif own:
            say = _say(renewed(own.record.document, say.document))
        if own:
            self._db.execute("DELETE FROM records WHERE said = ?", (own.record.said,))
        return self._write_record(number, say.document.source, digests, say.body), say.document

    def _write_record(self, number: int, source: str, digests: str, body: str) -> int:
        row = self._db.execute(
            "INSERT INTO records (number, source, digests, heard, body) VALUES (?, ?, ?, ?, ?)",
            (number, source, digests, self._now, body),
        )
        return int(row.lastrowid or 0)

    def remove(self, condition: str, values: tuple[object, ...], source: str) -> int:
        """Take away what ``source`` (all, when empty) says of one document; returns 1 if there was anything."""
        row = self._db.execute(f"SELECT number FROM documents WHERE deleted = 0 AND {condition}", values).fetchone()
        if row is None:
            return 0
        number: int = row[0]
        kept = self._records(number)
        from_source, names = by_source(source) if source else ("1", ())
        self._db.execute(f"DELETE FROM records WHERE number = ? AND {from_source}", (number, *names))
        left = [k.record for k in self._records(number)]
        if len(left) == len(kept):
            return 0
        before, after = merge(k.record for k in kept), merge(left) if left else None
        self._write_merged(number, after if len(left) > 1 else None)
        if after != before:
            self._describe(number, before, after)
        return 1

    def _records(self, number: int) -> list[_Kept]:
        rows = self._db.execute("SELECT said, digests, body FROM records WHERE number = ?", (number,))
        return [_Kept(Record(said, decoded(body)), digests) for said, digests, body in rows]

    def _describe(self, number: int, before: Document | None, after: Document | None) -> None:
        """Write what a document is now (None: deleted) under the next change number."""
        self._db.execute(
            "UPDATE documents SET sequence = ?, deleted = ?, title = ?, first = ?, last = ?, venue = ?, has_code = ?,"
            " votes = ?, day = ? WHERE number = ?",
            (self._next(), *columns(after), number),
        )
        self._write_sides(number, before, after)

    def _write_sides(self, number: int, before: Document | None, after: Document | None) -> None:
        for table, (_, rows) in SIDES.items():
            old, new = rows(before) if before else set(), rows(after) if after else set()
            self._db.executemany(_DELETE[table], [(number, *row) for row in sorted(old - new)])
            self._db.executemany(_INSERT[table], [(number, *row) for row in sorted(new - old)])

    def _write_merged(self, number: int, document: Document | None) -> None:
        """The merged view of several records; one record alone (None) needs none."""
        if document is None:
            self._db.execute("DELETE FROM merged WHERE number = ?", (number,))
        else:
            row = (number, encoded(document))
            self._db.execute("INSERT OR REPLACE INTO merged (number, body) VALUES (?, ?)", row)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence
