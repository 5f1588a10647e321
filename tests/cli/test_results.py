"""The commands of results: what was measured goes out, comes in, and is listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import results
from broadsheet.cli.app import run
from door_kit import usage
from suite_kit import pairs_set, search_set, stand_alone


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_alone(monkeypatch, tmp_path)
    search_set(tmp_path / "own")
    return tmp_path


def test_out_and_in_again(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "own", "--encoder", "hash", "--results", "lab.sqlite"]) == 0
    assert run(["results", "export", "out"]) == 0
    assert {"own.qrels", "hash", "bm25", "random", "bow"} <= {path.name for path in (place / "out").iterdir()}
    assert {path.name for path in (place / "out" / "hash").iterdir()} == {"own.json", "own.tsv", "own.run"}
    assert run(["results", "import", "own", "out/bm25/own.run", "--name", "theirs"]) == 0
    capfd.readouterr()
    assert run(["results", "list", "--json"]) == 0
    listed = {each["subject"]: each for each in json.loads(capfd.readouterr().out)}
    assert listed["theirs"]["subject_key"].startswith("imported:")
    assert listed["theirs"]["ended"]
    assert run(["evaluate", "--again", "--json"]) == 0
    values = {each["subject"]: each for each in json.loads(capfd.readouterr().out)["values"] if each["main"]}
    assert values["theirs"]["value"] == values["bm25"]["value"]
    assert run(["compare", "hash", "theirs"]) == 0
    assert run(["results", "list"]) == 0
    assert "theirs" in capfd.readouterr().out


def test_what_cannot_go_out_or_come_in_is_said(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pairs_set(place / "pairs")
    (place / "file").write_text("nonsense\n")
    for command, code, words in [
        (["results", "export", "out"], 3, "no results yet"),
        (["results", "import", "own", "nowhere.run"], 3, "nowhere.run is not there"),
        (["results", "import", "own", "file"], 4, "neither a TREC run"),
        (["results", "import", "nowhere", "file"], 3, "neither a set"),
    ]:
        assert run(command) == code
        assert words in capfd.readouterr().err


def test_their_usage_stays() -> None:
    assert usage(results.export) >= {"--results", "--cache", "--data"}
    assert usage(results.import_) >= {"--name", "--results"}
