"""The tables of the Store, as an ordered tuple of migrations: the n-th brings format n - 1 to format n.

A migration that has been released is never edited. Deriving the side tables of a Document differently (``writes``)
needs a migration that fills them again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

from broadsheet.core.key_form import key_form
from broadsheet.core.works import title_marks
from broadsheet.store import derived
from broadsheet.store.people_schema import add_people

APPLICATION = 0x42726F61  # "Broa": tells a Store from any other SQLite file

_DOCUMENTS = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL UNIQUE,
    deleted INTEGER NOT NULL,
    title TEXT NOT NULL,
    first INTEGER,
    last INTEGER,
    venue TEXT NOT NULL,
    has_code INTEGER NOT NULL,
    votes INTEGER
);
CREATE INDEX documents_title ON documents (title);
CREATE INDEX documents_first ON documents (first);
CREATE INDEX documents_days ON documents (last, first, deleted);
CREATE INDEX documents_venue ON documents (venue, deleted) WHERE venue <> '';
CREATE INDEX documents_code ON documents (has_code, deleted) WHERE has_code = 1;
CREATE INDEX documents_votes ON documents (votes, deleted) WHERE votes IS NOT NULL;

CREATE TABLE records (
    said INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL REFERENCES documents (number),
    source TEXT NOT NULL,
    digests TEXT NOT NULL,
    heard TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (number, source)
);
CREATE INDEX records_source ON records (source, number);

CREATE TABLE merged (
    number INTEGER PRIMARY KEY REFERENCES documents (number),
    body TEXT NOT NULL
);

CREATE TABLE aliases (
    alias TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES documents (number),
    PRIMARY KEY (alias, number)
) WITHOUT ROWID;
CREATE TABLE categories (
    category TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES documents (number),
    PRIMARY KEY (category, number)
) WITHOUT ROWID;
CREATE TABLE author_words (
    word TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES documents (number),
    author INTEGER NOT NULL,
    PRIMARY KEY (word, number, author)
) WITHOUT ROWID;
"""

_JOURNAL = """
CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    added TEXT NOT NULL
);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    same INTEGER NOT NULL DEFAULT 0,
    bad INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_source ON runs (source, run);
CREATE TABLE problems (
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (run),
    PRIMARY KEY (source, place, reason)
);
CREATE INDEX problems_run ON problems (run);
CREATE TABLE facts (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""


def _first(db: sqlite3.Connection) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    for statement in (_DOCUMENTS + _JOURNAL).split(";"):
        db.execute(statement)


_DAYS = """
ALTER TABLE documents ADD COLUMN day INTEGER;
CREATE INDEX documents_day ON documents (day, deleted) WHERE day IS NOT NULL;
CREATE INDEX aliases_number ON aliases (number);
CREATE TABLE sketches (
    mark INTEGER NOT NULL,
    number INTEGER NOT NULL REFERENCES documents (number),
    PRIMARY KEY (mark, number)
) WITHOUT ROWID;
CREATE INDEX sketches_number ON sketches (number);
CREATE INDEX runs_started ON runs (started)
"""


def _days_and_sketches(db: sqlite3.Connection) -> None:
    """Hold the day a document is listed on, and marks by which copies of its text are found."""
    for statement in _DAYS.split(";"):
        db.execute(statement)
    numbers = db.execute("SELECT number FROM documents WHERE deleted = 0").fetchall()
    for row in numbers:
        (body,) = db.execute(f"SELECT {derived.BODY} FROM documents WHERE number = ?", row).fetchone()  # noqa: S608
        document = derived.decoded(body)
        db.execute("UPDATE documents SET day = ? WHERE number = ?", (derived.day(document), *row))
        marks = [(*mark, *row) for mark in sorted(derived.sketches(document))]
        db.executemany("INSERT INTO sketches (mark, number) VALUES (?, ?)", marks)


def _words_of_names(db: sqlite3.Connection) -> None:
    """Hold the words of every reading of a name, and family names with an initial: see ``core.authors``."""
    for (number,) in db.execute("SELECT number FROM documents WHERE deleted = 0").fetchall():
        (body,) = db.execute(f"SELECT {derived.BODY} FROM documents WHERE number = ?", (number,)).fetchone()  # noqa: S608
        rows = [(*row, number) for row in sorted(derived.author_words(derived.decoded(body)))]
        db.executemany("INSERT OR IGNORE INTO author_words (word, author, number) VALUES (?, ?, ?)", rows)


_STATUS = """
ALTER TABLE documents ADD COLUMN status TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_status ON documents (status, deleted) WHERE status <> ''
"""
_MAY_HAVE_ONE = "body LIKE '%withdrawn%' OR body LIKE '%retracted%' OR body LIKE '%REMOVED%'"


def _status(db: sqlite3.Connection) -> None:
    """Hold the status of a document; of those that are here already, as their sources stated it."""
    for statement in _STATUS.split(";"):
        db.execute(statement)
    numbers = db.execute(f"SELECT DISTINCT number FROM records WHERE {_MAY_HAVE_ONE}").fetchall()  # noqa: S608
    for row in numbers:
        sql = f"SELECT {derived.BODY} FROM documents WHERE number = ? AND deleted = 0"  # noqa: S608
        for (body,) in db.execute(sql, row).fetchall():
            db.execute(
                "UPDATE documents SET status = ? WHERE number = ?", (derived.status(derived.decoded(body)), *row)
            )


_CLASHES = """
CREATE TABLE clashes (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (run),
    PRIMARY KEY (source, name, id)
);
CREATE INDEX clashes_run ON clashes (run);
ALTER TABLE runs ADD COLUMN clashes INTEGER NOT NULL DEFAULT 0
"""


def _clashes_and_titles(db: sqlite3.Connection) -> None:
    """Hold the records whose identifier is another paper's, and marks by which copies of a title are found."""
    for statement in _CLASHES.split(";"):
        db.execute(statement)
    bodies = f"SELECT number, json_extract({derived.BODY}, '$.title') FROM documents WHERE deleted = 0"  # noqa: S608
    for number, title in db.execute(bodies).fetchall():
        marks = [(mark, number) for mark in sorted(title_marks(title))]
        db.executemany("INSERT OR IGNORE INTO sketches (mark, number) VALUES (?, ?)", marks)


