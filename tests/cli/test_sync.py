"""The command sync, with more than one encoder."""

from __future__ import annotations

from pathlib import Path

from broadsheet.cli import sync as commands
from cli_kit import Call, asked
from door_kit import usage


def test_a_vector_of_another_encoder_is_never_mixed_in(filled: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text('encoder = "hash:64"\n')
    assert asked(filled, "sync")["encoded"] == 3, "another encoder has a Space of its own"
    (home / "spaces" / "hash-64").rename(home / "spaces" / "hash-128")
    (home / "broadsheet.toml").write_text('encoder = "hash:128"\n')
    assert filled("doctor")[0] == 1


def test_its_usage_stays() -> None:
    assert usage(commands.sync) == {"--data", "--json", "--rebuild"}
