"""The Store's half that gathers all that belongs to one person, so that they can take it with them."""

from __future__ import annotations

from typing import Any

from broadsheet.store.database import Database

_OF_PAPERS = "SELECT id AS paper, at FROM {} JOIN documents USING (number) WHERE person = ? ORDER BY at, id"
# What is secret stays out: the digests of sessions and tokens.
BELONGINGS: dict[str, str] = {
    "person": "SELECT address, name, role, joined FROM people WHERE person = ?",
    "votes": _OF_PAPERS.format("votes"),
    "declined": _OF_PAPERS.format("declined"),
    "read": _OF_PAPERS.format("read_papers"),
    "notes": "SELECT id AS paper, text, at FROM notes JOIN documents USING (number) WHERE person = ? ORDER BY at, id",
    "lists": "SELECT list, name, made FROM lists WHERE person = ? ORDER BY list",
    "saves": "SELECT list, id AS paper, saves.at FROM saves JOIN lists USING (list) JOIN documents USING (number)"
    " WHERE person = ? ORDER BY list, saves.at, id",
    "queries": "SELECT name, text, without, least, made FROM queries WHERE person = ? ORDER BY query",
    "authors": "SELECT author, at FROM followed_authors WHERE person = ? ORDER BY author",
    "comments": "SELECT comment, id AS paper, text, at, edited FROM comments JOIN documents USING (number)"
    " WHERE person = ? AND comments.deleted = 0 ORDER BY comment",
    "submissions": "SELECT asked, state, said, at, tried FROM submissions WHERE person = ? ORDER BY submission",
    "decisions": "SELECT id AS paper, act, at FROM desk JOIN documents USING (number) WHERE person = ? ORDER BY at",
    "lines": "SELECT day, text, at FROM day_lines WHERE person = ? ORDER BY day",
    "subscription": "SELECT cadence, zone, hour, most, least, quiet, contents, since, ended FROM subscriptions"
    " WHERE person = ?",
    "editions": "SELECT period, body, frozen FROM editions WHERE person = ? ORDER BY edition",
    "deliveries": "SELECT period, address, state, due, changed, said FROM deliveries WHERE person = ? ORDER BY due",
    "sessions": "SELECT begun, ends, browser FROM sessions WHERE person = ? ORDER BY begun",
    "tokens": "SELECT name, writes, made FROM tokens WHERE person = ? ORDER BY token",
}


class Belongings(Database):
    """Everything of one person."""

    def belongings(self, person: int) -> dict[str, list[dict[str, Any]]]:
        """What belongs to a person, each kind as rows by the names of their columns, read at one moment."""
        with self.reading() as db:
            db.execute("BEGIN")
            try:
                return {kind: _named(db.execute(sql, (person,))) for kind, sql in BELONGINGS.items()}
            finally:
                db.execute("ROLLBACK")


def _named(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
