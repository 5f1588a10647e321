"""The past of papers: how many votes their sources counted, and when; and which papers were here at a moment.

a source counts another number of votes than before -> both counts, each with the moment at which it was read
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from broadsheet.core.types import Document
from broadsheet.store.database import AMONG, Part, listed

MOST = 100
"""Counts of one paper that stay, the newest of them."""
_KEEP = "INSERT OR REPLACE INTO vote_counts (number, source, at, votes) VALUES (?, ?, ?, ?)"
_BOUND = (
    "DELETE FROM vote_counts WHERE number = ? AND (source, at) IN"
    " (SELECT source, at FROM vote_counts WHERE number = ? ORDER BY datetime(at) DESC, source LIMIT -1 OFFSET ?)"
)
_VOTES = "CASE json_valid(body) WHEN 1 THEN json_extract(body, '$.votes') END"


class Reading(NamedTuple):
    """How many votes a source counted, and the moment at which it was read."""

    at: datetime
    votes: int


class Act(NamedTuple):
    """A vote, comment or save of a paper here, the person whose it is, and when."""

    number: int
    kind: str
    person: int
    at: datetime


class History(Part):
    """Read what is known of the past of papers."""

    def readings(self, numbers: Sequence[int]) -> dict[int, list[Reading]]:
        """Return for each of these papers whose votes a source counts what it counted, the oldest first: of several
        sources the one that was read last, whose count is the paper's. The first of the present count is the last."""
        sql = f"SELECT number, source, heard, {_VOTES} FROM records WHERE {AMONG} ORDER BY said"
        present = {n: (source, heard, votes) for n, source, heard, votes in self._rows(sql, numbers) if _counts(votes)}
        found: dict[int, list[Reading]] = {number: [] for number in present}
        sql = f"SELECT number, source, at, votes FROM vote_counts WHERE {AMONG} ORDER BY datetime(at)"
        for number, source, at, votes in self._rows(sql, numbers):
            if number in present and present[number][0] == source:
                found[number].append(Reading(datetime.fromisoformat(at), votes))
        for number, (_, heard, votes) in present.items():
            if not found[number] or found[number][-1].votes != votes:
                found[number].append(Reading(datetime.fromisoformat(heard), votes))
        return found

    def counted_since(self, numbers: Sequence[int], moment: datetime) -> list[int]:
        """Return the papers among these whose sources counted another number of votes after a moment."""
        sql = f"SELECT DISTINCT number FROM vote_counts WHERE datetime(at) > datetime(?) AND {AMONG}"
        return self._db.column(sql, (moment.isoformat(), listed(numbers)))

    def acts(self, numbers: Sequence[int]) -> list[Act]:
        """Return every vote, comment and save on these papers here, the oldest first."""
        sql = (
            f"SELECT number, 'votes', person, at FROM votes WHERE {AMONG}"
            f" UNION ALL SELECT number, 'comments', person, at FROM comments WHERE deleted = 0 AND {AMONG}"
            f" UNION ALL SELECT number, 'saves', person, saves.at FROM saves JOIN lists USING (list) WHERE {AMONG}"
            " ORDER BY 4"
        )
        rows = self._db.rows(sql, (listed(numbers),) * 3)
        return [Act(number, kind, person, datetime.fromisoformat(at)) for number, kind, person, at in rows]

    def last_number(self, moment: datetime) -> int:
        """Return the row number of the newest paper that was surely here at a moment; 0 for none. Numbers are given in
        the order in which papers come."""
        known = (
            "SELECT number FROM records WHERE datetime(heard)",
            "SELECT number FROM vote_counts WHERE datetime(at)",
        )
        found = [
            self._db.column(f"{each} <= datetime(?) ORDER BY number DESC LIMIT 1", (moment.isoformat(),))
            for each in known
        ]
        return max((int(number) for rows in found for number in rows), default=0)

    def _rows(self, sql: str, numbers: Sequence[int]) -> list[tuple[int, str, str, int]]:
        return list(self._db.rows(sql, (listed(numbers),)))


def keep(db: sqlite3.Connection, number: int, said: int, before: Document, after: Document, *, at: str) -> None:
    """Keep the votes that a source counted in its record ``said`` and those that it counts now (``at``), if they
    differ: each with the moment at which it was read first, as far as that is known."""
    if before.votes is None or after.votes is None or before.votes == after.votes:
        return
    ((heard,),) = db.execute("SELECT heard FROM records WHERE said = ?", (said,)).fetchall()
    newest = "SELECT votes FROM vote_counts WHERE number = ? AND source = ? ORDER BY datetime(at) DESC LIMIT 1"
    if db.execute(newest, (number, before.source)).fetchone() != (before.votes,):
        db.execute(_KEEP, (number, before.source, heard, before.votes))
    db.execute(_KEEP, (number, before.source, at, after.votes))
    db.execute(_BOUND, (number, number, MOST))


def _counts(votes: object) -> bool:
    return isinstance(votes, int) and not isinstance(votes, bool)
