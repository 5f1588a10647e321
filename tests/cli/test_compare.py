"""The command compare: paired, item by item, ending in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import compare as commands
from broadsheet.cli.app import run
from door_kit import usage
from suite_kit import pairs_set, stand_alone


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_alone(monkeypatch, tmp_path)
    pairs_set(tmp_path / "own")
    return tmp_path


COMMAND = ["compare", "hash", "hash:8", "--cache", "vectors"]


def test_what_is_not_known_is_measured_and_the_last_line_is_the_answer(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*COMMAND, "own"]) == 0
    last = capfd.readouterr().out.strip().splitlines()[-1]
    assert "hash" in last
    assert "hash:8" in last
    assert last.endswith(".")
    assert run([*COMMAND, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["sentence"] == last
    assert [each["set"] for each in found["sets"]] == ["own-pairs"]
    assert found["sets"][0]["low"] <= found["gain"] <= found["sets"][0]["high"]


def test_what_cannot_be_compared_is_said(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*COMMAND]) == 3
    assert "broadsheet compare hash hash:8 SET" in capfd.readouterr().err
    assert run(["compare", "hash", "hash", "own"]) == 2
    assert "with itself" in capfd.readouterr().err
    assert run([*COMMAND, "nowhere"]) == 3
    assert "neither a set" in capfd.readouterr().err


def test_its_usage_stays() -> None:
    assert usage(commands.compare) >= {"--suite", "--margin", "--seed", "--results", "--json"}
