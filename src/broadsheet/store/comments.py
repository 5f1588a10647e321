"""Comments: what people write about papers."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.people import moment

_COMMENT = "comment, number, person, coalesce(name, ''), text, at, edited, deleted"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a paper; ``text`` is as it was typed (Markdown), empty when ``deleted``. ``person`` is None when
    they have gone."""

    id: int
    number: int
    person: int | None
    name: str
    text: str
    at: datetime
    edited: datetime | None
    deleted: bool


class Comments(Part):
    """Keep the comments on papers."""

    def add(self, number: int, person: int, text: str, *, now: datetime) -> int:
        """Add a comment on a paper; return its number."""
        sql = "INSERT INTO comments (number, person, text, at) VALUES (?, ?, ?, ?)"
        with self._db.writing() as db:
            return int(db.execute(sql, (number, person, text, moment(now))).lastrowid or 0)

    def get(self, comment: int) -> Comment | None:
        """One comment."""
        found = self._comments("comment = ?", comment)
        return found[0] if found else None

    def on(self, numbers: Sequence[int]) -> list[Comment]:
        """Return the comments on these papers, oldest first, with the places of deleted ones."""
        return self._comments(AMONG, listed(numbers))

    def counts(self, numbers: Sequence[int]) -> dict[int, int]:
        """Count the comments on each of these papers, without deleted ones."""
        sql = f"SELECT number, count(*) FROM comments WHERE deleted = 0 AND {AMONG} GROUP BY number"
        return dict(self._db.rows(sql, (listed(numbers),)))

    def edit(self, comment: int, text: str, *, now: datetime) -> None:
        """Rewrite a comment; an empty text deletes it."""
        sql = "UPDATE comments SET text = ?, edited = ?, deleted = ? WHERE comment = ?"
        self._db.write(sql, (text, moment(now), not text, comment))

    def _comments(self, where: str, *values: Any) -> list[Comment]:
        sql = f"SELECT {_COMMENT} FROM comments LEFT JOIN people USING (person) WHERE {where} ORDER BY comment"
        return [
            Comment(id_, number, person, name, text, datetime.fromisoformat(at), _when(edited), bool(deleted))
            for id_, number, person, name, text, at, edited, deleted in self._db.rows(sql, values)
        ]


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
