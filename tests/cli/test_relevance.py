"""The commands relevance fit and relevance show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.cli import relevance as commands
from cli_kit import Call, asked
from relevance_kit import papers, questions


@pytest.fixture
def folder(tmp_path: Path, call: Call) -> str:
    rows = [
        {"id": each.id, "title": each.title, "abstract": each.text, "date": each.submitted.isoformat()}
        for each in papers(60)
    ]
    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert call("ingest", "jsonl:papers.jsonl", "--data", "c")[0] == 0
    assert call("sync", "--data", "c")[0] == 0
    return "c"


@pytest.fixture
def judged(tmp_path: Path) -> str:
    task, place = questions(60), tmp_path / "topics"
    place.mkdir()
    corpus = [{"_id": each.id, "title": each.title, "text": each.text} for each in task.documents]
    queries = [{"_id": name, "text": text} for name, text in task.queries.items()]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (place / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    lines = [f"{name}\t{paper}\t{grade}" for name, own in task.judged.items() for paper, grade in own.items()]
    (place / "qrels.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *lines]), "utf-8")
    return str(place)


def test_it_is_fitted_to_a_folder_and_shown(call: Call, folder: str, judged: str, monkeypatch) -> None:
    monkeypatch.setenv("BROADSHEET_ENCODER", "hash")
    shipped = asked(call, "relevance", "show", "--data", folder)
    assert (shipped["own"], shipped["stale"], shipped["cutoff"]) == (False, "", None)
    made = asked(call, "relevance", "fit", judged, "--data", folder, "--cache", "vectors")
    assert (made["own"], made["data"], made["queries"]) == (True, ["topics"], 40)
    code, out, _ = call("relevance", "show", "--data", folder)
    assert code == 0
    assert "Your own calibration" in out
    assert "40 queries of topics" in out


def test_what_to_fit_to_must_be_said(call: Call, folder: str) -> None:
    code, _, err = call("relevance", "fit", "--data", folder)
    assert (code, "--mine" in err) == (2, True)


def test_the_help_has_an_example_of_each(call: Call) -> None:
    for each in (commands.fit, commands.show):
        assert f"Example: broadsheet relevance {each.__name__}" in (each.__doc__ or "")


def test_a_set_that_is_not_one_is_an_error(call: Call, folder: str) -> None:
    code, _, err = call("relevance", "fit", "sts", "--data", folder)
    assert code == 2
    assert "expected a name such as scifact" in err
