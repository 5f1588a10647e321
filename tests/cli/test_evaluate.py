"""The command evaluate: on judged sets; `evaluate trending` on the test set, on one's own days, on too few."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.cli import evaluate as commands
from broadsheet.cli.app import run
from cli_kit import PAPERS, Call, asked
from door_kit import usage


def papers() -> list[dict[str, object]]:
    """Five months of days with six papers."""
    days = [date(2025, 1, 1) + timedelta(days=back) for back in range(150)]
    return [
        {"id": f"{day:%y%m}.{day.day * 100 + place:05d}", "title": f"{'rope' if place % 2 else 'soup'} {place}",
         "abstract": f"Number {day.day} of its kind.", "day": str(day),
         "upvotes": 3 * (place % 2) + (place + day.day) % 4}
        for day in days for place in range(6)
    ]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    monkeypatch.delenv("BROADSHEET_COLLECTION", raising=False)
    return tmp_path


COMMAND = ("evaluate", "trending", "--encoder", "hash", "--cache", "vectors")


def test_on_the_test_set(place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "sets" / "hf_daily").mkdir(parents=True)
    with gzip.open(place / "sets" / "hf_daily" / "daily.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(paper) + "\n" for paper in papers())
    monkeypatch.setenv("BROADSHEET_DATA", str(place / "sets"))
    assert run([*COMMAND, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["first"], found["last"], found["learned"]) == ("2025-03-01", "2025-05-30", 59)
    text = next(row for row in found["rows"] if row["method"] == "text" and row["measure"] == "Spearman")
    assert text["above"]["random"]["low"] > 0
    assert run(COMMAND) == 0
    assert "earliest listed" in capfd.readouterr().out


def test_on_the_days_of_a_collection(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "days.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers()))
    assert run(["ingest", "jsonl:days.jsonl", "--data", "c"]) == 0
    capfd.readouterr()
    assert run([*COMMAND, "--data", "c", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["papers"] > 500


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [(["--data", "nowhere"], 5, "no Collection"), (["other"], 2, "runs alone"), (["--setting", "rrf"], 2, "alone")],
)
def test_what_cannot_be_measured_is_said(
    place: Path, capfd: pytest.CaptureFixture[str], more: list[str], code: int, words: str
) -> None:
    assert run([*COMMAND, *more]) == code
    assert words in capfd.readouterr().err


def test_evaluate_prints_a_row_a_setting(call: Call, tmp_path: Path) -> None:
    task = tmp_path / "bees"
    task.mkdir()
    corpus = [{"_id": p["id"], "title": p["title"], "text": p["abstract"]} for p in PAPERS]
    (task / "corpus.jsonl").write_text("".join(json.dumps(each) + "\n" for each in corpus))
    (task / "queries.jsonl").write_text('{"_id": "q", "text": "sand of rivers"}\n')
    (task / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tm2\t1\n")
    rows = asked(call, "evaluate", "bees", "--encoder", "hash")
    assert {row["setting"] for row in rows} == {"lexical", "semantic", "rrf", "hybrid", "default"}
    assert {"set", "setting", "measure", "value", "low", "high", "queries"} <= set(rows[0])
    assert [row["value"] for row in rows if row["setting"] == "lexical"] == [1.0]


def test_its_usage_stays() -> None:
    assert usage(commands.evaluate) >= {
        "--again",
        "--cache",
        "--choose",
        "--costs",
        "--data",
        "--encoder",
        "--json",
        "--measure",
        "--mine",
        "--queries-a-second",
        "--report",
        "--results",
        "--seed",
        "--setting",
        "--suite",
        "--tasks",
        "--within-mb",
        "--within-ms",
        "[SET|KIND|DIR|trending|foryou]...",
    }
