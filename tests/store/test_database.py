"""A Store that cannot be used says why in one line, and stays as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document
from broadsheet.locks import held
from broadsheet.store import Store, database

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEA = Document(id="2401.00001", title="On Tea", text="Leaves. " * 50, source="bibtex:a.bib")


def many(count: int) -> list[Document]:
    return [replace(TEA, id=f"a:{n}") for n in range(count)]


def sound(path: Path) -> bool:
    db = sqlite3.connect(path)
    try:
        result: str = db.execute("PRAGMA integrity_check").fetchone()[0]
        return result == "ok" and not db.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        db.close()


def test_a_store_is_made_where_there_is_none_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    with Store.open(path) as store:
        store.papers.put([TEA], now=NOW)
    with Store.open(path) as store:
        assert store.papers.get(TEA.id) == TEA
    with pytest.raises(CollectionError, match="has been closed: open it again"):
        store.papers.count()


def test_reading_only(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with pytest.raises(CollectionError, match=r"does not contain a Store: run `broadsheet ingest SOURCE`"):
        Store.open(path, read_only=True)
    assert not path.exists()
    with Store.open(path) as writer, Store.open(path, read_only=True) as reader:
        writer.papers.put([TEA], now=NOW)
        assert reader.papers.get(TEA.id) == TEA
        with pytest.raises(CollectionError, match="open for reading only"):
            reader.papers.put([TEA], now=NOW)


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store, store.writing() as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(CollectionError, match=r"newer Broadsheet \(format 99, .*pip install --upgrade"):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE theirs (a)")
    db.close()
    with pytest.raises(CollectionError, match="is an SQLite file but not a Store of Broadsheet"):
        Store.open(path)
    path.write_text("These are no tables but a letter to my aunt, which is long enough to have a header. " * 30)
    with pytest.raises(CollectionError, match="is not an SQLite file: choose another folder, or restore a backup"):
        Store.open(path)
    assert path.read_text().startswith("These are")
    with pytest.raises(CollectionError, match="cannot be"):
        Store.open(tmp_path)


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put(many(300), now=NOW)
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(path.stat().st_size - 12_000))
    with pytest.raises(CollectionError, match="is damaged: restore a backup"), Store.open(path) as store:
        store.papers.changes(0)


def test_an_empty_file_and_a_half_made_store_become_whole(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch()
    with Store.open(path) as store:
        assert store.papers.last_change() == 0


def test_a_failed_migration_leaves_the_former_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from broadsheet.store import database, schema

    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put([TEA], now=NOW)

    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE more (a)")
        db.execute("CREATE TABLE more (a)")

    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    with pytest.raises(CollectionError, match="table more already exists"):
        Store.open(path)
    with pytest.raises(CollectionError, match=r"older format .*run `broadsheet upgrade`"):
        Store.open(path, read_only=True)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, lambda db: db.execute("CREATE TABLE more (a)")))
    with Store.open(path) as store, store.reading() as db:
        assert store.papers.get(TEA.id) == TEA
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(schema.MIGRATIONS) + 1


def test_a_second_writer_waits_then_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path, timeout=0.2) as store:
        with (
            held(tmp_path / "store.db.lock"),
            pytest.raises(CollectionError, match=r"held by another process, which is writing .*: wait for it to end"),
        ):
            store.papers.put([TEA], now=NOW)
        assert store.papers.put([TEA], now=NOW).new == 1


def test_a_second_writer_is_served_when_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path, timeout=30) as store:
        go, done = threading.Event(), threading.Event()

        def hold() -> None:
            with held(tmp_path / "store.db.lock"):
                go.set()
                done.wait(0.2)

        thread = threading.Thread(target=hold)
        thread.start()
        go.wait()
        assert store.papers.put([TEA], now=NOW).new == 1
        thread.join()


def test_a_stranger_who_writes_is_waited_for_too(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path, timeout=0.1) as store:
        stranger = sqlite3.connect(path, isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(CollectionError, match="is being written by another process: wait"):
            store.papers.put([TEA], now=NOW)
        assert store.papers.count() == 0
        stranger.close()


def test_a_full_disk_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put(many(50), now=NOW)
        with store.reading() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(CollectionError, match="the disk is full: free some space and run the command again"):
            store.papers.put(many(5_000), now=NOW)
        kept = store.papers.count()
        assert kept >= 50
        with store.reading() as db:
            db.execute("PRAGMA max_page_count = 1000000")
        store.papers.put(many(500), now=NOW)
        assert store.papers.count() == 500
    assert sound(path)


LIMITED = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from broadsheet.core.errors import CollectionError
from broadsheet.store import Store
from broadsheet.core.types import Document
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
documents = (Document(id=f"a:{n}", title="On Tea", text="Leaves. " * 50) for n in range(20_000))
try:
    with Store.open(Path(sys.argv[1])) as store:
        store.papers.put(documents, now=datetime.now(UTC))
except CollectionError as error:
    print(error)
"""


