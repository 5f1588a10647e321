"""The Store's half that gathers what many people like, a statement a table: what lists of their own are made from."""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from broadsheet.core.types import Filters
from broadsheet.store.database import Database, listed
from broadsheet.store.lists import QUERY, SavedQuery, saved_query
from broadsheet.store.matching import conditions

_OF = "person IN (SELECT value FROM json_each(?))"
_LIVING = "JOIN documents USING (number) WHERE deleted = 0 AND " + _OF


@dataclass(slots=True)
class Taste:
    """What a person likes: papers ``saved`` (row number, name of the list), ``voted``, ``declined`` and ``read`` ones,
    standing ``queries``, and followed ``authors``."""

    saved: list[tuple[int, str]] = field(default_factory=list)
    voted: list[int] = field(default_factory=list)
    declined: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    queries: list[SavedQuery] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)


class Tastes(Database):
    """What people like."""

    def tastes(self, people: Sequence[int]) -> dict[int, Taste]:
        """The taste of each of these people."""
        found = {person: Taste() for person in people}
        wanted = listed(people)
        sql = (
            f"SELECT person, number, name FROM saves JOIN lists USING (list) {_LIVING} ORDER BY saves.at, number, list"
        )
        with self.reading() as db:
            for person, number, name in db.execute(sql, (wanted,)):
                found[person].saved.append((number, name))
            for table, kind in (("votes", "voted"), ("declined", "declined"), ("read_papers", "read")):
                sql = f"SELECT person, number FROM {table} {_LIVING} ORDER BY at, number"
                for person, number in db.execute(sql, (wanted,)):
                    getattr(found[person], kind).append(number)
            for person, *row in db.execute(
                f"SELECT person, {QUERY} FROM queries WHERE {_OF} ORDER BY query", (wanted,)
            ):
                found[person].queries.append(saved_query(row))
            sql = f"SELECT person, author FROM followed_authors WHERE {_OF} ORDER BY author"
            for person, author in db.execute(sql, (wanted,)):
                found[person].authors.append(author)
        return found

    def newest_by(self, authors: Iterable[str], most: int) -> dict[str, list[int]]:
        """Find the newest papers, at most ``most``, of each of these authors, newest first, by row number."""
        found: dict[str, list[int]] = {}
        with self.reading() as db:
            for author in authors:
                [(written, values)] = conditions(Filters(authors=(author,)))
                sql = f"SELECT number FROM documents WHERE deleted = 0 AND {written}"
                sql = f"{sql} ORDER BY first DESC, number DESC LIMIT ?"
                found[author] = [number for (number,) in db.execute(sql, (*values, most))]
        return found
