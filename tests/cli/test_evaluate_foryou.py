"""`evaluate foryou` from the command line: on one's own papers, on the test set, and where there is nothing to test."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from broadsheet.cli.app import run

COMMAND = ("evaluate", "foryou", "--encoder", "hash", "--cache", "vectors")


def papers() -> list[dict[str, object]]:
    """Twenty-four papers of each of twenty-four topics, which are told by a word."""
    return [
        {"id": f"p{topic}-{number}", "title": f"kind{topic} also{topic} no {number}", "topics": [f"Topic {topic}x"],
         "abstract": "One of many."}
        for topic in range(24) for number in range(24)
    ]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from broadsheet.cli import evaluate

    monkeypatch.setattr(evaluate, "_READERS", 8)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    monkeypatch.delenv("BROADSHEET_COLLECTION", raising=False)
    return tmp_path


def test_on_the_test_set(place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "sets" / "papers_conf").mkdir(parents=True)
    with gzip.open(place / "sets" / "papers_conf" / "papers.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(paper) + "\n" for paper in papers())
    monkeypatch.setenv("BROADSHEET_DATA", str(place / "sets"))
    assert run([*COMMAND, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["readers"], found["papers"]) == (8, 576)
    coverage = [row for row in found["rows"] if (row["pool"], row["measure"]) == ("all papers", "STREC@20")]
    assert [row["method"] for row in coverage] == ["for you", "average of everything"]
    assert coverage[0]["value"] > 0.9
    assert run(COMMAND) == 0
    assert "average of everything" in capfd.readouterr().out


def test_on_the_papers_of_a_collection(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers()))
    assert run(["ingest", "jsonl:papers.jsonl", "--data", "c"]) == 0
    capfd.readouterr()
    assert run([*COMMAND, "--data", "c", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["papers"] == 576


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [(["--data", "nowhere"], 5, "no Collection"), (["other"], 2, "runs alone"), (["--setting", "rrf"], 2, "alone")],
)
def test_what_cannot_be_measured_is_said(
    place: Path, capfd: pytest.CaptureFixture[str], more: list[str], code: int, words: str
) -> None:
    assert run([*COMMAND, *more]) == code
    assert words in capfd.readouterr().err


def test_papers_without_topics(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "papers.jsonl").write_text(json.dumps({"id": "p", "title": "Ropes", "abstract": "On knots."}) + "\n")
    assert run(["ingest", "jsonl:papers.jsonl", "--data", "c"]) == 0
    assert run([*COMMAND, "--data", "c"]) == 2
    assert "no paper has a category" in capfd.readouterr().err