_FOLDED_ANEW = re.compile(r"[^\x20-\x7e]|[\\{}$~<&^_`]")  # what all other texts are without is folded as before


def _folded(db: sqlite3.Connection) -> None:
    """Put titles, names and sketches into the form in which texts are compared now: see ``core.text.plain``."""
    for (number,) in db.execute("SELECT number FROM documents WHERE deleted = 0").fetchall():
        (body,) = db.execute(f"SELECT {derived.BODY} FROM documents WHERE number = ?", (number,)).fetchone()  # noqa: S608
        document = derived.decoded(body)
        if _FOLDED_ANEW.search(document.title):
            title = derived.columns(document)[derived.COLUMNS.index("title")]
            db.execute("UPDATE documents SET title = ? WHERE number = ? AND title <> ?", (title, number, title))
        if any(map(_FOLDED_ANEW.search, document.authors)):
            before = {(word, at) for at, name in enumerate(document.authors) for word in key_form(name).split()}
            _replace(db, "author_words", number, before, derived.author_words(document))
        if _FOLDED_ANEW.search(document.shown_text):
            before = set(db.execute("SELECT mark FROM sketches WHERE number = ?", (number,)))
            _replace(db, "sketches", number, before, derived.sketches(document))


def _replace(db: sqlite3.Connection, table: str, number: int, before: derived.Rows, now: derived.Rows) -> None:
    """Replace rows of one document in a side table."""
    names = (*derived.SIDES[table][0], "number")
    where = " AND ".join(f"{name} = ?" for name in names)
    db.executemany(f"DELETE FROM {table} WHERE {where}", [(*row, number) for row in before - now])  # noqa: S608
    into = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    db.executemany(into, [(*row, number) for row in sorted(now - before)])


_TOPICS = """
CREATE TABLE topics (
    topic INTEGER PRIMARY KEY AUTOINCREMENT,
    level TEXT NOT NULL CHECK (level IN ('field', 'topic')),
    parent INTEGER REFERENCES topics (topic) DEFERRABLE INITIALLY DEFERRED,
    name TEXT NOT NULL,
    given TEXT NOT NULL DEFAULT '',
    key TEXT NOT NULL,
    phrases TEXT NOT NULL DEFAULT '[]',
    pinned INTEGER NOT NULL DEFAULT 0,
    heir INTEGER REFERENCES topics (topic) DEFERRABLE INITIALLY DEFERRED,
    made TEXT NOT NULL
);
CREATE INDEX topics_heir ON topics (heir) WHERE heir IS NOT NULL;
CREATE TABLE topic_centres (
    topic INTEGER PRIMARY KEY REFERENCES topics (topic),
    space TEXT NOT NULL,
    vector TEXT NOT NULL
);
CREATE TABLE topic_papers (
    number INTEGER PRIMARY KEY REFERENCES documents (number),
    topic INTEGER REFERENCES topics (topic),
    nearness REAL NOT NULL,
    sequence INTEGER NOT NULL
);
CREATE INDEX topic_papers_topic ON topic_papers (topic, nearness);
CREATE TABLE followed_topics (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    topic INTEGER NOT NULL REFERENCES topics (topic),
    at TEXT NOT NULL,
    PRIMARY KEY (person, topic)
) WITHOUT ROWID
"""


def _topics(db: sqlite3.Connection) -> None:
    """Hold the Collection's own topics, which papers are in them, and who follows them."""
    for statement in _TOPICS.split(";"):
        db.execute(statement)


_FORMER_TEXTS = """
CREATE TABLE former_texts (
    number INTEGER NOT NULL REFERENCES documents (number),
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    version INTEGER,
    updated TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (number, source, at)
) WITHOUT ROWID
"""


def _former_texts(db: sqlite3.Connection) -> None:
    """Hold what sources said of papers before they said otherwise, from now on."""
    db.execute(_FORMER_TEXTS)


_VOTE_COUNTS = """
CREATE TABLE vote_counts (
    number INTEGER NOT NULL REFERENCES documents (number),
    source TEXT NOT NULL,
    at TEXT NOT NULL,
    votes INTEGER NOT NULL,
    PRIMARY KEY (number, source, at)
) WITHOUT ROWID
"""


def _vote_counts(db: sqlite3.Connection) -> None:
    """Hold how many votes sources counted, and when, from now on."""
    db.execute(_VOTE_COUNTS)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _first,
    _days_and_sketches,
    add_people,
    _status,
    _words_of_names,
    _clashes_and_titles,
    _folded,
    _topics,
    _former_texts,
    _vote_counts,
)
