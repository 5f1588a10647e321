"""The desk: papers that readers submit, the editor's decisions, and the line above a day."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.people import moment

Act = Literal["pick", "hide"]
State = Literal["queued", "found", "failed"]
_SUBMISSION = "submission, person, asked, state, said, number, at, tried"


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper that a reader submitted by address or identifier, and the result."""

    id: int
    person: int | None
    asked: str
    state: State
    said: str
    number: int | None
    at: datetime
    tried: datetime | None


class Desk(Part):
    """Keep submissions, the editor's picks, and the line above a day."""

    def submit(self, asked: str, person: int, *, now: datetime) -> Submission:
        """Queue a submission, once; queue it again if it failed before."""
        with self._db.writing() as db:
            sql = (
                "INSERT INTO submissions (person, asked, state, at) VALUES (?, ?, 'queued', ?) ON CONFLICT (asked)"
                " DO UPDATE SET state = 'queued', person = excluded.person, at = excluded.at WHERE state = 'failed'"
            )
            db.execute(sql, (person, asked, moment(now)))
        return self._submissions("asked = ?", asked)[0]

    def submission(self, submission: int) -> Submission | None:
        """One submission."""
        found = self._submissions("submission = ?", submission)
        return found[0] if found else None

    def submissions(self, state: State | None = None, *, person: int | None = None) -> list[Submission]:
        """Return the submissions, oldest first: of one state, of one person, or all."""
        where = "(state = ? OR ? IS NULL) AND (person = ? OR ? IS NULL)"
        return self._submissions(where, state, state, person, person)

    def settle(self, submission: int, state: State, said: str, *, now: datetime, number: int | None = None) -> None:
        """Record the result of a submission, in words."""
        sql = "UPDATE submissions SET state = ?, said = ?, number = ?, tried = ? WHERE submission = ?"
        self._db.write(sql, (state, said, number, moment(now), submission))

    def decide(self, number: int, act: Act | None, person: int, *, now: datetime) -> None:
        """Pick a paper, hide it, or (None) leave it to the ranking."""
        if act is None:
            self._db.write("DELETE FROM desk WHERE number = ?", (number,))
        else:
            sql = "INSERT OR REPLACE INTO desk (number, act, person, at) VALUES (?, ?, ?, ?)"
            self._db.write(sql, (number, act, person, moment(now)))

    def decided(self, numbers: Sequence[int]) -> dict[int, Act]:
        """Return the editor's decisions on these papers."""
        return dict(self._db.rows(f"SELECT number, act FROM desk WHERE {AMONG}", (listed(numbers),)))

    def hidden(self) -> list[int]:
        """Return all papers that the editor has hidden."""
        return self._db.column("SELECT number FROM desk WHERE act = 'hide' ORDER BY number")

    def hidden_on(self, first: date, last: date) -> list[int]:
        """Return the papers of the days from ``first`` to ``last`` that the editor has hidden."""
        sql = (
            "SELECT number FROM desk JOIN documents USING (number)"
            " WHERE act = 'hide' AND deleted = 0 AND day BETWEEN ? AND ? ORDER BY number"
        )
        return self._db.column(sql, (first.toordinal(), last.toordinal()))

    def write_line(self, day: date, text: str, person: int, *, now: datetime) -> None:
        """Write the line above a day; an empty one removes it."""
        if text:
            sql = "INSERT OR REPLACE INTO day_lines (day, text, person, at) VALUES (?, ?, ?, ?)"
            self._db.write(sql, (day.toordinal(), text, person, moment(now)))
        else:
            self._db.write("DELETE FROM day_lines WHERE day = ?", (day.toordinal(),))

    def line(self, day: date) -> str:
        """Return the line above a day, or an empty text."""
        found = self._db.column("SELECT text FROM day_lines WHERE day = ?", (day.toordinal(),))
        return found[0] if found else ""

    def _submissions(self, where: str, *values: Any) -> list[Submission]:
        sql = f"SELECT {_SUBMISSION} FROM submissions WHERE {where} ORDER BY submission"
        return [
            Submission(id_, person, asked, state, said, number, datetime.fromisoformat(at), _when(tried))
            for id_, person, asked, state, said, number, at, tried in self._db.rows(sql, values)
        ]


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
