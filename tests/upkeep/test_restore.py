"""A backup comes back whole, what must not be forgotten is kept, and nothing is sent until somebody says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.search.hybrid import search
from broadsheet.sync import sync
from broadsheet.upkeep.backup import backup
from broadsheet.upkeep.restore import restore

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
OLD = (Document(id="a:1", title="Sorting Tea", text="Leaves by shape.", source="s"),
       Document(id="a:2", title="Milk and Its Skin", text="Why milk has one.", source="s"))  # fmt: skip
NEW = (Document(id="a:3", title="Cups of Porcelain", text="They ring.", source="s"),
       Document(id="a:1", title="Sorting Tea Again", text="Leaves by colour.", source="s"))  # fmt: skip


def run(collection: Collection, sql: str, *values: object) -> None:
    with collection.store.writing() as db:
        db.execute(sql, values)


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(folder / "store.db")
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def deliver(collection: Collection, period: str, person: int, state: str, *, at: datetime = NOW) -> None:
    sql = "INSERT OR REPLACE INTO deliveries (period, person, address, state, due, changed) VALUES (?, ?, ?, ?, ?, ?)"
    run(collection, sql, period, person, f"p{person}@example.org", state, NOW.isoformat(), at.isoformat())


def subscribe(collection: Collection, person: int) -> None:
    sql = "INSERT INTO subscriptions VALUES (?, 'daily', 'UTC', 7, 10, 'fair', 'skip', 'general', ?, NULL)"
    run(collection, sql, person, NOW.isoformat())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Collection with three subscribers that was backed up, and lived on for three days."""
    with open_collection(tmp_path / "c", encoder="hash") as collection:
        store = collection.store
        store.papers.put(OLD, now=NOW)
        sync(collection)
        store.people.secret()
        for number in (1, 2, 3):
            subscribe(collection, store.people.add(f"p{number}@example.org", "reader", now=NOW).number)
            store.people.begin_session(f"session {number}", number, now=NOW, ends=LATER + timedelta(days=9))
        store.people.add_token("token 1", 1, "mine", writes=False, now=NOW)
        deliver(collection, "2026-03-01", 1, "sent")
        deliver(collection, "2026-03-02", 1, "sending")
        deliver(collection, "2026-03-02", 2, "planned")
        backup(collection, tmp_path / "b")
        live_on(collection)
    return tmp_path / "c"


def live_on(collection: Collection) -> None:
    store = collection.store
    store.papers.put(NEW, now=LATER)
    sync(collection)
    deliver(collection, "2026-03-02", 1, "sent", at=LATER)
    deliver(collection, "2026-03-03", 1, "sending", at=LATER)
    deliver(collection, "2026-03-04", 1, "planned", at=LATER)
    run(collection, "INSERT INTO suppressions VALUES ('p3@example.org', 'bounce', '5.1.1', ?)", LATER.isoformat())
    run(collection, "UPDATE subscriptions SET ended = ? WHERE person = 2", LATER.isoformat())
    store.people.end_session("session 2")
    store.people.remove_token(1, 1)
    store.people.renew(1)
    assert store.people.use_link("once", ends=LATER + timedelta(days=9), now=LATER)
    store.people.add("p4@example.org", "reader", now=LATER)


def test_the_backup_is_back_and_what_was_sent_is_not_forgotten(folder: Path) -> None:
    with open_collection(folder) as collection:
        secret = collection.store.people.secret()
    done = restore(folder.parent / "b", folder, now=LATER)
    assert done.papers == 2
    assert done.carried
    assert (done.carried.same_line, done.carried.secret) == (True, "same")
    with open_collection(folder) as collection:
        store = collection.store
        assert store.papers.get("a:1") == OLD[0]
        assert store.papers.get("a:3") is None
        assert store.people.secret() == secret
        assert store.journal.fact("mail.paused") == LATER.isoformat()
        assert store.people.use_link("once", ends=LATER + timedelta(days=9), now=LATER) is False
        assert store.people.session("session 1", now=LATER) is not None
        assert store.people.session("session 2", now=LATER) is None
        assert store.people.token("token 1") is None
        assert store.people.add("p5@example.org", "reader", now=LATER).number == 5, "no number is given twice"
    assert rows(folder, "SELECT period, person, state FROM deliveries ORDER BY 1, 2") == [
        ("2026-03-01", 1, "sent"),
        ("2026-03-02", 1, "sent"),
        ("2026-03-02", 2, "planned"),
        ("2026-03-03", 1, "doubtful"),
    ]
    assert rows(folder, "SELECT address FROM suppressions") == [("p3@example.org",)]
    assert rows(folder, "SELECT person FROM subscriptions WHERE ended IS NULL ORDER BY 1") == [(1,), (3,)]
    assert rows(folder, "SELECT renewals FROM people WHERE person = 1") == [(1,)]


