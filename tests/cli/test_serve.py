"""fetch, run, jobs, verify, upgrade, backup and restore, export and import, as somebody types them."""

from __future__ import annotations

import http.client
import json
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.cli.app import run
from broadsheet.locks import attempted

PAPERS = [{"id": "m1", "title": "Bees that count flowers", "abstract": "Bees were trained to count."}]
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Collection's folder that asks for the hash encoder, and a file of papers beside it."""
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\nport = 0\nfetch_hours = 1\nlog = "json"\n')
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(arguments)
        return code, *capfd.readouterr()

    return command


@pytest.fixture
def followed(call: Call) -> Call:
    assert call("sources", "add", "jsonl:papers.jsonl")[0] == 0
    return call


def test_fetch_reads_and_syncs(followed: Call) -> None:
    code, out, err = followed("fetch")
    assert (code, err) == (0, "")
    assert "fetch: 1 new and 0 changed papers from 1 of 1 sources" in out
    assert "sync: 1 papers indexed, 1 encoded, 0 taken out" in out
    assert "Bees" in followed("search", "bees")[1]


def test_fetch_without_sync_and_without_sources(followed: Call, home: Path) -> None:
    assert "sync:" not in followed("fetch", "--no-sync")[1]
    followed("sources", "remove", "jsonl:papers.jsonl")
    code, _, err = followed("fetch")
    assert code == 3
    assert "no source is followed: `broadsheet sources add SOURCE` first" in err


def test_a_source_that_fails_gives_the_exit_code_and_the_rest_is_synced(followed: Call) -> None:
    followed("sources", "add", "jsonl:absent.jsonl")
    code, out, err = followed("fetch")
    assert code == 4
    assert err.count("\n") == 1
    assert "from 1 of 2 sources; failed: jsonl:absent.jsonl: File not found" in err
    assert "sync: 1 papers indexed" in out
    code, out, _ = followed("jobs", "--json")
    told = {each["job"]: each for each in json.loads(out)}
    assert "absent" in told["fetch"]["error"]
    assert told["sync"]["well"]
    assert told["trending"]["started"] is None
    assert "jobs" in followed("status")[1]


def test_a_second_fetch_says_that_the_first_is_at_it(followed: Call, home: Path) -> None:
    with attempted(home / "cache" / "jobs" / "fetch.lock") as ours:
        assert ours
        code, out, err = followed("fetch", "--no-sync")
    assert (code, out) == (0, "")
    assert "fetch: another process is at it; nothing is done here." in err
    assert followed("fetch")[0] == 0


def test_jobs(followed: Call) -> None:
    assert "nothing can be learned before the first sync" in followed("jobs", "trending")[1]
    assert re.search(r"fetch +1 h +never", followed("jobs")[1])
    code, _, err = followed("jobs", "fetsh")
    assert code == 3
    assert "Did you mean fetch?" in err


def test_verify_says_what_is_wrong_and_what_to_do(followed: Call, home: Path) -> None:
    followed("fetch")
    assert followed("verify", "--all")[0] == 0
    db = sqlite3.connect(home / "store.db")
    db.execute("UPDATE documents SET title = 'no' WHERE deleted = 0")
    db.commit()
    db.close()
    code, out, _ = followed("verify", "--json")
    assert code == 1
    found = {each["name"]: each for each in json.loads(out)}
    assert found["tables"]["level"] == "fail"
    assert "broadsheet verify --mend" in found["tables"]["advice"]
    code, _, err = followed("verify", "--mend")
    assert code == 0
    assert "1 papers were filed anew; run `broadsheet sync`." in err


def test_upgrade(followed: Call) -> None:
    code, _, err = followed("upgrade")
    assert code == 0
    assert "the newest there is" in err


def test_backup_and_restore(followed: Call, home: Path) -> None:
    followed("fetch")
    assert followed("backup", "../b")[0] == 0
    code, _, err = followed("restore", "../b")
    assert code == 0
    assert "1 papers are back. The Store that was there is in" in " ".join(err.split())
    assert "Nothing is mailed until you say `broadsheet digest resume`" in " ".join(err.split())
    assert followed("restore", "../nothing")[0] == 3


@pytest.fixture(autouse=True)
def _away(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "papers.jsonl").write_bytes((tmp_path / "papers.jsonl").read_bytes())
    monkeypatch.chdir(tmp_path / "work")


def test_everything_out_and_in(followed: Call, tmp_path: Path) -> None:
    followed("fetch")
    code, _, err = followed("export", "--all", "all.jsonl")
    assert code == 0
    assert "1 records of papers and all else written to all.jsonl." in err
    assert stat.S_IMODE(Path("all.jsonl").stat().st_mode) == 0o600
    assert followed("export", "--with-secret", "-")[0] == 2
    assert followed("import", "all.jsonl", "--data", "../new")[0] == 2
    code, _, err = followed("import", "--all", "all.jsonl", "--data", "../new")
    assert code == 0
    assert "1 papers and 0 people are in" in err
    assert followed("import", "--all", "absent.jsonl")[0] == 3
    assert "secret" not in Path("all.jsonl").read_text()
    followed("export", "--all", "--with-secret", "secret.jsonl")
    assert '"secret":"' in Path("secret.jsonl").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_run_serves_fetches_and_stops_in_order(followed: Call, home: Path) -> None:
    command = [sys.executable, "-c", "from broadsheet.cli import main; main()", "run"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        host, port = said.split("http://")[1].split(" ")[0].split(":")
        lines = []
        while "sync" not in {each.get("said", "").split(" ")[0] for each in lines}:
            lines.append(json.loads(process.stderr.readline()))  # every line of the log is JSON
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", "/metrics")
        assert b'broadsheet_job_failed{job="fetch"} 0' in connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    lines += [json.loads(line) for line in err.splitlines()]
    assert [each for each in lines if each["level"] != "info"] == []
    assert any("1 new and 0 changed papers from 1 of 1 sources" in each["said"] for each in lines)
    assert "of" in followed("jobs")[1]
    assert followed("verify")[0] == 0
