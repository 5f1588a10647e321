"""Fixtures of the command line: a Collection's folder, and a caller of commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli.app import run
from cli_kit import ONE, PAPERS, Call


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Collection's folder that asks for the hash encoder, and a file of papers beside it."""
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(folder))
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    """Runs a command line; gives its exit code and what it printed on both streams."""

    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(arguments)
        return code, *capfd.readouterr()

    return command


@pytest.fixture
def filled(call: Call) -> Call:
    """The caller, once the papers are in and can be found."""
    assert call("ingest", "jsonl:papers.jsonl", "--sync")[0] == 0
    return call


@pytest.fixture
def followed(home: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The caller in a folder with a file of one paper, which is followed."""
    (home / "broadsheet.toml").write_text('encoder = "hash"\nport = 0\nfetch_hours = 1\nlog = "json"\n')
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "papers.jsonl").write_text(json.dumps(ONE) + "\n")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COLUMNS", "200")
    assert call("sources", "add", "jsonl:papers.jsonl")[0] == 0
    return call
