"""Reads of the Store: by id, number and title, by change, by filter, newest first, and as records for export."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from broadsheet.core.identity import lookup
from broadsheet.core.types import Change, Document, Filters
from broadsheet.store.database import Database
from broadsheet.store.derived import BODY, decoded
from broadsheet.store.matching import by_source, conditions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LISTED = "(SELECT value FROM json_each(?))"


class Reads(Database):
    """The reading half of ``Store``."""

    def get(self, id_or_alias: str) -> Document | None:
        """The document of an id or another identifier in any form (``arXiv:2401.00001v2``), or None."""
        number = self.number(id_or_alias)
        return None if number is None else self.by_numbers([number]).get(number)

    def number(self, id_or_alias: str) -> int | None:
        """The lasting row number of a document; an id comes before an alias, an older document before a newer."""
        wanted = json.dumps(list(dict.fromkeys([id_or_alias, lookup(id_or_alias) or id_or_alias])))
        found = self._column(
            f"SELECT number FROM (SELECT number, 0 AS kind FROM documents WHERE id IN {_LISTED}"
            f" UNION ALL SELECT number, 1 FROM aliases WHERE alias IN {_LISTED})"
            " JOIN documents USING (number) WHERE deleted = 0 ORDER BY kind, number LIMIT 1",
            (wanted, wanted),
        )
        return found[0] if found else None

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The row numbers of those ids that are there."""
        sql = f"SELECT id, number FROM documents WHERE deleted = 0 AND id IN {_LISTED}"
        return dict(self._rows(sql, (json.dumps(list(ids)),)))

    def ids(self, numbers: Sequence[int]) -> dict[int, str]:
        """The ids of those row numbers that are there."""
        sql = f"SELECT number, id FROM documents WHERE deleted = 0 AND number IN {_LISTED}"
        return dict(self._rows(sql, (json.dumps([int(number) for number in numbers]),)))

    def many(self, ids: Sequence[str]) -> dict[str, Document]:
        """The documents of those ids that are there."""
        sql = f"SELECT id, {BODY} FROM documents WHERE deleted = 0 AND id IN {_LISTED}"
        return {name: decoded(body) for name, body in self._rows(sql, (json.dumps(list(ids)),))}

    def by_numbers(self, numbers: Sequence[int]) -> dict[int, Document]:
        """The documents of those row numbers that are there."""
        sql = f"SELECT number, {BODY} FROM documents WHERE deleted = 0 AND number IN {_LISTED}"
        wanted = json.dumps([int(number) for number in numbers])
        return {number: decoded(body) for number, body in self._rows(sql, (wanted,))}

    def with_title(self, plain_title: str, limit: int = 20) -> list[int]:
        """The row numbers of the documents whose title is this one in the form of ``text.plain``, oldest first."""
        sql = "SELECT number FROM documents WHERE title = ? AND title <> '' AND deleted = 0 ORDER BY number LIMIT ?"
        return self._column(sql, (plain_title, limit))

    def last_change(self) -> int:
        """The number of the newest change; 0 when there has been none."""
        return int(self._column("SELECT coalesce(max(sequence), 0) FROM documents")[0])

    def last_number(self) -> int:
        """The row number of the paper that came last; 0 when none has come."""
        return int(self._column("SELECT coalesce(max(number), 0) FROM documents")[0])

    def pending(self, after: int) -> int:
        """How many documents have changed after the change number ``after``."""
        return int(self._column("SELECT count(*) FROM documents WHERE sequence > ?", (after,))[0])

    def changed(self, after: int) -> list[int]:
        """The row numbers of the documents that have changed after the change number ``after``."""
        return self._column("SELECT number FROM documents WHERE sequence > ?", (after,))

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """The documents that changed after a change number, in the order of their newest changes; deleted: None."""
        sql = (
            f"SELECT sequence, number, CASE deleted WHEN 0 THEN {BODY} END FROM documents"
            " WHERE sequence > ? ORDER BY sequence LIMIT ?"
        )
        return [
            Change(sequence, number, None if body is None else decoded(body))
            for sequence, number, body in self._rows(sql, (after, limit))
        ]

    def count(self, *, sources: Sequence[str] = (), without_sources: Sequence[str] = ()) -> int:
        """How many documents there are: all, those of any of ``sources``, those not of ``without_sources`` alone."""
        where, values = _where(Filters(sources=tuple(sources)), without_sources)
        return int(self._column(f"SELECT count(*) FROM documents WHERE {where}", values)[0])

    def newest(
        self, limit: int, offset: int = 0, *, without_sources: Sequence[str] = (), hidden: bool = True
    ) -> list[Document]:
        """Documents by the first day of their span, newest first, those without a day last.

        What only ``without_sources`` (names or schemes) brought is left out, and, unless wanted, what the editor has
        ``hidden``.
        """
        where, values = _where(Filters(), without_sources)
        where += "" if hidden else " AND number NOT IN (SELECT number FROM desk WHERE act = 'hide')"
        sql = f"SELECT {BODY} FROM documents WHERE {where} ORDER BY first DESC, number DESC LIMIT ? OFFSET ?"
        return [decoded(body) for (body,) in self._rows(sql, (*values, limit, offset))]

    def numbers_where(self, filters: Filters, among: Sequence[int] | None = None) -> NDArray[np.int64]:
        """The row numbers, sorted, of the documents (of all, or ``among`` these) for which all conditions hold.

        int64 of shape (n,).
        """
        import numpy as np

        where, values = _where(filters)
        if among is not None:
            where, values = f"{where} AND number IN {_LISTED}", (*values, json.dumps([int(n) for n in among]))
        sql = f"SELECT number FROM documents WHERE {where}"
        with self.reading() as db:
            return np.sort(np.fromiter((row[0] for row in db.execute(sql, values)), dtype=np.int64))

    def newest_first(self, numbers: Sequence[int] | NDArray[np.int64]) -> list[int]:
        """These row numbers in the order of ``newest``, less those of deleted documents."""
        sql = f"SELECT number FROM documents WHERE deleted = 0 AND number IN {_LISTED} ORDER BY first DESC, number DESC"
        return self._column(sql, (json.dumps([int(number) for number in numbers]),))

    def deleted_since(self, after: int) -> list[int]:
        """The row numbers of the documents that were deleted after the change number ``after``."""
        return self._column("SELECT number FROM documents WHERE sequence > ? AND deleted = 1", (after,))

    def records(self, after_id: str = "", limit: int = 1000) -> list[Document]:
        """What each source said of the next ``limit`` documents by id, the older say first: all of it, for export."""
        sql = (
            "SELECT body FROM (SELECT number, id FROM documents WHERE deleted = 0 AND id > ? ORDER BY id LIMIT ?)"
            " JOIN records USING (number) ORDER BY id, said"
        )
        return [decoded(body) for (body,) in self._rows(sql, (after_id, limit))]


def _where(filters: Filters, without_sources: Sequence[str] = ()) -> tuple[str, tuple[Any, ...]]:
    asked = [("deleted = 0", ()), *conditions(filters)]
    if without_sources:
        named = [by_source(source) for source in without_sources]
        others = f"NOT ({' OR '.join(text for text, _ in named)})"
        exists = f"EXISTS (SELECT 1 FROM records WHERE records.number = documents.number AND {others})"
        asked.append((exists, tuple(value for _, values in named for value in values)))
    return " AND ".join(text for text, _ in asked), tuple(value for _, values in asked for value in values)
