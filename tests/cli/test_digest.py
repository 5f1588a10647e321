"""The commands about the digest: what is said when nothing goes out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.cli import digest as commands
from broadsheet.cli.app import run
from broadsheet.collection import open_collection
from door_kit import usage

NOW = datetime(2026, 10, 2, 9, tzinfo=UTC)


def test_the_status_says_why_nothing_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROADSHEET_COLLECTION", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def said(*arguments: str) -> str:
        capsys.readouterr()
        assert run(["digest", *arguments]) == 0
        return " ".join(capsys.readouterr().out.split())

    with open_collection(tmp_path) as collection:
        collection.store.journal.set_fact("mail.paused", NOW.isoformat())
    assert "0 subscribers. Sending is paused since something was restored or imported at 2026-10-0" in said("status")
    said("pause")
    assert "Sending is paused by hand: `broadsheet digest resume` resumes it." in said("status")
    said("resume")
    assert said("status") == "0 subscribers. No digest is planned yet. Each is planned at its reader's chosen hour."


def test_its_usage_stays() -> None:
    assert usage(commands.send) == {"--data", "--share"}
    assert usage(commands.status) == {"--data", "--json"}
    assert usage(commands.preview) == {"--data", "--into", "--period", "[ADDRESS]"}
    assert usage(commands.again) == {"--data", "ADDRESS", "PERIOD"}
    assert usage(commands.pause) == {"--data"}
    assert usage(commands.resume) == {"--data"}
    assert usage(commands.suppressions) == {"--data", "--json", "--lift"}
    assert usage(commands.bounces) == {"--data", "MAILBOX"}