def test_a_file_that_may_not_grow_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.papers.put([TEA], now=NOW)
    done = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True)
    assert "the disk is full" in done.stdout, done.stderr
    assert done.stdout.count("\n") == 1
    assert sound(path)
    with Store.open(path) as store:
        assert store.papers.get(TEA.id) == TEA
        assert store.papers.put(many(20), now=NOW).bad == ()


LOCKED_OUT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import broadsheet.locks
from broadsheet.core.errors import CollectionError
from broadsheet.store import Store
if os.geteuid() == 0:
    os.setuid(65534)
for path in map(Path, sys.argv[1:]):
    try:
        with Store.open(path) as store:
            store.journal.set_fact("a", 1)
    except CollectionError as error:
        print(error)
with Store.open(Path(sys.argv[1]), read_only=True) as store:
    print(store.papers.count())
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_read_only_folder_can_be_read(open_folder: Path) -> None:
    path = open_folder / "store.db"
    with Store.open(path) as store:
        store.papers.put([TEA], now=NOW)
    for file in open_folder.iterdir():
        file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    before = path.read_bytes()
    open_folder.chmod(0o555)
    command = [sys.executable, "-c", LOCKED_OUT, path, open_folder / "absent" / "store.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    present, absent, count = done.stdout.splitlines()
    assert "may not be written: check the permissions of the file and its folder" in present
    assert "cannot be used: Permission denied; check its folder" in absent
    assert count == "1"
    assert path.read_bytes() == before


def test_a_rush_of_readers_leaves_few_connections_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[sqlite3.Connection] = []
    with Store.open(tmp_path / "store.db") as store:
        connect = store._connect
        monkeypatch.setattr(store, "_connect", lambda: made.append(connect()) or made[-1])
        with ExitStack() as rush:
            for _ in range(30):
                rush.enter_context(store.reading())
        assert sum(map(is_open, made)) <= database._MOST_IDLE
        with store.reading() as db:
            assert is_open(db)
            assert db.execute("PRAGMA cache_size").fetchone() == (-database._PAGES,)
    assert not any(map(is_open, made))


def is_open(db: sqlite3.Connection) -> bool:
    try:
        db.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def test_a_backup_is_of_one_instant_while_a_writer_works(tmp_path: Path) -> None:
    path, target = tmp_path / "store.db", tmp_path / "backups" / "one.db"
    with Store.open(path) as store:
        store.papers.put(many(200), now=NOW)
        stop = threading.Event()

        def write() -> None:
            votes = 0
            while not stop.is_set():
                votes += 1
                store.papers.put([replace(d, votes=votes) for d in many(100)], now=NOW)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            while store.papers.last_change() < 500:
                stop.wait(0.01)
            store.backup(target)
        finally:
            stop.set()
            thread.join()
        assert store.papers.last_change() > 500
    assert sound(target)
    assert [p.name for p in target.parent.iterdir()] == ["one.db"]
    with Store.open(target) as copy:
        assert copy.papers.count() == 200
        assert len(copy.papers.changes(0)) == 200
        with pytest.raises(CollectionError, match="exists already: choose another name"):
            copy.backup(target)
        assert copy.papers.put([TEA], now=NOW).new == 1


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_store_and_its_copies_are_for_their_owner_alone(tmp_path: Path) -> None:
    path, before = tmp_path / "store.db", os.umask(0o022)
    try:
        with Store.open(path) as store:
            store.papers.put([TEA], now=NOW)
            store.backup(tmp_path / "copy.db")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert {"store.db", "store.db-wal", "copy.db"} <= set(modes)
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_mode_that_somebody_chose_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(path).close()
    path.chmod(0o640)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
