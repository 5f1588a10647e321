"""Papers: what sources say goes in, and what a Document is follows from all that was said; read by id, change, filter.

for each document: where does it go?  to that of its id if it is the same paper, else to one of its own (``clashes``)
    is it a new say of its source?  no: it is the same
    keep the say; merge all records of the id; equal to before: nothing changed
    else write the merged view and its side tables under the next change number
commit every 25 ms, so that readers and other writers never wait long
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from broadsheet.core.addresses import identifiers
from broadsheet.core.types import BadRecord, Change, Document, Filters, StatusKind
from broadsheet.store.batch import Batch, Counts, deadline, refused
from broadsheet.store.clashes import home_of
from broadsheet.store.database import Part
from broadsheet.store.derived import BODY, Say, decoded, say_of
from broadsheet.store.filters import by_author, by_source, conditions, pairs_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 200
_LISTED = "(SELECT value FROM json_each(?))"


class Papers(Part):
    """Read documents by id, number, title, change and filter; write and delete them."""

    def get(self, id_or_alias: str) -> Document | None:
        """Return the document of an id or another identifier in any form (``arXiv:2401.00001v2``), or None."""
        number = self.number(id_or_alias)
        return None if number is None else self.by_numbers([number]).get(number)

    def number(self, id_or_alias: str) -> int | None:
        """Return the lasting row number of a document. The text itself comes before what it names as an address, ids
        before aliases, older documents before newer."""
        wanted = json.dumps(list(dict.fromkeys([id_or_alias, *identifiers(id_or_alias)])))
        rows = self._db.column(
            f"SELECT number FROM (SELECT number, 0 AS kind, id AS name FROM documents WHERE id IN {_LISTED}"
            f" UNION ALL SELECT number, 1, alias FROM aliases WHERE alias IN {_LISTED})"
            " JOIN documents USING (number) WHERE deleted = 0"
            " ORDER BY name <> json_extract(?, '$[0]'), kind, number LIMIT 1",
            (wanted, wanted, wanted),
        )
        return rows[0] if rows else None

    def number_of(self, document: Document) -> int | None:
        """Return the row number of the document to which a record belongs; None for a new paper, or a bad record."""
        number: int | None = None
        with self._db.reading() as db, suppress(ValueError):
            number = home_of(db, say_of(document)).number
        return None if number is None else next(iter(self.by_numbers([number])), None)

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the row numbers of the ids that exist."""
        sql = f"SELECT id, number FROM documents WHERE deleted = 0 AND id IN {_LISTED}"
        return dict(self._db.rows(sql, (json.dumps(list(ids)),)))

    def ids(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the ids of the row numbers that exist."""
        sql = f"SELECT number, id FROM documents WHERE deleted = 0 AND number IN {_LISTED}"
        return dict(self._db.rows(sql, (json.dumps([int(number) for number in numbers]),)))

    def many(self, ids: Sequence[str]) -> dict[str, Document]:
        """Return the documents of the ids that exist."""
        sql = f"SELECT id, {BODY} FROM documents WHERE deleted = 0 AND id IN {_LISTED}"
        return {name: decoded(body) for name, body in self._db.rows(sql, (json.dumps(list(ids)),))}

    def by_numbers(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Return the documents of the row numbers that exist."""
        sql = f"SELECT number, {BODY} FROM documents WHERE deleted = 0 AND number IN {_LISTED}"
        wanted = json.dumps([int(number) for number in numbers])
        return {number: decoded(body) for number, body in self._db.rows(sql, (wanted,))}

    def with_title(self, plain_title: str, limit: int = 20) -> list[int]:
        """Return the row numbers of the documents with this title in the form of ``text.plain``, oldest first."""
        sql = "SELECT number FROM documents WHERE title = ? AND title <> '' AND deleted = 0 ORDER BY number LIMIT ?"
        return self._db.column(sql, (plain_title, limit))

    def with_status(self, kinds: Iterable[StatusKind]) -> frozenset[int]:
        """Return the row numbers of the documents with a status of one of these kinds."""
        sql = f"SELECT number FROM documents WHERE status IN {_LISTED} AND status <> '' AND deleted = 0"
        return frozenset(self._db.column(sql, (json.dumps(sorted(kinds)),)))

    def last_change(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        return int(self._db.column("SELECT coalesce(max(sequence), 0) FROM documents")[0])

    def last_number(self) -> int:
        """Return the row number of the newest paper; 0 before the first."""
        return int(self._db.column("SELECT coalesce(max(number), 0) FROM documents")[0])

    def pending(self, after: int) -> int:
        """Count the documents that changed after the change number ``after``."""
        return int(self._db.column("SELECT count(*) FROM documents WHERE sequence > ?", (after,))[0])

    def changed(self, after: int) -> list[int]:
        """Return the row numbers of the documents that changed after the change number ``after``."""
        return self._db.column("SELECT number FROM documents WHERE sequence > ?", (after,))

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Return the documents that changed after a change number, by newest change; a deleted one is None."""
        sql = (
            f"SELECT sequence, number, CASE deleted WHEN 0 THEN {BODY} END FROM documents"
            " WHERE sequence > ? ORDER BY sequence LIMIT ?"
        )
        return [
            Change(sequence, number, None if body is None else decoded(body))
            for sequence, number, body in self._db.rows(sql, (after, limit))
        ]

    def count(self, *, sources: Sequence[str] = (), without_sources: Sequence[str] = ()) -> int:
        """Count documents: all, those of any of ``sources``, or those not from ``without_sources`` alone."""
        where, values = _where(Filters(sources=tuple(sources)), without_sources)
        return int(self._db.column(f"SELECT count(*) FROM documents WHERE {where}", values)[0])

    def newest(
        self, limit: int, offset: int = 0, *, without_sources: Sequence[str] = (), hidden: bool = True
    ) -> list[Document]:
        """Return documents by the first day of their span, newest first, undated ones last.

        What only ``without_sources`` (names or schemes) brought is left out, and, unless wanted, what the editor has
        ``hidden``.
        """
        where, values = _where(Filters(), without_sources)
        where += "" if hidden else " AND number NOT IN (SELECT number FROM desk WHERE act = 'hide')"
        sql = f"SELECT {BODY} FROM documents WHERE {where} ORDER BY first DESC, number DESC LIMIT ? OFFSET ?"
        return [decoded(body) for (body,) in self._db.rows(sql, (*values, limit, offset))]

    def numbers_where(self, filters: Filters, among: Sequence[int] | None = None) -> NDArray[np.int64]:
        """Return the row numbers, sorted, of the documents (of all, or ``among`` these) for which all conditions hold.

        int64 of shape (n,).
        """
        import numpy as np

        where, values = _where(filters)
        if among is not None:
            where, values = f"{where} AND number IN {_LISTED}", (*values, json.dumps([int(n) for n in among]))
        sql = f"SELECT number FROM documents WHERE {where}"
        with self._db.reading() as db:
            return np.sort(np.fromiter((row[0] for row in db.execute(sql, values)), dtype=np.int64))

    def newest_first(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[int]:
        """Return these row numbers in the order of ``newest``, without deleted documents."""
        sql = f"SELECT number FROM documents WHERE deleted = 0 AND number IN {_LISTED} ORDER BY first DESC, number DESC"
        return self._db.column(sql, (json.dumps([int(number) for number in numbers]),))

    def deleted_since(self, after: int) -> list[int]:
        """Return the row numbers of the documents that were deleted after the change number ``after``."""
        return self._db.column("SELECT number FROM documents WHERE sequence > ? AND deleted = 1", (after,))

    def records(self, after_id: str = "", limit: int = 1000) -> list[Document]:
        """Return the records of the next ``limit`` documents by id, older records first: all of them, for export."""
        sql = (
            "SELECT body FROM (SELECT number, id FROM documents WHERE deleted = 0 AND id > ? ORDER BY id LIMIT ?)"
            " JOIN records USING (number) ORDER BY id, said"
        )
        return [decoded(body) for (body,) in self._db.rows(sql, (after_id, limit))]

    def names_among(self, texts: Sequence[str]) -> list[str]:
        """Return those of these texts that may name an author; the others find no paper by ``newest_by``."""
        sql = (
            "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM author_words AS w0"
            " CROSS JOIN author_words AS w1 USING (number, author) WHERE w0.word = ? AND w1.word = value)"
        )
        pairs = {text: pairs_of(text) for text in texts}
        others: dict[str, list[str]] = {}
        for word, other in frozenset().union(*pairs.values()):
            others.setdefault(word, []).append(other)
        with self._db.reading() as db:
            met = {(word, other) for word in others for (other,) in db.execute(sql, (json.dumps(others[word]), word))}
        return [text for text in texts if not met.isdisjoint(pairs[text])]

    def writers(self, numbers: Sequence[int], *, least: int, most: int) -> list[tuple[str, int]]:
        """Return the authors of at least ``least`` of these papers, at most ``most``, who wrote the most of them first:
        names as the papers have them, and how many papers."""
        body = f"CASE json_valid({BODY}) WHEN 1 THEN {BODY} ELSE '{{}}' END"
        sql = (
            f"SELECT author.value, count(DISTINCT number) AS papers FROM {_LISTED} AS wanted CROSS JOIN documents"
            f" ON number = wanted.value, json_each({body}, '$.authors') AS author WHERE deleted = 0"
            " GROUP BY author.value HAVING papers >= ? ORDER BY papers DESC, author.value LIMIT ?"
        )
        found = self._db.rows(sql, (json.dumps([int(number) for number in numbers]), least, most))
        return [(name, papers) for name, papers in found]

    def years(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return how many of these papers are of each year, by the first day that they may be of."""
        sql = f"SELECT coalesce(first, day) FROM documents WHERE deleted = 0 AND number IN {_LISTED}"
        days = self._db.column(sql, (json.dumps([int(number) for number in numbers]),))
        return dict(Counter(date.fromordinal(day).year for day in days if day is not None))

    def newest_by(self, authors: Iterable[str], most: int) -> dict[str, list[int]]:
        """Find the newest papers, at most ``most``, of each of these authors, newest first, by row number."""
        found: dict[str, list[int]] = {}
        with self._db.reading() as db:
            for author in authors:
                written, values = by_author(author)
                sql = f"SELECT number FROM documents WHERE deleted = 0 AND {written}"
                sql = f"{sql} ORDER BY first DESC, number DESC LIMIT ?"
                found[author] = [number for (number,) in db.execute(sql, (*values, most))]
        return found

    def put(self, documents: Iterable[Document], *, now: datetime, seen: set[int] | None = None) -> Counts:
        """Store the records of sources about documents; a known record changes nothing.

        Each document is kept as the record of its ``source``; a newer say of the same source takes the place of
        the older one (dates, counts and links that it is silent of stay), except that several within one run are
        united: a run is one call, or all calls that pass the same ``seen`` (an empty set at first). Committed in
        short transactions as it goes. A document whose id is another paper's gets an id of its own and is told in
        ``clashes``; one that cannot be kept is told in ``bad``.
        """
        seen = set() if seen is None else seen
        counts = Counts()
        stream = iter(documents)
        while chunk := list(islice(stream, _CHUNK)):
            says, bad = _prepared(chunk)
            counts += Counts(bad=tuple(bad))
            while says:
                with self._db.writing() as db:
                    batch = Batch(db, now, seen)
                    done = batch.put(says)
                counts += batch.counts
                says = says[done:]
        return counts

    def delete(self, ids: Iterable[str], *, now: datetime) -> int:
        """Delete documents by id, whatever their sources; return how many there were.

        Their numbers are never given to others; the same id brought again gets its number back.
        """
        return self._remove([("id = ?", (name,)) for name in ids], now)

    def delete_source(self, source: str, *, now: datetime) -> int:
        """Delete all records of a source, by its name or its scheme; return how many documents they were about.

        A document that other sources brought too stays as what they say; the others are deleted.
        """
        condition, values = by_source(source)
        with self._db.reading() as db:
            rows = db.execute(f"SELECT DISTINCT number FROM records WHERE {condition}", values).fetchall()
        return self._remove([("number = ?", row) for row in rows], now, source)

    def give_way(self, source: str, *, now: datetime) -> int:
        """Delete the records of a source (or scheme) about papers that other sources have under the same title.

        Returns of how many. So a stand-in goes when the real paper is there, whichever came first.
        """
        stands_in, values = by_source(source)
        real = f"EXISTS (SELECT 1 FROM records WHERE records.number = o.number AND NOT {stands_in})"
        sql = (
            f"SELECT number FROM documents d WHERE number IN (SELECT number FROM records WHERE {stands_in})"
            " AND deleted = 0 AND title <> '' AND EXISTS (SELECT 1 FROM documents o WHERE o.title = d.title"
            f" AND o.number <> d.number AND o.deleted = 0 AND {real})"
        )
        with self._db.reading() as db:
            rows = db.execute(sql, (*values, *values)).fetchall()
        return self._remove([("number = ?", row) for row in rows], now, source) if rows else 0

    def _remove(self, wanted: list[tuple[str, tuple[object, ...]]], now: datetime, source: str = "") -> int:
        removed = 0
        while wanted:
            with self._db.writing() as db:
                batch, end = Batch(db, now, set()), deadline()
                taken = 0
                while taken < len(wanted) and time.monotonic() < end:
                    removed += batch.remove(*wanted[taken], source)
                    taken += 1
            wanted = wanted[taken:]
        return removed


def _where(filters: Filters, without_sources: Sequence[str] = ()) -> tuple[str, tuple[Any, ...]]:
    asked = [("deleted = 0", ()), *conditions(filters)]
    if without_sources:
        named = [by_source(source) for source in without_sources]
        others = f"NOT ({' OR '.join(text for text, _ in named)})"
        exists = f"EXISTS (SELECT 1 FROM records WHERE records.number = documents.number AND {others})"
        asked.append((exists, tuple(value for _, values in named for value in values)))
    return " AND ".join(text for text, _ in asked), tuple(value for _, values in asked for value in values)


def _prepared(documents: Iterable[Document]) -> tuple[list[Say], list[BadRecord]]:
    says: list[Say] = []
    bad: list[BadRecord] = []
    for document in documents:
        try:
            says.append(say_of(document))
        except ValueError as error:
            bad.append(refused(document, str(error)))
    return says, bad
