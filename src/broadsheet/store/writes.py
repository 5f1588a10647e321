"""Writes of the Store: what sources say goes in, and what a Document is follows from all that was said.

for each document: is it a new say of its source?  no: it is the same
    may this source speak of this id?  no: a bad record
    keep the say; merge all records of the id; equal to before: nothing changed
    else write the merged view and its side tables under the next change number
commit every 25 ms, so that readers and other writers never wait long
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from broadsheet.core.types import BadRecord, Document
from broadsheet.store.batch import Batch, Counts, Say, deadline, refused, say_of
from broadsheet.store.database import Database
from broadsheet.store.matching import by_source

_CHUNK = 200


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
                    batch = Batch(db, now, seen)
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
                batch, end = Batch(db, now, set()), deadline()
                taken = 0
                while taken < len(wanted) and time.monotonic() < end:
                    removed += batch.remove(*wanted[taken], source)
                    taken += 1
            wanted = wanted[taken:]
        return removed


def _prepared(documents: Iterable[Document]) -> tuple[list[Say], list[BadRecord]]:
    says: list[Say] = []
    bad: list[BadRecord] = []
    for document in documents:
        try:
            says.append(say_of(document))
        except ValueError as error:
            bad.append(refused(document, str(error)))
    return says, bad
