"""The command agree: a table, the groups, what differs, and JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.cli import agreement as commands
from cli_kit import Call, asked
from corpus_kit import texts
from door_kit import usage


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join([*texts("bees", 30), *texts("stars", 30)]), "utf-8")
    return str(path)


def test_pairs_are_listed_with_what_differs(call: Call, file: str) -> None:
    code, out, err = call(
        "agree", "hash:48", "hash:64", "hash:16", "--texts", file, "--cache", "vectors", "--show", "1"
    )
    assert code == 0
    assert "Where they differ most" in out
    assert "60 of 60 different texts" in err
    assert "Alike" in err


def test_as_json(call: Call, file: str) -> None:
    found = asked(call, "agree", "hash:48", "hash:64", "--texts", file, "--cache", "vectors")
    assert found["names"] == ["hash:48", "hash:64"]
    assert found["matrices"]["CKA"][0][0] == 1
    assert {"measure", "value", "low", "high"} == set(found["pairs"][0]["values"][0])


def test_what_cannot_be_compared(call: Call, file: str) -> None:
    assert call("agree", "hash", "hash", "--texts", file)[0] == 2
    code, _, err = call("agree", "hash", "--texts", file, "--cache", "vectors")
    assert (code, "at least two" in err) == (2, True)


def test_its_usage_stays() -> None:
    assert usage(commands.agree) == {"--cache", "--data", "--json", "--most", "--show", "--texts", "ENCODER..."}
