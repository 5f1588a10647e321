"""The commands of token vectors: build them, show them, drop them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import tokens as commands
from cli_kit import Call, asked
from tinybert import write_tiny


@pytest.fixture
def folder(call: Call, tmp_path: Path) -> Path:
    """A Collection of 30 papers under a tiny model, synced without token vectors."""
    write_tiny(tmp_path / "tiny")
    papers = [{"id": f"p{n}", "title": f"Paper {n}", "abstract": f"A graph of word {n}."} for n in range(30)]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    made = tmp_path / "papers"
    made.mkdir()
    (made / "broadsheet.toml").write_text(f'encoder = "bert:{tmp_path / "tiny"}"\n')
    assert call("ingest", f"jsonl:{tmp_path / 'p.jsonl'}", "--data", str(made))[0] == 0
    assert call("sync", "--data", str(made))[0] == 0
    assert asked(call, "tokens", "show", "--data", str(made))["papers"] == 0
    return made


def test_they_are_built_shown_and_dropped(call: Call, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    at = ("--data", str(folder))
    assert "tokens build" in asked(call, "tokens", "show", *at)["why"]
    built = asked(call, "tokens", "build", *at)
    assert (built["bits"], built["papers"], built["total"], built["why"]) == (1, 30, 30, "")
    commands.show(folder)
    assert "token vectors of 30 of 30 papers, 1 bit a dimension" in capfd.readouterr().out
    sizes = {1: built["size"]}
    for bits in (4, 8):
        sizes[bits] = asked(call, "tokens", "build", "--bits", str(bits), *at)["size"]
    assert sizes[1] < sizes[4] < sizes[8]
    status = asked(call, "status", *at)["tokens"]
    assert (status["level"], status["facts"]["bits"]) == ("ok", 8)
    assert asked(call, "tokens", "drop", *at)["size"] == 0
    assert not list((folder / "spaces").glob("*/tokens"))


def test_what_cannot_be_built_is_refused(call: Call, folder: Path) -> None:
    at = ("--data", str(folder))
    code, _, err = call("tokens", "build", "--bits", "2", *at)
    assert (code, "expected 1, 4 or 8" in err) == (2, True)
    (folder / "broadsheet.toml").write_text('encoder = "hash"\n')
    code, _, err = call("tokens", "build", *at)
    assert code != 0
    assert "the encoder hash gives no token vectors whose mean is its vector" in err
