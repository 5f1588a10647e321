"""What a restored Store takes over from the one that it replaces: whatever must not be forgotten, come what may.

What was sent stays sent, who must not be written to is not written to, who has left has left; a key that was taken back
opens nothing, and a number once given is not given again. Votes, lists and papers are those of the backup.
"""

# ruff: noqa: S608 - statements are put together from names of this package's tables; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from broadsheet.store.database import Database
from broadsheet.store.people import moment

Secret = Literal["same", "backup", "former", "none"]
_SENT = "state IN ('sent', 'sending', 'doubtful')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How much was carried over. ``same_line``: the backup was made of the Store that it replaces. ``ended``:
    subscriptions that had ended since; ``gone``: papers that came since, whose numbers are kept. ``secret``: whose the
    instance's secret is now (``same``: both had it)."""

    same_line: bool
    deliveries: int
    suppressions: int
    ended: int
    gone: int
    secret: Secret


def carry(store: Database, former: Path, *, now: datetime) -> Carried:
    """Complete a restored Store from the ``former`` one, a file of the newest format, in one transaction."""
    with _beside(store, former) as db:
        same = _same_line(db)
        secret = _settle_secret(db)
        suppressions = _add(db, "suppressions")
        _add_bounces(db)
        deliveries = _add_deliveries(db, same=same)
        ended = _end_subscriptions(db, moment(now), same=same)
        gone = _keep_numbers(db) if same else 0
        if same:
            _lock_out(db)
        return Carried(same_line=same, deliveries=deliveries, suppressions=suppressions, ended=ended, gone=gone,
                       secret=secret)  # fmt: skip


@contextmanager
def _beside(store: Database, former: Path) -> Iterator[sqlite3.Connection]:
    """A write transaction in which the other Store can be read as ``former``."""
    with store.reading() as db:
        db.execute("ATTACH ? AS former", (str(former),))
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
        finally:
            db.execute("DETACH former")


def _columns(db: sqlite3.Connection, table: str, *, without: str = "") -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA main.table_info({table})") if row[1] != without]


def _add(db: sqlite3.Connection, table: str, *, without: str = "") -> int:
    """Add the rows of a table that are not there; returns how many."""
    names = ", ".join(_columns(db, table, without=without))
    return db.execute(f"INSERT OR IGNORE INTO {table} ({names}) SELECT {names} FROM former.{table}").rowcount


def _secrets(db: sqlite3.Connection) -> tuple[str | int | None, str | int | None]:
    """The secret of the backup and that of the former Store, as they are written down."""
    sql = "SELECT value FROM {}facts WHERE key = 'secret'"
    return _one(db, sql.format("")), _one(db, sql.format("former."))


def _same_line(db: sqlite3.Connection) -> bool:
    """Whether no two secrets differ, and no number means one paper here and another there. An empty former Store, with
    neither a secret nor papers, was lost, and proves nothing."""
    ours, theirs = _secrets(db)
    if theirs is None and _one(db, "SELECT 1 FROM former.documents LIMIT 1") is None:
        return False
    other = "SELECT 1 FROM documents d JOIN former.documents f USING (number) WHERE d.id <> f.id LIMIT 1"
    return (ours is None or theirs is None or ours == theirs) and _one(db, other) is None


def _settle_secret(db: sqlite3.Connection) -> Secret:
    """Keep the secret by which links in emails were signed: the backup's, unless only the former Store has sent any."""
    ours, theirs = _secrets(db)
    if ours == theirs:
        return "none" if ours is None else "same"
    sent = f"SELECT 1 FROM {{}}deliveries WHERE {_SENT} LIMIT 1"
    only_former = _one(db, sent.format("")) is None and _one(db, sent.format("former.")) is not None
    if theirs is None or (ours is not None and not only_former):
        return "backup"
    db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES ('secret', ?)", (theirs,))
    return "former"


