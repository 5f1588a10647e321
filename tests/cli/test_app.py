"""The command line from beginning to end: its exit codes and its one-line errors, and how it is interrupted."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.cli.app import EXIT_CODES, run
from broadsheet.core.errors import BroadsheetError
from cli_kit import Call, started


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["serch", "x"], 2, "Did you mean search"),
        (["search"], 2, "type some words"),
        (["search", "x", "--mode", "lexicl"], 2, "Did you mean lexical"),
        (["search", "x", "--since", "never"], 2, "2024-05-31"),
        (["search", "x", "--data", "nowhere"], 5, "no Collection in nowhere"),
        (["ingest", "jsnl:papers.jsonl"], 2, "Did you mean jsonl"),
        (["ingest", "jsonl:paper.jsonl"], 4, "papers.jsonl"),
        (["sources", "add", "arxiv:cs.IRX"], 2, "arxiv:cs.IR"),
        (["sources", "remove", "arxiv:cs.IR"], 3, "not followed"),
        (["show", "made:9"], 3, "broadsheet search"),
        (["show", "hives stress"], 3, "Hives under stress"),
        (["evaluate", "papers", "--encoder", "minilmm"], 2, "Did you mean minilm"),
        (["evaluate", "nowhere", "--encoder", "hash"], 3, "nowhere"),
        (["distil", "--encoder", "hash"], 2, "expected minilm"),
        (["shelf", "--add", "--remove"], 2, "choose one"),
    ],
)
def test_errors_are_one_line_with_a_way_out(filled: Call, arguments: list[str], code: int, words: str) -> None:
    got, _, err = filled(*arguments)
    assert (got, words in err) == (code, True), err
    assert err.startswith("broadsheet: ")
    assert err.count("\n") == 1
    assert code in EXIT_CODES


def test_debug_shows_where_an_error_came_from(call: Call) -> None:
    assert "Traceback" not in call("show", "x")[2]
    assert "Traceback" in call("show", "x", "--debug")[2]


def test_a_newer_collection_is_left_alone(filled: Call, home: Path) -> None:
    with sqlite3.connect(home / "store.db") as db:
        db.execute("PRAGMA user_version = 999")
    for arguments in (["search", "bees"], ["ingest", "jsonl:papers.jsonl"], ["status"]):
        code, _, err = filled(*arguments)
        assert (code, "newer Broadsheet" in err, err.count("\n")) == (5, True, 1)
    code, out, _ = filled("doctor")
    assert (code, "newer Broadsheet" in out) == (1, True)


def test_interrupted_at_work(call: Call, tmp_path: Path) -> None:
    """Ctrl-C while an export waits for its reader."""
    long = [{"title": f"Paper {n}", "abstract": f"{n} " * 500} for n in range(300)]
    (tmp_path / "long.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in long))
    call("ingest", "jsonl:long.jsonl")
    with started("export") as process:
        assert process.stdout
        process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().count("\n") == 1
    assert "interrupted" in err.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(filled: Call) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "from broadsheet.cli import main; main()", "export"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, b"the disk is full" in done.stderr, done.stderr.count(b"\n")) == (5, True, 1)


def test_the_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    kinds, todo = set[int](), [BroadsheetError]
    while todo:
        kind = todo.pop()
        kinds.add(kind.exit_code)
        todo += kind.__subclasses__()
    assert kinds <= set(EXIT_CODES)
    assert run(["--help"]) == 0
    _, _, shown = capsys.readouterr().out.partition("Exit codes:\n")
    assert [int(line.split()[0]) for line in shown.splitlines()] == list(EXIT_CODES)


def test_a_command_that_is_not_named_shows_the_help_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, line in (([], "search Find papers"), (["people"], "invite Allow an address to sign in.")):
        assert run(arguments) == 2
        assert any(" ".join(each.split()).startswith(line) for each in capsys.readouterr().err.splitlines())


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("\n".join(json.dumps({"title": f"Paper {n}", "id": n}) for n in range(5_000)))
    data = ["--data", str(tmp_path / "c")]
    assert run(["ingest", str(tmp_path / "many.jsonl"), *data]) == 0
    with started("export", *data) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(), process.stderr.read()) == (0, b"")
