"""The tables of people: who they are, what they think of papers, and what is sent to them. Part of the migrations."""

from __future__ import annotations

import sqlite3

# An address is kept as it is compared (``people.addresses``); the single reader has none. Moments are ISO texts in UTC.
_PEOPLE = """
CREATE TABLE people (
    person INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    joined TEXT NOT NULL,
    renewals INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE invitations (
    address TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('reader', 'editor', 'admin')),
    invited TEXT NOT NULL
);
CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    begun TEXT NOT NULL,
    ends TEXT NOT NULL,
    browser TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_person ON sessions (person);
CREATE TABLE tokens (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    name TEXT NOT NULL,
    writes INTEGER NOT NULL,
    made TEXT NOT NULL
);
CREATE INDEX tokens_person ON tokens (person);
CREATE TABLE used_links (
    nonce TEXT PRIMARY KEY,
    ends TEXT NOT NULL
)
"""

_OPINIONS = """
CREATE TABLE votes (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES documents (number),
    at TEXT NOT NULL,
    PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE INDEX votes_number ON votes (number, person);
CREATE TABLE declined (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES documents (number),
    at TEXT NOT NULL,
    PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE TABLE read_papers (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES documents (number),
    at TEXT NOT NULL,
    PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE TABLE notes (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES documents (number),
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, number)
) WITHOUT ROWID;
CREATE TABLE lists (
    list INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    name TEXT NOT NULL,
    made TEXT NOT NULL,
    UNIQUE (person, name)
);
CREATE TABLE saves (
    list INTEGER NOT NULL REFERENCES lists (list) ON DELETE CASCADE,
    number INTEGER NOT NULL REFERENCES documents (number),
    at TEXT NOT NULL,
    PRIMARY KEY (list, number)
) WITHOUT ROWID;
CREATE INDEX saves_number ON saves (number, list);
CREATE TABLE queries (
    query INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    without TEXT NOT NULL,
    least TEXT NOT NULL,
    made TEXT NOT NULL,
    UNIQUE (person, name)
);
CREATE TABLE followed_authors (
    person INTEGER NOT NULL REFERENCES people (person) ON DELETE CASCADE,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (person, author)
) WITHOUT ROWID
"""

_TALK = """
CREATE TABLE comments (
    comment INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL REFERENCES documents (number),
    person INTEGER REFERENCES people (person) ON DELETE SET NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    edited TEXT,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX comments_number ON comments (number, comment);
CREATE TABLE submissions (
    submission INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER REFERENCES people (person) ON DELETE SET NULL,
    asked TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'found', 'failed')),
    said TEXT NOT NULL DEFAULT '',
    number INTEGER REFERENCES documents (number),
    at TEXT NOT NULL,
    tried TEXT
);
CREATE TABLE desk (
    number INTEGER PRIMARY KEY REFERENCES documents (number),
    act TEXT NOT NULL CHECK (act IN ('pick', 'hide')),
    person INTEGER REFERENCES people (person) ON DELETE SET NULL,
    at TEXT NOT NULL
);
CREATE TABLE day_lines (
    day INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    person INTEGER REFERENCES people (person) ON DELETE SET NULL,
    at TEXT NOT NULL
)
"""

# An edition without a person is the general one. A delivery outlives its person, so that no one gets it twice.
_MAILING = """
CREATE TABLE subscriptions (
    person INTEGER PRIMARY KEY REFERENCES people (person) ON DELETE CASCADE,
    cadence TEXT NOT NULL CHECK (cadence IN ('daily', 'weekdays', 'weekly')),
    zone TEXT NOT NULL,
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    most INTEGER NOT NULL,
    least TEXT NOT NULL,
    quiet TEXT NOT NULL CHECK (quiet IN ('skip', 'note')),
    contents TEXT NOT NULL CHECK (contents IN ('general', 'mine', 'both')),
    since TEXT NOT NULL,
    ended TEXT
);
CREATE TABLE suppressions (
    address TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE bounces (
    bounce INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX bounces_address ON bounces (address, at);
CREATE TABLE editions (
    edition INTEGER PRIMARY KEY AUTOINCREMENT,
    period TEXT NOT NULL,
    person INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    frozen TEXT NOT NULL,
    UNIQUE (period, person)
);
CREATE TABLE deliveries (
    period TEXT NOT NULL,
    person INTEGER NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'suppressed', 'doubtful')),
    due TEXT NOT NULL,
    holder TEXT NOT NULL DEFAULT '',
    lease TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    changed TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (period, person)
) WITHOUT ROWID;
CREATE INDEX deliveries_state ON deliveries (state, due);
CREATE TABLE jobs (
    job TEXT PRIMARY KEY,
    started TEXT NOT NULL,
    ended TEXT,
    said TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    well TEXT,
    seconds REAL
);
CREATE TABLE trends (
    number INTEGER PRIMARY KEY REFERENCES documents (number),
    sequence INTEGER NOT NULL,
    score REAL NOT NULL,
    body TEXT NOT NULL
)
"""


def add_people(db: sqlite3.Connection) -> None:
    """People, their opinions and lists, comments, the editor's desk, subscriptions, editions, jobs, stored trends."""
    for statement in ";".join((_PEOPLE, _OPINIONS, _TALK, _MAILING)).split(";"):
        db.execute(statement)