def test_the_former_store_is_kept_aside(folder: Path) -> None:
    done = restore(folder.parent / "b", folder, now=LATER)
    assert done.aside == folder / "store.db.before-restore-20260305T060000"
    db = sqlite3.connect(done.aside)
    assert db.execute("SELECT count(*) FROM documents WHERE deleted = 0").fetchone() == (3,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    assert not (folder / "restore.part").exists()


def test_lexicon_and_space_follow_at_the_next_sync_and_encode_only_what_differs(folder: Path) -> None:
    restore(folder.parent / "b", folder, now=LATER)
    with open_collection(folder) as collection:
        done = sync(collection)
        assert (done.encoded, done.kept) == (1, 1), "a:1 has its former text again; a:2 never changed"
        assert collection.space.snapshot().count == collection.lexicon.count == 2
        assert [each.document.id for each in search(collection, "porcelain cups that ring", k=5).items] != ["a:3"]
        collection.store.papers.put(NEW, now=LATER)
        assert sync(collection).encoded == 2
        assert collection.store.papers.number("a:3") == 3, "a paper gets its number back"


def test_into_an_empty_folder_with_models_and_settings(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b" / "models" / "mine").mkdir(parents=True)
    (tmp_path / "b" / "models" / "mine" / "weights").write_bytes(b"123")
    (tmp_path / "b" / "broadsheet.toml").write_text("port = 9000\n")
    done = restore(tmp_path / "b" / "store.db", tmp_path / "new", now=LATER)
    assert (done.carried, done.aside, done.lost, done.added) == (None, None, "", ("mine",))
    assert (tmp_path / "new" / "models" / "mine" / "weights").read_bytes() == b"123"
    assert (tmp_path / "new" / "broadsheet.toml").read_text() == "port = 9000\n"
    (tmp_path / "new" / "models" / "mine" / "weights").write_bytes(b"456")
    (tmp_path / "new" / "broadsheet.toml").write_text("port = 9001\n")
    done = restore(tmp_path / "b", tmp_path / "new", now=LATER)
    assert (done.added, done.differ) == ((), ("mine",))
    assert (tmp_path / "new" / "broadsheet.toml").read_text() == "port = 9001\n"
    with open_collection(tmp_path / "new") as collection:
        assert collection.store.journal.fact("mail.paused")
        assert collection.store.papers.count() == 2


def test_a_damaged_store_is_put_aside_as_it_is(folder: Path) -> None:
    (folder / "store.db").write_bytes(b"This was a Store once. " * 500)
    done = restore(folder.parent / "b", folder, now=LATER)
    assert done.carried is None
    assert "is not an SQLite file" in done.lost
    assert done.aside
    assert done.aside.read_bytes().startswith(b"This was")
    assert not (folder / "spaces").exists(), "nobody knows what it was of"
    with open_collection(folder) as collection:
        assert sync(collection).encoded == 2


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A backup of another instance, with another secret and another paper of the same number."""
    with open_collection(tmp_path / "stranger", encoder="hash") as collection:
        collection.store.papers.put([Document(id="x:1", title="Elsewhere", source="s")], now=NOW)
        collection.store.people.secret()
        for number in (9, 1):
            collection.store.people.add(f"p{number}@example.org", "reader", now=NOW)
        subscribe(collection, 2)
        return backup(collection, tmp_path / "theirs")


def test_the_backup_of_another_instance(folder: Path, stranger: Path) -> None:
    with open_collection(folder) as collection:
        former = collection.store.people.secret()
    done = restore(stranger, folder, now=LATER)
    assert done.carried
    assert (done.carried.same_line, done.carried.secret) == (False, "former"), "only the former one had sent mail"
    assert not (folder / "spaces").exists()
    with open_collection(folder) as collection:
        assert collection.store.people.secret() == former
        assert collection.store.papers.count() == 1
    sent = "SELECT period, person, address FROM deliveries WHERE state = 'sent' ORDER BY 1"
    assert rows(folder, sent) == [("2026-03-01", 2, "p1@example.org"), ("2026-03-02", 2, "p1@example.org")]
    assert rows(folder, "SELECT address FROM suppressions") == [("p3@example.org",)]


def test_links_of_a_backup_that_has_sent_mail_go_on_working(folder: Path, stranger: Path, tmp_path: Path) -> None:
    with open_collection(tmp_path / "stranger") as new:
        fresh = new.store.people.secret()
    with open_collection(folder) as collection:
        signed = collection.store.people.secret()
    done = restore(folder.parent / "b", tmp_path / "stranger", now=LATER)
    assert done.carried
    assert done.carried.secret == "backup"
    with open_collection(tmp_path / "stranger") as collection:
        assert collection.store.people.secret() == signed != fresh


def test_it_refuses_what_it_cannot_do(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "store.db").read_bytes()
    with pytest.raises(NotFoundError, match=r"no backup in .*absent: expected a folder"):
        restore(tmp_path / "absent", folder, now=LATER)
    with pytest.raises(UsageError, match="is the Store of this Collection itself"):
        restore(folder, folder, now=LATER)
    with (
        open_collection(folder),
        pytest.raises(CollectionError, match="is open in another process, perhaps a server: stop it"),
    ):
        restore(tmp_path / "b", folder, now=LATER, timeout=0.05)
    (tmp_path / "letter.db").write_text("Dear aunt, " * 500)
    with pytest.raises(CollectionError, match="is not an SQLite file"):
        restore(tmp_path / "letter.db", folder, now=LATER)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000))
        with pytest.raises(
            CollectionError, match="free some space and run the command again; nothing has been changed"
        ):
            restore(tmp_path / "b", folder, now=LATER)
    assert (folder / "store.db").read_bytes() == before
    assert [path.name for path in folder.iterdir() if "before" in path.name or "part" in path.name] == []


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_who_could_not_read_the_former_store_cannot_read_the_new_one(folder: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o700
    (folder / "store.db").chmod(0o600)
    restore(tmp_path / "b", folder, now=LATER)
    assert stat.S_IMODE((folder / "store.db").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the superuser can give files away")
def test_what_the_superuser_restores_belongs_to_the_service(folder: Path, tmp_path: Path) -> None:
    os.chown(folder, 12_345, 12_345)
    restore(tmp_path / "b", folder, now=LATER)
    files = [path for path in folder.iterdir() if path.name.startswith("store.db")]
    assert len(files) == 4
    assert {path.stat().st_uid for path in files} == {12_345}


KILLED = """
import os, shutil, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from broadsheet.upkeep.restore import restore
from broadsheet.store import Store

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect", "fcntl.flock", "shutil.copyfile"}
backup, kept, folder = map(Path, sys.argv[1:])

def in_child(last):
    left = last
    def count(event, arguments):
        nonlocal left
        left -= event in STEPS
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    restore(backup, folder, now=datetime.now(UTC))
    os._exit(0)

step, status = 0, 1
while status:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    if not (child := os.fork()):
        in_child(step)
    status = os.waitpid(child, 0)[1]
    with Store.open(folder / "store.db") as store, store.reading() as db:
        sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        paused, papers = bool(store.journal.fact("mail.paused")), store.papers
        print(step, paused, papers.count(), papers.get("a:1").title, sound, sep=";", flush=True)
    step += 1
"""


def test_killed_at_every_step_it_leaves_the_old_or_the_new(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "b"), str(folder), str(tmp_path / "tried")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [tuple(line.split(";")[1:]) for line in told]
    before, after = ("False", "3", "Sorting Tea Again", "True"), ("True", "2", "Sorting Tea", "True")
    assert set(found) == {before, after}
    assert found == sorted(found), "once it is the new one it stays so"
    assert len(found) > 20


def test_a_lost_store_proves_nothing_and_what_was_made_from_it_is_made_again(folder: Path) -> None:
    for file in folder.glob("store.db*"):
        file.unlink()
    (folder / "store.db").touch()
    with pytest.raises(CollectionError, match=r"lost or replaced\. Run `broadsheet restore BACKUP`"):
        open_collection(folder)
    done = restore(folder.parent / "b", folder, now=LATER)
    assert done.carried
    assert not done.carried.same_line
    assert rows(folder, "SELECT count(*) FROM sessions") == [(3,)], "nobody was locked out since"
    assert rows(folder, "SELECT count(*) FROM tokens") == [(1,)]
    with open_collection(folder) as collection:
        assert sync(collection).indexed == len(OLD)
        assert search(collection, "tea").items[0].document.title == "Sorting Tea"


def test_an_older_store_put_in_place_by_hand_can_still_be_replaced(folder: Path, tmp_path: Path) -> None:
    with open_collection(folder) as collection:
        papers = [Document(id=f"z:{n}", title=f"Spoon {n}", source="s") for n in range(9)]
        collection.store.papers.put(papers, now=LATER)
        backup(collection, tmp_path / "newer")
        sync(collection)
    for file in folder.glob("store.db*"):
        file.unlink()
    shutil.copy(tmp_path / "b" / "store.db", folder / "store.db")
    with open_collection(folder) as collection, pytest.raises(CollectionError, match="was lost or replaced"):
        sync(collection)
    restore(tmp_path / "newer", folder, now=LATER)
    with open_collection(folder) as collection:
        sync(collection)
        assert collection.lexicon.count == collection.space.snapshot().count == collection.store.papers.count()
        assert search(collection, "spoon 7").items[0].document.id == "z:7"
