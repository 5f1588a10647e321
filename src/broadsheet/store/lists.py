"""Lists: papers that people save under names."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.core.errors import UsageError
from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.people import moment

SAVED = "Saved"
"""The list that papers are saved to when none is named: it is not an interest by itself."""


@dataclass(frozen=True, slots=True)
class SavedList:
    """A named list of a person, and how many papers are in it."""

    number: int
    name: str
    papers: int
    made: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """A list that was removed, as it was: its number, name, when it was made, and its papers with when each was
    saved."""

    number: int
    name: str
    made: str
    papers: tuple[tuple[int, str], ...]


def list_name(text: str, *, longest: int = 100) -> str:
    """Return a list's or query's name as it is kept; UsageError when nothing is left of it."""
    name = " ".join(text.split())[:longest].strip()
    if not name or not name.isprintable():
        raise UsageError("The name is empty: give a name with visible characters.")
    return name


class Lists(Part):
    """Keep the lists of people, and the papers in them."""

    def of(self, person: int) -> list[SavedList]:
        """Return the lists of a person, by name."""
        sql = (
            "SELECT list, name, (SELECT count(*) FROM saves JOIN documents USING (number)"
            " WHERE saves.list = lists.list AND deleted = 0), made FROM lists WHERE person = ? ORDER BY name, list"
        )
        return [
            SavedList(number, name, papers, datetime.fromisoformat(made))
            for number, name, papers, made in self._db.rows(sql, (person,))
        ]

    def named(self, person: int, name: str, *, now: datetime) -> int:
        """Return the number of a person's list of this name, making it if it is new."""
        with self._db.writing() as db:
            sql = "INSERT OR IGNORE INTO lists (person, name, made) VALUES (?, ?, ?)"
            db.execute(sql, (person, name, moment(now)))
            row = db.execute("SELECT list FROM lists WHERE person = ? AND name = ?", (person, name)).fetchone()
            return int(row[0])

    def rename(self, person: int, number: int, name: str) -> bool:
        """Rename a list; return False when it is not the person's, or another list of theirs has the name."""
        with self._db.writing() as db:
            sql = "SELECT 1 FROM lists WHERE person = ? AND name = ? AND list <> ?"
            if db.execute(sql, (person, name, number)).fetchone():
                return False
            sql = "UPDATE lists SET name = ? WHERE person = ? AND list = ?"
            return db.execute(sql, (name, person, number)).rowcount == 1

    def remove(self, person: int, number: int) -> Removed | None:
        """Delete a list with its papers in it and return what it was; None when it is not the person's."""
        own = "FROM lists WHERE person = ? AND list = ?"
        with self._db.writing() as db:
            found = db.execute(f"SELECT name, made {own}", (person, number)).fetchone()
            papers = db.execute("SELECT number, at FROM saves WHERE list = ?", (number,)).fetchall() if found else []
            db.execute(f"DELETE {own}", (person, number))
        if found is None:
            return None
        name, made = found
        return Removed(number, name, made, tuple((each, at) for each, at in papers))

    def put_back(self, person: int, removed: Removed) -> bool:
        """Make a removed list again, under its number; return False when another list of the person has its name."""
        row = (removed.number, person, removed.name, removed.made)
        with self._db.writing() as db:
            sql = "INSERT OR IGNORE INTO lists (list, person, name, made) VALUES (?, ?, ?, ?)"
            if db.execute(sql, row).rowcount != 1:
                return False
            saves = [(removed.number, number, at) for number, at in removed.papers]
            db.executemany("INSERT INTO saves (list, number, at) VALUES (?, ?, ?)", saves)
            return True

    def save(self, person: int, list_: int, numbers: Sequence[int], *, now: datetime) -> int:
        """Put papers into a list of the person; return how many were new in it (none when it is not theirs)."""
        with self._db.writing() as db:
            own = db.execute("SELECT 1 FROM lists WHERE person = ? AND list = ?", (person, list_)).fetchone()
            rows = [(list_, int(number), moment(now)) for number in numbers] if own else []
            sql = "INSERT OR IGNORE INTO saves (list, number, at) VALUES (?, ?, ?)"
            return db.executemany(sql, rows).rowcount if rows else 0

    def unsave(self, person: int, numbers: Sequence[int], list_: int | None = None) -> int:
        """Take papers out of a person's list (None: all lists); return how many entries were removed."""
        lists = "SELECT list FROM lists WHERE person = ? AND (list = ? OR ? IS NULL)"
        sql = f"DELETE FROM saves WHERE list IN ({lists}) AND {AMONG}"
        return self._db.write(sql, (person, list_, list_, listed(numbers)))

    def saved(self, person: int, list_: int | None = None) -> list[int]:
        """Return the papers in a person's list (None: in all, each once), newest save first."""
        sql = (
            "SELECT number FROM saves JOIN lists USING (list) JOIN documents USING (number)"
            " WHERE person = ? AND (list = ? OR ? IS NULL) AND deleted = 0"
            " GROUP BY number ORDER BY max(saves.at) DESC, number DESC"
        )
        return self._db.column(sql, (person, list_, list_))

    def newest_of_each(self, person: int, most: int) -> dict[int, list[int]]:
        """Return the papers in each list of a person, at most ``most`` of each, newest save first, deleted ones too."""
        sql = "SELECT list, number FROM saves JOIN lists USING (list) WHERE person = ?"
        sql = f"{sql} ORDER BY list, at DESC, number DESC"
        found: dict[int, list[int]] = {}
        for list_, number in self._db.rows(sql, (person,)):
            papers = found.setdefault(list_, [])
            if len(papers) < most:
                papers.append(number)
        return found

    def saved_in(self, person: int, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the lists of a person that each of these papers is in; papers not in any list are left out."""
        sql = f"SELECT number, list FROM saves JOIN lists USING (list) WHERE person = ? AND {AMONG} ORDER BY list"
        found: dict[int, tuple[int, ...]] = {}
        for number, list_ in self._db.rows(sql, (person, listed(numbers))):
            found[number] = (*found.get(number, ()), list_)
        return found
