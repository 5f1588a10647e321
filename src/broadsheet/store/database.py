"""One SQLite file, opened safely: a pool of connections, one writer at a time, errors in words.

read: take a connection from the pool, run, give it back
write: hold the lock file, BEGIN IMMEDIATE, run, COMMIT (or ROLLBACK, whatever happened)
open: share the file with other processes that have it open; look at the format; bring an older one up (``upgrade``)
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from broadsheet import files
from broadsheet.core.authors import answers
from broadsheet.core.errors import CollectionError
from broadsheet.locks import Tenure, held
from broadsheet.store.faults import denied, explained
from broadsheet.store.schema import APPLICATION, MIGRATIONS
from broadsheet.store.upgrade import told, upgrade

_MOST_IDLE = 8  # connections that are kept for later
_PAGES = 4_000  # kB of the file that each keeps for itself; 16,000 answered no faster: the system keeps the file too
AMONG = "number IN (SELECT value FROM json_each(?))"
"""The condition that a row's paper is one of a JSON list: see ``listed``."""


def listed(numbers: Iterable[int]) -> str:
    """Return row numbers as the one value that ``AMONG`` takes."""
    return json.dumps([int(number) for number in numbers])


class Database:
    """A pool of connections to one file; see ``Store``."""

    def __init__(self, path: Path, *, mode: str, timeout: float) -> None:
        self.path = path
        self._mode = mode
        self._timeout = timeout
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._tenure = tenure(path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, timeout: float = 5.0) -> Self:
        """Open the Store in ``path`` (a file ``store.db``), making it when it is missing and may be written.

        ``timeout`` is how many seconds a write waits for another process that writes. Raises CollectionError when
        the file is missing (read-only), no Store, of a newer version, damaged, or may not be read or written.
        """
        path = Path(path)
        if read_only:
            return cls._open_to_read(path, timeout)
        store = cls(path, mode="mode=rwc", timeout=timeout)
        try:
            with explained(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            private(path)
            store._share()
            store._bring_up()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _open_to_read(cls, path: Path, timeout: float) -> Self:
        if not path.is_file():
            raise CollectionError(f"{path} does not contain a Store: run `broadsheet ingest SOURCE` to make one")
        modes = ["mode=ro"]
        if not _size(
            path.with_name(path.name + "-wal")
        ):  # on a read-only medium WAL cannot be joined, nor is it needed
            modes.append("mode=ro&immutable=1")
        for mode in modes:
            store = cls(path, mode=mode, timeout=timeout)
            try:
                store._share()
                store._check_ready()
            except CollectionError as error:
                store.close()
                if mode == modes[-1] or not denied(error.__cause__):
                    raise
            else:
                break
        return store

    def close(self) -> None:
        """Close every connection; those in use are closed when they are given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
        self._tenure.give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def read_only(self) -> bool:
        """Return whether it was opened for reading alone."""
        return self._mode.startswith("mode=ro")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the block a connection; sqlite3's errors become CollectionErrors."""
        with explained(self.path):
            db = self._take()
            try:
                yield db
            finally:
                self._give(db)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the block one write transaction, committed at its end; roll back on an error."""
        if self.read_only:
            raise CollectionError(
                f"{self.path} may not be written: it is open for reading only; check the permissions of the file "
                "and of its folder"
            )
        with explained(self.path), self._lock(), self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                    db.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        with self.reading() as db:
            return db.execute(sql, tuple(values)).fetchall()

    def column(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        return [row[0] for row in self.rows(sql, values)]

    def write(self, sql: str, values: Iterable[Any] = ()) -> int:
        """Run one statement as a transaction; return how many rows it changed."""
        with self.writing() as db:
            return db.execute(sql, tuple(values)).rowcount

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the one write-and-checkpoint lock: SQLite below 3.51.3 can lose a write that meets a checkpoint."""
        with held(self.path.with_name(self.path.name + ".lock"), timeout=self._timeout, what=str(self.path)):
            yield

    def backup(self, target: Path) -> None:
        """Copy the Store, as it is at one instant, into the new file ``target``; writers go on meanwhile.

        Raises CollectionError when ``target`` exists or cannot be written.
        """
        target = Path(target)
        if target.exists():
            raise CollectionError(f"{target} exists already: choose another name, or move it away first")
        self.copy_to(target)

    def copy_to(self, target: Path) -> None:
        """Copy the Store into the file ``target``, replacing it only when the copy is complete."""
        part = target.with_name(target.name + ".part")
        try:
            with explained(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                part.unlink(missing_ok=True)
                self._copy(part, target)
                files.settle(part, target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _copy(self, part: Path, target: Path) -> None:
        private(part)
        copy = sqlite3.connect(part, isolation_level=None)
        try:
            with self.reading() as db, explained(target):  # a full disk is that of the copy
                db.backup(copy)  # all pages in one step: one snapshot, and no starting over when a writer commits
        finally:
            copy.close()

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise CollectionError(f"{self.path} has been closed: open it again")
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give(self, db: sqlite3.Connection) -> None:
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(db)
        else:
            db.close()
        if self._closed:
            self.close()

    def _connect(self) -> sqlite3.Connection:
        where = f"{self.path.absolute().as_uri()}?{self._mode}"
        db = sqlite3.connect(where, uri=True, isolation_level=None, timeout=self._timeout, check_same_thread=False)
        db.create_function("answers", 2, answers, deterministic=True)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA mmap_size = 0")
        db.execute(f"PRAGMA cache_size = -{_PAGES}")
        return db

    def _bring_up(self) -> None:
        """Make the file a Store of the newest format in WAL mode; write nothing if it already is."""
        old = 0 < self._format() < len(MIGRATIONS)
        if old:
            self._own()
        if self._format() < len(MIGRATIONS) or self._journal() != "wal":
            with explained(self.path), self._lock(), self.reading() as db:
                db.execute("PRAGMA journal_mode = WAL")
        versions = range(self._format(), len(MIGRATIONS))
        if old and versions:
            with explained(self.path):
                upgrade(self, versions)
        for version in versions if not old else ():
            self.migrate(version)
        if old:
            self._share()

    def migrate(self, version: int) -> None:
        """Run the migration that follows a format, in one transaction, unless another process was first."""
        with self.writing() as db, told(db, self.path):
            if _pragma(db, "user_version") == version:
                MIGRATIONS[version](db)
                db.execute(f"PRAGMA user_version = {version + 1}")

    def _share(self) -> None:
        """Share the open file with other processes; CollectionError while another process needs it alone."""
        if not self._tenure.share(timeout=self._timeout):
            raise CollectionError(
                f"{self.path} is being upgraded or restored by another process: wait for it to end, then try again"
            )

    def _own(self) -> None:
        """Own the file alone, to upgrade it."""
        if not self._tenure.own(timeout=self._timeout):
            raise CollectionError(
                f"{self.path} is of an older format, and another process has it open: stop that process (a server?), "
                "then run `broadsheet upgrade`"
            )

    def _check_ready(self) -> None:
        if self._format() < len(MIGRATIONS):
            raise CollectionError(
                f"{self.path} is of an older format and open for reading only: run `broadsheet upgrade`, which keeps a "
                "copy of it"
            )

    def _journal(self) -> str:
        with self.reading() as db:
            return str(_pragma(db, "journal_mode"))

    def _format(self) -> int:
        """Return the format number of the file, 0 when empty; CollectionError when this version cannot use it."""
        with self.reading() as db:
            version, application = int(_pragma(db, "user_version")), _pragma(db, "application_id")
            empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if application != APPLICATION and not empty:
            raise CollectionError(f"{self.path} is an SQLite file but not a Store of Broadsheet: choose another folder")
        if version > len(MIGRATIONS):
            raise CollectionError(
                f"{self.path} was written by a newer Broadsheet (format {version}, this one reads up to "
                f"{len(MIGRATIONS)}): run `pip install --upgrade broadsheet`"
            )
        return version


class Part:
    """One subject of the Store: its methods over the one database."""

    def __init__(self, db: Database) -> None:
        self._db = db


def tenure(path: Path) -> Tenure:
    """Return the lock that a process shares while it has the Store in ``path`` open, and owns while it replaces it."""
    return Tenure(path.with_name(path.name + ".held"))


def _pragma(db: sqlite3.Connection, name: str) -> int | str:
    value: int | str = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def private(path: Path) -> None:
    """Make an empty file for its owner alone if it is missing: a Store has email addresses and the instance's secret.
    SQLite gives its log the same mode; an existing file keeps its mode."""
    with suppress(OSError):  # the next open reports what is wrong
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
