"""Errors of SQLite and of the system in words: which file, what is wrong, the way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.core.errors import CollectionError


def denied(error: BaseException | None) -> bool:
    """Return whether an error of SQLite says that the file may not be opened or written."""
    name = getattr(error, "sqlite_errorname", "")
    return name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))


_WORDS = {
    "SQLITE_BUSY": "is being written by another process: wait for it to end, or stop it",
    "SQLITE_LOCKED": "is being written by another thread: try again",
    "SQLITE_FULL": "cannot grow, the disk is full: free some space and run the command again; "
    "nothing committed is lost",
    "SQLITE_IOERR": "cannot be read or written, the disk is full or failing: check it and run the command again; "
    "nothing committed is lost",
    "SQLITE_READONLY": "may not be written: check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened: check that the folder exists and may be written",
    "SQLITE_PERM": "may not be opened: check the permissions of the file and its folder",
    "SQLITE_NOTADB": "is not an SQLite file: choose another folder, or restore a backup",
    "SQLITE_CORRUPT": "is damaged: restore a backup, or export what can be read and ingest it again",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of sqlite3 and of the system into a CollectionError that names the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        if name not in _WORDS and not isinstance(error, sqlite3.OperationalError):
            raise
        raise CollectionError(f"{path} {_WORDS.get(name, 'cannot be used')} ({error})") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be used: {error.strerror or error}; check its folder") from error
