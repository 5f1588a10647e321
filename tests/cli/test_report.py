"""A report as a file, by the command evaluate."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from broadsheet.cli import report as commands
from broadsheet.cli.app import run
from broadsheet.core.errors import UsageError
from broadsheet.lab.report import record
from page_kit import Read
from report_kit import made
from suite_kit import pairs_set


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    monkeypatch.delenv("BROADSHEET_COLLECTION", raising=False)
    pairs_set(tmp_path / "own")
    return tmp_path


COMMAND = ["evaluate", "own", "--encoder", "hash", "--encoder", "hash:64", "--cache", "vectors"]


def test_the_ending_says_the_form(place: Path) -> None:
    for name in ("report.html", "report.csv", "REPORT.JSON"):
        commands.write(made(), place / name)
    Read((place / "report.html").read_text("utf-8"))
    assert len(list(csv.reader((place / "report.csv").read_text("utf-8-sig").splitlines()))) == len(made().entries) + 1
    assert record.from_json(json.loads((place / "REPORT.JSON").read_text("utf-8"))) == made()


def test_a_run_is_written_and_stored_for_the_site(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "papers.jsonl").write_text('{"id": "a", "title": "Owls", "abstract": "They hear mice."}\n')
    assert run(["ingest", "jsonl:papers.jsonl", "--data", "c"]) == 0
    assert run([*COMMAND, "--data", "c", "--report", "report.html"]) == 0
    shown = (place / "report.html").read_text("utf-8")
    assert "own-pairs" in shown
    assert "hash:64" in shown
    stored = record.read(place / "c" / record.NAME)
    assert stored
    assert stored.sets == ["own-pairs"]
    assert {"hash", "hash:64", "random", "bow"} <= set(stored.subjects)


def test_papers_tell_how_alike_encoders_are(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    papers = [
        {"id": f"p{each}", "title": f"Paper {each} on owls", "abstract": f"They hear {each} mice."}
        for each in range(60)
    ]
    (place / "papers.jsonl").write_text("".join(json.dumps(each) + "\n" for each in papers))
    assert run(["ingest", "jsonl:papers.jsonl", "--data", "c"]) == 0
    assert run([*COMMAND, "--data", "c", "--report", "report.json", "--papers", "50"]) == 0
    found = record.from_json(json.loads((place / "report.json").read_text("utf-8")))
    assert found.likeness
    assert set(found.likeness.names) == {"hash", "hash:64"}
    assert found.likeness.texts == 50
    assert [(each.subject, each.vectors) for each in found.shapes] == [("hash", 50), ("hash:64", 50)]
    assert len(found.shapes[1].spectrum) == 64
    assert run([*COMMAND, "--papers", "50"]) == 2
    assert "--report" in capfd.readouterr().err


def test_without_a_collection_nothing_is_stored(place: Path) -> None:
    assert run(COMMAND) == 0
    assert not list(place.rglob(record.NAME))


@pytest.mark.parametrize(
    ("name", "words"), [("report.pdf", ".html, .csv or .json"), ("nowhere/report.html", "not there")]
)
def test_a_file_that_cannot_be_written_is_refused_before_measuring(
    place: Path, capfd: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        commands.Target(Path(name))
    assert run([*COMMAND, "--report", name]) == 2
    assert words in capfd.readouterr().err
    assert not (place / "lab.sqlite").exists()
