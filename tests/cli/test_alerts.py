"""The command tried: an alert on past days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import alerts as commands
from broadsheet.cli.app import run
from door_kit import usage
from site_kit import made


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("synced")
    made(path).close()
    return str(path)


def test_an_alert_is_tried(synced: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["tried", "tide tables, not about herbarium sheets", "--least", "0.3", "--days", "40", "--data", synced]
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "not about herbarium sheets" in shown
    assert "This would have sent 1.0 papers a day: 30 of 31\n" in shown
    assert "It asks for a cosine of 0.30 or more, with no papers on 1 of the days." in shown
    assert "One step stricter, a cosine of 0.35 or more: " in shown
    assert shown.index("2025-01-30") < shown.index("2025-01-29"), "newest first"
    assert run([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["alert"] == found["query"]
    assert (found["query"], found["without"]) == ("tide tables", ["herbarium sheets"])
    assert (found["rate"]["papers"], found["rate"]["silent"], found["last"]) == (30, 1, "2026-09-30")
    assert len(found["newest"]) == 10
    assert run(["tried", "author:", "--least", "2", "--data", synced]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_its_usage_stays() -> None:
    assert usage(commands.try_alert) == {"--data", "--days", "--json", "--least", "--without", "QUERY"}
