"""Errors of SQLite and of the system become one line that names the file and the way out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.store.faults import denied, explained

FILE = Path("/srv/papers/store.db")


def fault(kind: type[sqlite3.Error], name: str) -> sqlite3.Error:
    error = kind("as SQLite says it")
    error.sqlite_errorname = name  # type: ignore[misc]
    return error


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("SQLITE_BUSY", "wait for it to end, or stop it"),
        ("SQLITE_BUSY_SNAPSHOT", "wait for it to end, or stop it"),
        ("SQLITE_FULL", "free some space"),
        ("SQLITE_IOERR_WRITE", "check it and run the command again"),
        ("SQLITE_READONLY_DBMOVED", "check the permissions"),
        ("SQLITE_CANTOPEN", "check that the folder exists"),
        ("SQLITE_NOTADB", "restore a backup"),
        ("SQLITE_CORRUPT", "restore a backup"),
    ],
)
def test_each_fault_names_the_file_and_the_way_out(name: str, way_out: str) -> None:
    with pytest.raises(CollectionError) as caught, explained(FILE):
        raise fault(sqlite3.DatabaseError, name)
    assert str(caught.value).startswith(f"{FILE} ")
    assert way_out in str(caught.value)
    assert str(caught.value).endswith("(as SQLite says it)")


def test_an_unknown_fault_of_operation_is_told_and_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(CollectionError, match="cannot be used"), explained(FILE):
        raise fault(sqlite3.OperationalError, "SQLITE_ERROR")
    with pytest.raises(sqlite3.IntegrityError), explained(FILE):
        raise fault(sqlite3.IntegrityError, "SQLITE_CONSTRAINT_FOREIGNKEY")


def test_errors_of_the_system_are_told_and_others_pass() -> None:
    with pytest.raises(CollectionError, match="Permission denied; check its folder"), explained(FILE):
        raise PermissionError(13, "Permission denied")
    with pytest.raises(KeyError), explained(FILE):
        raise KeyError("x")
    with explained(FILE):
        pass


def test_what_denied_means() -> None:
    assert denied(fault(sqlite3.OperationalError, "SQLITE_CANTOPEN_ISDIR"))
    assert denied(fault(sqlite3.OperationalError, "SQLITE_READONLY"))
    assert not denied(fault(sqlite3.OperationalError, "SQLITE_BUSY"))
    assert not denied(OSError(13, "no"))
    assert not denied(None)
