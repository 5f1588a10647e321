"""Bringing a Store of an older format up: alone, with a copy of the file next to it first.

no one else has it open? -> is there room? -> copy it to store.db.before-N -> the migrations, each in one transaction

A migration runs in one transaction and not in pieces, for only so are tables and format number one: killed at any
instant, the file is of the old format and whole, and any version that could read it before still can. No one waits for
the long transaction, since no one else has the file open. Those who wait for the upgrade are told that it goes on.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from broadsheet.core.errors import CollectionError

_ROOM = 3  # times the file: the copy, what a migration writes before its commit, and the new tables
_SPARE = 16 * 2**20  # bytes that must be free besides
_SAY_EVERY = 10.0  # seconds
_STEPS = 100_000  # of SQLite's machine, between two looks at the clock
_log = logging.getLogger("broadsheet.store")


class Upgradable(Protocol):
    """What is needed of a Database: its file, how to copy it, and how to migrate it from a format to the next."""

    path: Path

    def copy_to(self, target: Path) -> None:
        """Copy the file as it is into ``target``, in the place of what is there."""
        ...

    def migrate(self, version: int) -> None:
        """Run the migration that follows a format, unless another process was first."""
        ...


def copy_name(path: Path, newest: int) -> Path:
    """Return the path of the copy of a Store made before its upgrade to a format."""
    return path.with_name(f"{path.name}.before-{newest}")


def format_of(path: Path) -> int:
    """Return the format of a Store's file, 0 when it is missing or not a Store; upgrade nothing."""
    if not path.is_file():
        return 0
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.Error:
            return 0


def upgrade(store: Upgradable, versions: Sequence[int]) -> None:
    """Copy the Store to a file next to it, then run the migrations after each of ``versions``.

    The copy of an upgrade that was killed between two migrations stays: only it has the format of before.
    CollectionError without enough disk space. Call it only while no other process has the Store open.
    """
    newest = versions[-1] + 1
    kept = copy_name(store.path, newest)
    _require_room(store.path, versions[0], newest)
    if not 0 < format_of(kept) < versions[0]:  # else it is the copy of an upgrade that this one goes on with
        store.copy_to(kept)
    _log.warning(
        "%s is being upgraded from format %d to %d; a copy of the old file is kept in %s",
        store.path,
        versions[0],
        newest,
        kept.name,
    )
    for version in versions:
        store.migrate(version)
    _log.warning("%s now has format %d; when everything works, you can delete %s", store.path, newest, kept.name)


@contextmanager
def told(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Log from time to time that long work on a connection is running."""
    begun = said = time.monotonic()

    def look() -> int:
        nonlocal said
        if time.monotonic() - said >= _SAY_EVERY:
            said = time.monotonic()
            _log.warning("%s: the upgrade is running, %.0f s so far", path, said - begun)
        return 0

    db.set_progress_handler(look, _STEPS)
    try:
        yield
    finally:
        db.set_progress_handler(None, 0)


def _require_room(path: Path, version: int, newest: int) -> None:
    files = (path, path.with_name(path.name + "-wal"))
    wanted = _ROOM * sum(file.stat().st_size for file in files if file.exists()) + _SPARE
    free = shutil.disk_usage(path.parent).free
    if free < wanted:
        raise CollectionError(
            f"{path} is of format {version}, and upgrading it to {newest} needs {wanted / 1e9:.2f} GB of space, but "
            f"{free / 1e9:.2f} GB are free: free some space and run `broadsheet upgrade`; nothing has been changed"
        )
