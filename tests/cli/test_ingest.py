"""The command ingest: its counts, and sources that break off."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from broadsheet.cli import ingest as commands
from cli_kit import ONE, Call, asked, started
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
    done = asked(call, "sync")
    topics = done.pop("topics")
    assert done == {
        "indexed": 3,
        "encoded": 3,
        "kept": 0,
        "removed": 0,
        "cut": 0,
        "tokens": 0,
        "estimated": 0,
        "note": "",
    }
    reason = "Topics need at least 30 papers with vectors; there are 3."
    assert topics == {"placed": 0, "adrift": 0, "new": 0, "ended": 0, "refit": False, "reason": reason}
    assert "up to date" in call("sync")[1]


def test_a_source_that_breaks_off_keeps_what_came(call: Call, tmp_path: Path) -> None:
    whole = json.dumps([{"title": f"Paper {n}", "abstract": f"About {n}."} for n in range(50)])
    (tmp_path / "cut.jsonl").write_text(whole[:-100])
    code, _, err = call("ingest", "jsonl:cut.jsonl")
    assert (code, err.count("\n"), "cut.jsonl" in err) == (4, 2, True), err
    assert asked(call, "status")["collection"]["facts"]["papers"] > 40


def test_its_usage_stays() -> None:
    assert usage(commands.ingest) == {"--data", "--json", "--since", "--sync", "SOURCE"}


def test_a_file_without_a_kind_is_recognised(call: Call, tmp_path: Path) -> None:
    (tmp_path / "refs.txt").write_text("@article{roe, title={Bees on piers}, author={Roe, Ada}}\n")
    code, out, err = call("ingest", "refs.txt")
    assert (code, out.splitlines()[-1].split()[:2]) == (0, ["bibtex:refs.txt", "1"])
    assert "refs.txt is taken as bibtex:refs.txt." in err
    assert call("ingest", "nothing.bib")[0] == 3
    assert call("ingest", "cs.IRX")[0] == 2


def test_an_import_that_brought_nothing_fails_and_says_what_the_file_is(call: Call, tmp_path: Path) -> None:
    (tmp_path / "refs.txt").write_text("@article{roe, title={Bees on piers}, author={Roe, Ada}}\n")
    code, _, err = call("ingest", "ris:refs.txt")
    assert code == 4
    assert "ris:refs.txt brought no papers. It looks like BibTeX: use bibtex:refs.txt." in err
    (tmp_path / "bad.jsonl").write_text('{"abstract": "a"}\n{"abstract": "b"}\n')
    code, _, err = call("ingest", "jsonl:bad.jsonl")
    assert code == 4
    assert "jsonl:bad.jsonl brought only bad records (2). The first: no title" in err
    (tmp_path / "empty.bib").write_text("")
    assert call("ingest", "empty.bib")[0] == 4
    assert call("ingest", "jsonl:papers.jsonl", "--since", "2999")[0] == 0


@pytest.mark.parametrize("name", ["-", "jsonl:-", "/dev/stdin", "jsonl:/dev/stdin"])
def test_what_comes_through_a_pipe_is_read(tmp_path: Path, name: str) -> None:
    run = started("ingest", name, "--json", "--data", str(tmp_path / "piped"), stdin=subprocess.PIPE)
    out, err = run.communicate(json.dumps(ONE).encode())
    assert run.returncode == 0, err
    [counts] = json.loads(out)
    assert (counts["new"], counts["source"].partition(":")[0]) == (1, "jsonl")
