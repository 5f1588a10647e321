"""A Store of an older format is brought up alone, with a copy beside it; whatever goes wrong, it stays as it was."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document
from broadsheet.store import Store, database, schema, upgrade

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEA = Document(id="2401.00001", title="On Tea", text="Leaves. " * 50, source="bibtex:a.bib")
NEWEST = len(schema.MIGRATIONS)
FIRST = Path(__file__).resolve().parents[1] / "fixtures" / "collection-0.1" / "collection" / "store.db"


def more(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE more (a)")
    db.execute("INSERT INTO more SELECT id FROM documents")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Store with papers, and a program whose format is one further."""
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put([replace(TEA, id=f"a:{n}") for n in range(20)], now=NOW)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, more))
    return path


def format_of(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def test_the_store_is_copied_before_it_is_brought_up(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Store.open(old) as store, store.reading() as db:
        assert db.execute("SELECT count(*) FROM more").fetchone()[0] == 20
    kept = old.with_name(f"store.db.before-{NEWEST + 1}")
    assert format_of(kept) == NEWEST
    assert format_of(old) == NEWEST + 1
    db = sqlite3.connect(kept)
    assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == 20
    db.close()
    assert f"from format {NEWEST} to {NEWEST + 1}; a copy of the old file is kept in {kept.name}" in caplog.text


def test_a_new_store_and_one_of_this_format_are_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        Store.open(tmp_path / "store.db").close()
    assert [each.name for each in tmp_path.iterdir() if "before" in each.name] == []


def test_without_room_nothing_is_touched(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(CollectionError, match=r"needs 0\.0\d GB of space, but 0\.00 GB are free: free some space"):
        Store.open(old)
    assert format_of(old) == NEWEST
    assert [each.name for each in old.parent.iterdir() if "before" in each.name] == []


def test_who_has_it_open_is_not_upgraded_under_their_feet(old: Path) -> None:
    hold = "import sys; from pathlib import Path; from broadsheet.store import Store\n"
    hold += "store = Store.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(old)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(CollectionError, match="another process has it open: stop that"):
            Store.open(old, timeout=0.05)
        assert format_of(old) == NEWEST
        other.communicate()
    with Store.open(old) as store:
        assert store.papers.count() == 20


def test_an_upgrade_that_was_killed_begins_anew_from_what_is_there_now(old: Path) -> None:
    kept = upgrade.copy_name(old, NEWEST + 1)
    kept.write_bytes(b"the copy of an earlier attempt")
    Store.open(old).close()
    assert format_of(kept) == NEWEST


KILLED = """
import os, signal, sys
from broadsheet.store import Store, database
migrate = database.Database.migrate
def killed(self, version):
    migrate(self, version)
    if version == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
database.Database.migrate = killed
Store.open(sys.argv[1])
"""
PERSONAL = ("people", "sessions", "tokens", "votes", "saves", "lists", "notes", "subscriptions", "followed_authors",
            "queries", "comments", "deliveries", "suppressions")  # fmt: skip


def rows_of(path: Path, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of some tables as text, only their given columns."""
    with closing(sqlite3.connect(path)) as db:
        return {
            table: sorted(map(repr, db.execute(f"SELECT {', '.join(names)} FROM {table}")))
            for table, names in columns.items()
        }


@pytest.mark.parametrize("version", range(format_of(FIRST), NEWEST))
def test_an_upgrade_killed_after_any_migration_goes_on(tmp_path: Path, version: int) -> None:
    """A Store of version 0.1.0: what its people did is there afterwards, and in the copy the file of before."""
    path = tmp_path / "store.db"
    shutil.copy(FIRST, path)
    with closing(sqlite3.connect(FIRST)) as db:
        columns = {each: [row[1] for row in db.execute(f"PRAGMA table_info({each})")] for each in PERSONAL}
    before = rows_of(path, columns)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path), str(version)], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert format_of(path) == version + 1
    Store.open(path).close()
    assert format_of(path) == NEWEST
    assert all(before.values())
    assert rows_of(path, columns) == before
    assert format_of(upgrade.copy_name(path, NEWEST)) == format_of(FIRST)


def test_those_who_wait_are_told(old: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(upgrade, "_SAY_EVERY", 0.0)
    monkeypatch.setattr(upgrade, "_STEPS", 10)
    Store.open(old).close()
    assert "the upgrade is running" in caplog.text


def test_two_at_once_make_one_upgrade(old: Path) -> None:
    with Store.open(old) as one, Store.open(old) as two:
        assert one.papers.count() == two.papers.count() == 20