def _add_bounces(db: sqlite3.Connection) -> None:
    names = _columns(db, "bounces", without="bounce")
    same = " AND ".join(f"b.{name} IS f.{name}" for name in names)
    given = ", ".join(names)
    sql = f"INSERT INTO bounces ({given}) SELECT {given} FROM former.bounces f"
    db.execute(f"{sql} WHERE NOT EXISTS (SELECT 1 FROM bounces b WHERE {same}) ORDER BY bounce")


def _add_deliveries(db: sqlite3.Connection, *, same: bool) -> int:
    """What was done since, and what may have been: planned ones are planned again. Of another line, by the address."""
    names = _columns(db, "deliveries")
    special = {"state": "CASE f.state WHEN 'sending' THEN 'doubtful' ELSE f.state END"}
    people = ""
    if not same:
        people, special["person"] = "JOIN people p ON p.address = f.address", "p.person"
    taken = ", ".join(special.get(name, f"f.{name}") for name in names)
    newer = ", ".join(f"{name} = excluded.{name}" for name in names)
    done = db.execute(
        f"INSERT INTO deliveries ({', '.join(names)}) SELECT {taken} FROM former.deliveries f {people}"
        f" WHERE f.state <> 'planned' ON CONFLICT (period, person) DO UPDATE SET {newer}"
        " WHERE excluded.changed > deliveries.changed"
    ).rowcount
    if same:
        _add(db, "editions", without="edition")
    return done


def _end_subscriptions(db: sqlite3.Connection, now: str, *, same: bool) -> int:
    """End the subscriptions of people who had ended them or left, so that a restore does not bring them back."""
    if same:
        known = "SELECT 1 FROM former.sqlite_sequence WHERE name = 'people' AND subscriptions.person <= seq"
        going_on = "SELECT 1 FROM former.subscriptions f WHERE f.person = subscriptions.person AND f.ended IS NULL"
        left = f"EXISTS ({known}) AND NOT EXISTS ({going_on})"
    else:
        left = (
            "person IN (SELECT p.person FROM people p JOIN former.people o ON o.address = p.address"
            " JOIN former.subscriptions f ON f.person = o.person WHERE f.ended IS NOT NULL)"
        )
    return db.execute(f"UPDATE subscriptions SET ended = ? WHERE ended IS NULL AND {left}", (now,)).rowcount


def _keep_numbers(db: sqlite3.Connection) -> int:
    """Papers that came since keep their numbers, as deleted ones; every change is numbered after all changes there
    were, so that Lexicon and Spaces look at every paper again and find by its content whether it is the same."""
    newest = "SELECT coalesce(max(sequence), 0) FROM {}documents"
    step = max(int(_one(db, newest.format(where)) or 0) for where in ("", "former."))
    db.execute("UPDATE documents SET sequence = sequence + ?", (step,))
    gone = db.execute(
        "INSERT INTO documents (number, id, sequence, deleted, title, venue, has_code)"
        " SELECT number, id, sequence + 2 * ?, 1, '', '', 0 FROM former.documents f"
        " WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.number = f.number OR d.id = f.id)",
        (step,),
    ).rowcount
    db.execute("DELETE FROM trends")
    db.execute("DELETE FROM topic_papers")
    db.execute("DELETE FROM facts WHERE key = 'topics'")
    for name, number in db.execute("SELECT name, seq FROM former.sqlite_sequence").fetchall():
        if not db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name)).rowcount:
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, number))
    return gone


def _lock_out(db: sqlite3.Connection) -> None:
    """What was taken back since the backup stays so: browsers, keys, links that were used, secret addresses."""
    db.execute("DELETE FROM sessions WHERE digest NOT IN (SELECT digest FROM former.sessions)")
    db.execute("DELETE FROM tokens WHERE digest NOT IN (SELECT digest FROM former.tokens)")
    _add(db, "used_links")
    db.execute(
        "UPDATE people SET renewals = f.renewals FROM former.people f"
        " WHERE f.person = people.person AND f.renewals > people.renewals"
    )


def _one(db: sqlite3.Connection, sql: str) -> str | int | None:
    row = db.execute(sql).fetchone()
    found: str | int | None = row[0] if row else None
    return found
