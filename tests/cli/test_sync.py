"""The command sync, with more than one encoder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from broadsheet.cli import sync as commands
from broadsheet.core.errors import CollectionError
from cli_kit import Call, asked
from door_kit import usage
from topic_kit import SUBJECTS, papers


def test_a_vector_of_another_encoder_is_never_mixed_in(filled: Call, home: Path) -> None:
    (home / "broadsheet.toml").write_text('encoder = "hash:64"\n')
    assert asked(filled, "sync")["encoded"] == 3, "another encoder has a Space of its own"
    (home / "spaces" / "hash-64").rename(home / "spaces" / "hash-128")
    (home / "broadsheet.toml").write_text('encoder = "hash:128"\n')
    assert filled("doctor")[0] == 1


def test_a_failure_in_topics_is_a_warning(filled: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(commands.tree, "bring_up", failing)
    for error in (CollectionError("the disk is full"), ZeroDivisionError("x")):
        code, out, err = filled("sync")
        assert (code, out) == (0, "Everything is up to date.\n")
        assert "Topics are not up to date: " in err
        assert ("the disk is full" in err) == isinstance(error, CollectionError)
        assert asked(filled, "sync")["topics"]["reason"]


def test_topics_are_said_in_a_line(call: Call, tmp_path: Path) -> None:
    lines = [json.dumps({"id": each.id, "title": each.title, "abstract": each.text}) for each in papers(SUBJECTS, 8)]
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    out = call("ingest", "jsonl:many.jsonl", "--sync")[1]
    assert re.search(r"^Topics: \d+ papers placed, .*\d new topics\.$", out, re.MULTILINE)
    assert "Topics" not in call("sync")[1]
    assert re.search(r"topics +\d topics in \d fields hold", call("status")[1])
    facts = asked(call, "status")["topics"]["facts"]
    assert facts["papers"] + facts["adrift"] == 56


def test_its_usage_stays() -> None:
    assert usage(commands.sync) == {"--data", "--json", "--rebuild"}
