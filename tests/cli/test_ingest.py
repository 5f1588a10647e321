"""The command ingest: its counts, and sources that break off."""

from __future__ import annotations

import json
from pathlib import Path

from broadsheet.cli import ingest as commands
from cli_kit import Call, asked
from door_kit import usage


def test_ingest_counts_and_says_what_comes_next(call: Call) -> None:
    code, out, err = call("ingest", "jsonl:papers.jsonl")
    assert (code, out.splitlines()[-1].split(), "broadsheet sync" in err) == (
        0, ["jsonl:papers.jsonl", "3", "0", "0", "0"], True,
    )  # fmt: skip
    [again] = asked(call, "ingest", "jsonl:papers.jsonl")
    assert {name: again[name] for name in ("new", "changed", "same", "bad", "error")} == {
        "new": 0, "changed": 0, "same": 3, "bad": 0, "error": "",
    }  # fmt: skip
    assert asked(call, "sync") == {"indexed": 3, "encoded": 3, "kept": 0, "removed": 0, "cut": 0}
    assert "up to date" in call("sync")[1]


def test_a_source_that_breaks_off_keeps_what_came(call: Call, tmp_path: Path) -> None:
    whole = json.dumps([{"title": f"Paper {n}", "abstract": f"About {n}."} for n in range(50)])
    (tmp_path / "cut.jsonl").write_text(whole[:-100])
    code, _, err = call("ingest", "jsonl:cut.jsonl")
    assert (code, err.count("\n"), "cut.jsonl" in err) == (4, 2, True), err
    assert asked(call, "status")["collection"]["facts"]["papers"] > 40


def test_its_usage_stays() -> None:
    assert usage(commands.ingest) == {"--data", "--json", "--since", "--sync", "SOURCE"}
