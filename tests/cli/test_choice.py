"""The command evaluate --choose: the candidates, the sentence, and the line for the settings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.cli import choice as commands
from broadsheet.cli.app import run
from broadsheet.lab.choice import Candidate, Choice, Limits
from broadsheet.lab.probe import Probe

WORDS = ["rope", "soup", "owl", "map", "knot", "gorge", "tide", "fern", "moth", "kiln"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Collection of ten papers, and a set that asks for each of them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    monkeypatch.delenv("BROADSHEET_COLLECTION", raising=False)
    papers = [
        {"_id": each, "id": each, "title": f"The {each}", "text": f"All about {each} in the hills"} for each in WORDS
    ]
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text("".join(json.dumps(each) + "\n" for each in papers))
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": f"q{each}", "text": f"which {each} is it"}) + "\n" for each in WORDS)
    )
    (folder / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"q{each}\t{each}\t1\n" for each in WORDS)
    )
    (folder / "task.toml").write_text('kind = "retrieval"\nfiles = ["corpus.jsonl", "queries.jsonl", "qrels.tsv"]\n')
    assert run(["ingest", "jsonl:own/corpus.jsonl", "--data", "c"]) == 0
    (tmp_path / "c" / "broadsheet.toml").write_text('encoder = "hash"\n')
    assert run(["sync", "--data", "c"]) == 0
    return tmp_path


def test_what_is_missing_is_measured_and_a_choice_is_made(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "own", "--encoder", "hash", "--encoder", "lexical", "--data", "c", "--choose", "--json"]
    capfd.readouterr()
    assert run(command) == 0
    found = json.loads(capfd.readouterr().out)
    assert {each["subject"] for each in found["candidates"]} == {"hash", "lexical"}
    assert sum(each["chance"] for each in found["candidates"]) == pytest.approx(1)
    assert found["items"] == len(WORDS)
    assert run(["evaluate", "--data", "c", "--within-mb", "0"]) == 0  # of what is stored; a limit is a choice
    shown = capfd.readouterr()
    assert "it takes" in shown.out
    assert "Take lexical" in shown.out  # words alone take no memory for vectors


def test_without_measurements_it_says_what_to_run(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", "--choose", "--data", "c"]) != 0
    assert "broadsheet evaluate scifact --choose" in capfd.readouterr().err


PROBE = Probe(
    subject="x", papers=5_000, queries=60, query_ms=3.21, query_ms_high=5.0, texts_a_second=80.0, model_mb=90.0,
    vectors_mb=8.0, load=0.5,
)  # fmt: skip
BEST = Candidate(subject="hybrid:minilm", value=0.5712, low=0.55, high=0.59, probe=PROBE, chance=0.83)
TIED = replace(BEST, subject="static:256", tied=True, chance=0.17, probe=replace(PROBE, query_ms=0.4))
SLOW = replace(BEST, subject="slow", chance=None, breaks=("it takes 900 MB",))


def test_the_sentence_says_what_to_take_how_sure_and_what_else_would_do() -> None:
    found = Choice(
        candidates=(BEST, TIED, SLOW),
        sets=("scifact",),
        figure="nDCG@10",
        items=300,
        limits=Limits(ms=30, megabytes=200),
    )
    said = commands.sentence(found, BEST)
    assert said == (
        "Take hybrid:minilm: nDCG@10 0.571 (0.550 – 0.590), 3.21 ms a query and 98 MB. Of the 2 that fit within 30 ms "
        "a query and 200 MB it is the best with a chance of 83%. These cannot be told from it: "
        "static:256 (0.4 ms a query)."
    )
    alone = replace(found, candidates=(BEST, replace(TIED, tied=False)))
    assert commands.sentence(alone, BEST).endswith("All others that fit are worse.")
    single = replace(found, candidates=(BEST, SLOW), controls=(("bm25", 0.6), ("random", 0.0)))
    words = commands.sentence(single, BEST)
    assert "It is the only one that fits within 30 ms a query and 200 MB." in words
    assert words.endswith("bm25 did better: measure lexical and hybrid:minilm, too.")


@pytest.mark.parametrize(
    ("subject", "line"),
    [("hybrid:minilm?layers=4", 'broadsheet.toml: encoder = "minilm?layers=4"'),
     ("minilm", 'broadsheet.toml: encoder = "minilm"  # search with --mode semantic'),
     ("lexical", "No encoder is needed: search with --mode lexical")],
)  # fmt: skip
def test_the_line_is_that_of_the_settings(subject: str, line: str) -> None:
    assert commands.line(subject) == line
