"""The commands backup, restore and upgrade, as somebody types them."""

from __future__ import annotations

from pathlib import Path

from broadsheet.cli import upkeep as commands
from cli_kit import Call, asked
from door_kit import usage


def test_backup_is_a_collection(filled: Call, tmp_path: Path) -> None:
    assert filled("backup", "copy")[0] == 0
    assert asked(filled, "sync", "--data", "copy")["indexed"] == 3
    assert asked(filled, "search", "bees", "--data", "copy")["items"]
    code, _, err = filled("backup", "copy")
    assert (code, "exists already" in err) == (5, True)


def test_upgrade(followed: Call) -> None:
    code, _, err = followed("upgrade")
    assert code == 0
    assert "the newest one" in err


def test_backup_and_restore(followed: Call, home: Path) -> None:
    followed("fetch")
    assert followed("backup", "../b")[0] == 0
    code, _, err = followed("restore", "../b")
    assert code == 0
    assert "Restored 1 papers. The former Store is in" in " ".join(err.split())
    assert "No email is sent until you run `broadsheet digest resume`" in " ".join(err.split())
    assert followed("restore", "../nothing")[0] == 3


def test_its_usage_stays() -> None:
    assert usage(commands.backup) == {"--data", "TARGET"}
    assert usage(commands.restore) == {"--data", "FILE"}
    assert usage(commands.upgrade) == {"--data"}
