"""The commands about the sources that are followed."""

from __future__ import annotations

from pathlib import Path

from broadsheet.cli import sources as commands
from cli_kit import Call, asked
from door_kit import usage


def test_sources_are_followed_listed_and_left(call: Call, tmp_path: Path) -> None:
    assert call("sources", "add", "jsonl:papers.jsonl")[0] == 0
    assert [each["name"] for each in asked(call, "sources", "list")] == [f"jsonl:{tmp_path / 'papers.jsonl'}"]
    assert call("sources", "list")[1].splitlines()[-1].split()[0] == "jsonl:papers.jsonl"
    assert asked(call, "ingest")[0]["new"] == 3
    assert asked(call, "sources", "list")[0]["run"]["new"] == 3
    assert call("sources", "remove", "jsonl:papers.jsonl")[0] == 0
    assert call("ingest")[0] == 3


def test_its_usage_stays() -> None:
    assert usage(commands.add) == {"--data", "SOURCE"}
    assert usage(commands.list_all) == {"--data", "--json"}
    assert usage(commands.remove) == {"--data", "SOURCE"}
