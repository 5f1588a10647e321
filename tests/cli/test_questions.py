"""Questions from the command line: listed, answered on a set of one's own, refused with a way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli.app import run
from broadsheet.cli.questions import ALL, LIST
from broadsheet.lab.questions.table import QUESTIONS
from suite_kit import stand_alone

TOPICS = ("river", "dune", "reef", "glacier", "meadow", "harbour")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    stand_alone(monkeypatch, tmp_path)
    folder = tmp_path / "own"
    folder.mkdir()
    texts = [f"{TOPICS[number % 6]} number {number}" for number in range(60)]
    papers = [{"_id": f"d{number}", "title": text, "text": "of the north"} for number, text in enumerate(texts)]
    queries = [{"_id": f"q{number}", "text": text} for number, text in enumerate(texts[:40])]
    for name, rows in (("corpus", papers), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"q{number}\td{number}\t1\n" for number in range(40))
    )
    return tmp_path


def test_the_questions_are_listed(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--question", LIST, "--json"]) == 0
    assert [each["name"] for each in json.loads(capfd.readouterr().out)] == list(QUESTIONS)


def test_a_question_is_answered_in_a_sentence_and_from_what_is_known(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "own", "--question", "dimensions", "--encoder", "hash:512", "--cache", "vectors"]
    assert run(command) == 0
    shown = capfd.readouterr()
    assert QUESTIONS["dimensions"].asks in shown.out
    assert "against hash:512" in shown.out
    assert "Limits: " in shown.err
    assert run([*command, "--json"]) == 0
    [answer] = json.loads(capfd.readouterr().out)
    assert answer["low"] <= answer["value"] <= answer["high"]
    assert answer["table"][0]["one"] == "32 principal axes"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["--question", "whitning"], "whitening"),
        (["--question", ALL], "are not here"),
        (["--question", "layer", "--encoder", "a", "--encoder", "b"], "one encoder"),
    ],
)
def test_what_cannot_be_answered_is_said(
    place: Path, command: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", *command]) == 2
    assert words in capfd.readouterr().err
