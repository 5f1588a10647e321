"""Several processes at one Store: killed at any instant nothing is lost, and readers never see half a thing."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import made_ingest
from broadsheet.store import Store

pytestmark = pytest.mark.xdist_group("timed")

DOCUMENTS = 400
KILLS = 12
READ = """
import sys
from pathlib import Path
from broadsheet.store import Store

seen = 0
with Store.open(Path(sys.argv[1]), read_only=True) as store:
    while seen < int(sys.argv[2]):
        changes = store.papers.changes(0, limit=10_000)
        assert len(changes) >= seen, (len(changes), seen)
        assert len({c.number for c in changes}) == len(changes)
        for change in changes[seen:]:
            number = change.document.id.removeprefix("a:")
            assert change.document.title == f"Paper {number}"
            assert store.papers.number(f"acl:{number}") == change.number
        seen = len(changes)
print("read", seen)
"""


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def start_ingest(path: Path, votes: int) -> subprocess.Popen[str]:
    return start(made_ingest.__file__, path, DOCUMENTS, votes)


def told(process: subprocess.Popen[str]) -> list[str]:
    """All lines a process wrote by its end."""
    out, err = process.communicate(timeout=120)
    assert process.returncode in (0, -9), err
    return out.splitlines()


def check(path: Path, votes: int, reported: int, numbers: dict[str, int]) -> None:
    """What a killed run must leave: everything it reported, everything from before, each thing once and whole."""
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()
    with Store.open(path) as store:
        changes = store.papers.changes(0, limit=10_000)
        documents = [c.document for c in changes if c.document]
        assert len(documents) == len({d.id for d in documents}) == len(changes) == store.papers.count()
        assert {d.votes for d in documents} <= {votes, votes - 1}
        fresh = [d.id for d in documents if d.votes == votes]
        assert len(fresh) >= reported, "a reported document was lost"
        assert fresh == [f"a:{n}" for n in range(len(fresh))]
        now = store.papers.numbers([d.id for d in documents])
        assert now | numbers == now, "a document was lost or got another number"
        numbers.update(now)
        assert all(store.papers.number(f"acl:{d.id.removeprefix('a:')}") == numbers[d.id] for d in documents[::25])


def test_killed_at_random_moments_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    numbers: dict[str, int] = {}
    chance, killed, votes = random.Random(), 0, 0
    while killed < KILLS:
        votes += 1
        assert votes < 4 * KILLS, "most runs ended before they could be killed"
        process = start_ingest(path, votes)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.random() * 0.2)
        process.kill()
        counted = [int(line) for line in told(process) if line.isdigit()]
        killed += process.returncode == -9
        check(path, votes, max(counted, default=0), numbers)
        rest = made_ingest.run(path, DOCUMENTS, votes, lambda _: None)
        assert rest.new + rest.changed + rest.same == DOCUMENTS
        check(path, votes, DOCUMENTS, numbers)


def test_readers_in_other_processes_see_only_whole_commits(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store.open(path).close()
    readers = [start("-c", READ, path, DOCUMENTS) for _ in range(2)]
    writers = [start_ingest(path, 1) for _ in range(2)]
    ended = [told(writer)[-1].split() for writer in writers]
    assert sum(int(line[1]) for line in ended) == DOCUMENTS, "two writers of the same documents make each once"
    for reader in readers:
        assert told(reader) == [f"read {DOCUMENTS}"]
    check(path, 1, DOCUMENTS, {})
