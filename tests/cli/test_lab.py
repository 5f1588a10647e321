"""Results on the terminal: which file they are in, warnings once, numbers that are missing left empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.cli import lab
from broadsheet.cli.app import run
from broadsheet.collection import open_collection
from broadsheet.lab.runs import NAME
from suite_kit import pairs_set


def test_the_file_is_in_the_collection_if_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with lab.runs_of(None, tmp_path / "c") as runs:
        assert runs.path == Path(NAME)
    open_collection(tmp_path / "c", encoder="hash").close()
    with lab.runs_of(None, tmp_path / "c") as runs:
        assert runs.path == tmp_path / "c" / NAME
    with lab.runs_of(tmp_path / "own.sqlite", tmp_path / "c") as runs:
        assert runs.path == tmp_path / "own.sqlite"


def test_two_kinds_make_a_leaderboard_and_a_warning_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    pairs_set(tmp_path / "one", name="one")
    pairs_set(tmp_path / "two", name="two")
    assert run(["evaluate", "one", "two", "--encoder", "hash"]) == 0
    shown = capfd.readouterr()
    assert "documents/s" in shown.out
    assert shown.err.count("Only 8 items") == 1
    assert "(one, two)" in shown.err
    assert "5 W a core" in shown.err
