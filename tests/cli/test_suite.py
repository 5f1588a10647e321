"""The command evaluate on sets: measured into a file, shown again without measuring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli.app import run
from broadsheet.cli.suite import Request
from broadsheet.lab.runs import Runs
from suite_kit import pairs_set, stand_alone


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_alone(monkeypatch, tmp_path)
    pairs_set(tmp_path / "own")
    return tmp_path


COMMAND = ["evaluate", "own", "--encoder", "hash", "--encoder", "hash:64", "--cache", "vectors"]


def test_encoders_are_measured_with_controls_and_shown_again(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(COMMAND) == 0
    shown = capfd.readouterr()
    assert all(word in shown.out for word in ("own-pairs", "Spearman", "hash:64", "random"))
    assert "measured twice differs by exactly 0" in shown.err
    assert run(["evaluate", "--again", "--json"]) == 0
    again = json.loads(capfd.readouterr().out)
    assert run([*COMMAND, "--json", "--costs"]) == 0
    second = json.loads(capfd.readouterr().out)
    assert second.pop("costs")
    assert second.pop("traits") == []
    assert again == second
    with Runs(place / "lab.sqlite") as runs:
        assert len(runs.all()) == 5


def test_the_file_of_results_may_be_named(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "own", "--encoder", "hash", "--results", "mine.sqlite"]) == 0
    assert "mine.sqlite" in capfd.readouterr().err
    assert not (place / "lab.sqlite").exists()


def test_the_table_of_tasks_says_what_is_here(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--tasks"]) == 0
    assert "stsb-en" in capfd.readouterr().out
    assert run(["evaluate", "--tasks", "--json"]) == 0
    offers = json.loads(capfd.readouterr().out)
    assert {"kind", "name", "items", "present", "language", "licence", "suites"} == set(offers[0])
    assert not any(each["present"] for each in offers)


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (["evaluate"], 2, "--suite core"),
        (["evaluate", "--again"], 3, "has no results yet"),
        (["evaluate", "nowhere"], 3, "neither a set"),
        (["evaluate", "own", "--measure", "nDCG@10"], 2, "--setting and --measure"),
        (["evaluate", "own", "--encoder", "minilmm"], 2, "Unknown subject 'minilmm'"),
        (["evaluate", "--suite", "corr"], 2, "Did you mean core"),
    ],
)
def test_what_cannot_be_done_is_said(
    place: Path, capfd: pytest.CaptureFixture[str], command: list[str], code: int, words: str
) -> None:
    assert run(command) == code
    assert words in capfd.readouterr().err


def test_a_request_has_no_more_than_it_needs() -> None:
    assert Request([], ["hash"]) == Request([], ["hash"], suite="", again=False, seed=0)


def test_your_own_papers_become_tasks(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"id": f"own:{number:03}", "title": f"Slow river {number}", "date": f"2025-03-{1 + number % 28:02}",
         "abstract": f"They walked for nine days along the shore and wrote down what gauge {number} between both "
                     "of the bridges gave them in a dry summer."}
        for number in range(50)
    ]  # fmt: skip
    (place / "papers.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert run(["ingest", "jsonl:papers.jsonl", "--data", "c"]) == 0
    capfd.readouterr()
    assert run(["evaluate", "--mine", "--encoder", "hash", "--data", "c"]) == 0
    shown = capfd.readouterr()
    assert "mine/titles" in shown.out
    assert "mine/votes is left out" in shown.err
    assert run(["evaluate", "--again", "--data", "c", "--json"]) == 0
    assert {row["task"] for row in json.loads(capfd.readouterr().out)["values"]} == {"mine/titles"}
    assert run(["results", "export", "out", "--data", "c"]) == 0
    assert Path("out", "hash", "mine-titles.run").is_file()
    assert run(["evaluate", "mine/nothing", "--encoder", "hash", "--data", "c"]) == 3
    assert "mine/nothing" in capfd.readouterr().err


def test_a_reduced_suite_is_shown_again_as_it_was_measured(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*COMMAND, "--reduce"]) == 0
    capfd.readouterr()
    assert run(["evaluate", "--again", "--json"]) == 0
    assert {row["task"] for row in json.loads(capfd.readouterr().out)["values"]} == {"own-pairs/reduced"}
