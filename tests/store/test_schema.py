"""The tables of the Store: what the migrations make, and what an older format becomes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from broadsheet.core.types import Document
from broadsheet.store import derived, schema
from broadsheet.store.archive_rows import TABLES
from broadsheet.store.schema import APPLICATION, MIGRATIONS
from broadsheet.store.store import Store
from store_kit import LEFT_OUT, NOW, OF_PAPERS


def tables(db: sqlite3.Connection) -> set[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return {name for (name,) in db.execute(sql)}


def test_the_migrations_alone_make_the_store(store: Store) -> None:
    with closing(sqlite3.connect(":memory:")) as made, store.reading() as db:
        for migrate in MIGRATIONS:
            migrate(made)
        sql = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"
        assert made.execute(sql).fetchall() == db.execute(sql).fetchall()
        assert made.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_every_table_goes_into_an_archive_or_is_left_out_on_purpose(store: Store) -> None:
    with store.reading() as db:
        assert tables(db) == {*TABLES, *OF_PAPERS, *LEFT_OUT}


def test_columns_and_side_tables_are_those_that_are_filled(store: Store) -> None:
    with store.reading() as db:
        known = {row[1] for row in db.execute("PRAGMA table_info(documents)")}
        assert known == {"number", "id", "sequence", *derived.COLUMNS}
        for table, (names, _) in derived.SIDES.items():
            assert {row[1] for row in db.execute(f"PRAGMA table_info({table})")} == {"number", *names}


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store, store.writing() as db:
        db.execute(
            "INSERT INTO documents (id, sequence, deleted, title, venue, has_code) VALUES ('a', 1, 0, '', '', 0)"
        )
        db.execute("DELETE FROM documents")
        db.execute(
            "INSERT INTO documents (id, sequence, deleted, title, venue, has_code) VALUES ('b', 2, 0, '', '', 0)"
        )
        assert db.execute("SELECT number FROM documents").fetchone() == (2,)


def test_names_of_an_older_store_are_found_by_each_of_their_readings(store: Store) -> None:
    authors = ("Roe AB", "Kim Min-Ho", "Jürg Brühl", "Bo Lee", "Li van Tau")
    store.papers.put([Document(id="a:1", title="T", authors=authors, source="a")], now=NOW)
    rows = {(word, 1, place) for word, place in derived.author_words(Document(id="a:1", title="T", authors=authors))}
    assert {("b", 1, 0), ("minho", 1, 1), ("bruehl", 1, 2), ("lee b", 1, 3)} <= rows
    with store.writing() as db:
        db.execute("DELETE FROM author_words WHERE word IN ('a', 'minho', 'juerg') OR word LIKE '% %'")
        schema._words_of_names(db)
        assert set(db.execute("SELECT word, number, author FROM author_words")) == rows


def test_a_store_of_the_fourth_format_learns_the_marks_of_titles(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    papers = [
        Document(id=f"x:{n}", title=title, source="x:f") for n, title in enumerate(("Pre-training: a", "Pretraining"))
    ]
    with Store.open(path) as store:
        store.papers.put(papers, now=NOW)
        marks = store.rows("SELECT mark, number FROM sketches ORDER BY mark, number")
    with closing(sqlite3.connect(path)) as db:  # as the fourth format was
        for statement in (
            "DELETE FROM sketches", "DROP TABLE clashes", "ALTER TABLE runs DROP COLUMN clashes",
            "DROP TABLE former_texts", "DROP TABLE vote_counts",
            *(f"DROP TABLE {table}" for table in ("followed_topics", "topic_papers", "topic_centres", "topics")),
            "PRAGMA user_version = 4",
        ):  # fmt: skip
            db.execute(statement)
        db.commit()
    with Store.open(path) as store:
        assert store.rows("SELECT mark, number FROM sketches ORDER BY mark, number") == marks
        assert store.days.twins([1]) == [(1, 2)]
        assert store.check.unlike([1, 2]) == []
        assert store.journal.clashes() == []
