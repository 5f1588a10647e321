"""The tables of people: what belongs to a person goes with them, and what must outlive them stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from broadsheet.store.people_schema import add_people
from broadsheet.store.schema import MIGRATIONS

OF_PEOPLE = MIGRATIONS.index(add_people)
MOMENT = "2026-03-02T06:00:00+00:00"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for migrate in MIGRATIONS[: OF_PEOPLE + 1]:
            migrate(db)
        db.execute("PRAGMA foreign_keys = 1")
        db.execute(
            "INSERT INTO documents (id, sequence, deleted, title, venue, has_code) VALUES ('a', 1, 0, '', '', 0)"
        )
        db.execute("INSERT INTO people (address, role, joined) VALUES ('a@example.org', 'reader', ?)", (MOMENT,))
        yield db


def count(db: sqlite3.Connection, table: str) -> int:
    return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_what_belongs_to_a_person_goes_with_them(db: sqlite3.Connection) -> None:
    for table in ("votes", "declined", "read_papers"):
        db.execute(f"INSERT INTO {table} VALUES (1, 1, ?)", (MOMENT,))
    db.execute("INSERT INTO notes VALUES (1, 1, 'x', ?)", (MOMENT,))
    db.execute("INSERT INTO lists (person, name, made) VALUES (1, 'Saved', ?)", (MOMENT,))
    db.execute("INSERT INTO saves VALUES (1, 1, ?)", (MOMENT,))
    db.execute("INSERT INTO sessions VALUES ('d', 1, ?, ?, '')", (MOMENT, MOMENT))
    db.execute("INSERT INTO tokens (digest, person, name, writes, made) VALUES ('d', 1, 'x', 0, ?)", (MOMENT,))
    db.execute("DELETE FROM people")
    for table in ("votes", "declined", "read_papers", "notes", "lists", "saves", "sessions", "tokens"):
        assert count(db, table) == 0, table


def test_a_comment_stays_without_its_person_and_a_delivery_as_it_was(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO comments (number, person, text, at) VALUES (1, 1, 'x', ?)", (MOMENT,))
    columns = "period, person, address, state, due, changed"
    db.execute(f"INSERT INTO deliveries ({columns}) VALUES ('2026-03-02', 1, 'a', 'sent', ?, ?)", (MOMENT, MOMENT))
    db.execute("DELETE FROM people")
    assert db.execute("SELECT person, text FROM comments").fetchall() == [(None, "x")]
    assert db.execute("SELECT person, state FROM deliveries").fetchall() == [(1, "sent")]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people (address, role, joined) VALUES ('b@example.org', 'owner', '')",
        "INSERT INTO people (address, role, joined) VALUES ('a@example.org', 'reader', '')",
        "INSERT INTO votes VALUES (1, 99, '')",
        "INSERT INTO votes VALUES (99, 1, '')",
        "INSERT INTO desk (number, act, at) VALUES (1, 'burn', '')",
        "INSERT INTO submissions (asked, state, at) VALUES ('x', 'lost', '')",
        "INSERT INTO deliveries (period, person, address, state, due, changed) VALUES ('p', 1, 'a', 'gone', '', '')",
        "INSERT INTO subscriptions (person, cadence, zone, hour, most, least, quiet, contents, since)"
        " VALUES (1, 'daily', 'UTC', 24, 9, 'fair', 'skip', 'both', '')",
    ],
)
def test_what_cannot_be_is_refused(db: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)
