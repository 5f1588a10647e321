"""The commands feed and apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import day as commands
from broadsheet.cli.app import run
from door_kit import usage
from site_kit import made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("cli")
    made(path, synced=False).close()
    return str(path)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("synced")
    made(path).close()
    return str(path)


def test_feed_shows_a_day(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feed", "2026-09-30", "--data", folder]) == 0
    shown = capsys.readouterr()
    assert "Sorting Herbarium Sheets" in shown.out
    assert "12 votes" in shown.out
    assert "2025-01-30 (before)" in shown.err


def test_feed_as_json(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feed", "2025-01", "--sort", "newest", "-k", "3", "--json", "--data", folder]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["period"], found["total"], found["more"]) == ("2025-01", 30, True)
    assert [item["day"] for item in found["items"]] == ["2025-01-30", "2025-01-29", "2025-01-28"]


def test_feed_keeps_what_matches(synced: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words, total in (("tide tables of harbour", 30), ("quilts", 0), ("tide tables source:ris", 0)):
        assert run(["feed", "2025-01", "--match", words, "--least", "0.3", "--json", "--data", synced]) == 0
        assert json.loads(capsys.readouterr().out)["total"] == total
    assert run(["feed", "--match", "tides", "--least", "very", "--data", synced]) == 2
    assert "unknown strength of match 'very'" in capsys.readouterr().err


@pytest.mark.parametrize("when", ["latest", "today", "week", "month"])
def test_words_for_when(folder: str, when: str) -> None:
    assert run(["feed", when, "--data", folder]) == 0


def test_feed_refuses_what_is_no_day(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feed", "someday", "--data", folder]) == 2
    assert "expected latest, today, week" in capsys.readouterr().err


def test_apart_and_back(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apart", "fill:01", "fill:02", "--data", folder]) == 0
    assert "are separate works" in capsys.readouterr().err
    assert run(["apart", "fill:01", "fill:02", "--undo", "--data", folder]) == 0
    assert "one work again" in capsys.readouterr().err
    assert run(["apart", "fill:01", "nobody:1", "--data", folder]) == 3


def test_its_usage_stays() -> None:
    assert usage(commands.feed) == {
        "--category",
        "--count",
        "--data",
        "--has-code",
        "--json",
        "--least",
        "--match",
        "--no-code",
        "--offset",
        "--sort",
        "--source",
        "--topic",
        "--without-category",
        "--without-topic",
        "-k",
        "WHEN",
    }
    assert usage(commands.apart) == {"--data", "--undo", "ID", "OTHER"}
