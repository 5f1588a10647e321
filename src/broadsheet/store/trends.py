"""Trends: what each paper's score is computed from, and the stored scores."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from broadsheet.store.database import Part, listed
from broadsheet.store.derived import BODY

_ASKED = "WITH asked (number) AS MATERIALIZED (SELECT value FROM json_each(?)) "
_STANDING = "FROM asked CROSS JOIN documents USING (number)"
_AT_ONCE = 200  # rows of a transaction


@dataclass(frozen=True, slots=True)
class Subject:
    """The input of a trend: the day of a paper's list, and the counts of its sources."""

    number: int
    day: date
    sequence: int
    votes: int
    comments: int


class StoredTrend(NamedTuple):
    """A score as it is kept, if it is, and the change number of its paper's document. ``basis`` and ``heard`` are what
    its body says under these names."""

    number: int
    sequence: int
    score: float | None
    basis: str | None
    heard: str | None


class Trends(Part):
    """Keep scores of papers listed on a day, each with the change number of the document it was computed from."""

    def subjects(self, numbers: Sequence[int]) -> list[Subject]:
        """Return the papers among these that are listed on a day."""
        sql = (
            f"{_ASKED} SELECT number, day, sequence, coalesce(votes, 0),"
            f" CASE json_valid({BODY}) WHEN 1 THEN coalesce(json_extract({BODY}, '$.comments'), 0) ELSE 0 END"
            f" {_STANDING} WHERE deleted = 0 AND day IS NOT NULL"
        )
        rows = self._db.rows(sql, (listed(numbers),))
        return [Subject(number, date.fromordinal(day), *counts) for number, day, *counts in rows]

    def rows(self, numbers: Sequence[int]) -> list[StoredTrend]:
        """Return what is stored of the papers among these that are listed on a day; only the document's change number
        if the document has changed since."""
        sql = (
            f"{_ASKED} SELECT documents.number, documents.sequence, score, json_extract(body, '$.basis'),"
            f" json_extract(body, '$.heard') {_STANDING}"
            " LEFT JOIN trends ON trends.number = documents.number AND trends.sequence = documents.sequence"
            " WHERE deleted = 0 AND day IS NOT NULL"
        )
        return [StoredTrend(*row) for row in self._db.rows(sql, (listed(numbers),))]

    def bodies(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the bodies of scores, as stored."""
        return dict(
            self._db.rows(f"{_ASKED} SELECT number, body FROM asked JOIN trends USING (number)", (listed(numbers),))
        )

    def put(self, rows: Sequence[tuple[int, int, float, str]]) -> None:
        """Store scores: number, sequence, score, body. Use short transactions."""
        sql = "INSERT OR REPLACE INTO trends (number, sequence, score, body) VALUES (?, ?, ?, ?)"
        for start in range(0, len(rows), _AT_ONCE):
            with self._db.writing() as db:
                db.executemany(sql, rows[start : start + _AT_ONCE])

    def heard(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the number of votes, comments and saves of each of these papers that has any here, and the time of the
        last: while this is the same, so are they."""
        parts = " UNION ALL ".join(
            f"SELECT number, at FROM asked CROSS JOIN {table} USING (number){more}"
            for table, more in (("votes", ""), ("comments", " WHERE deleted = 0"), ("saves", ""))
        )
        sql = f"{_ASKED} SELECT number, count(*) || ' ' || max(at) FROM ({parts}) GROUP BY number"
        return dict(self._db.rows(sql, (listed(numbers),)))
