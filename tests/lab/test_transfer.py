"""Results go out and come in: ir_measures computes our values from our files, and what comes in is compared."""

from __future__ import annotations

import json
from pathlib import Path

import ir_measures
import pytest

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.suite import Choice, Encoders, Plan, choices, measure
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.lab.transfer import take_in, write_out, write_rankings
from suite_kit import NOW, pairs_set, search_set

MEASURES = ["nDCG@10", "R@100", "RR@10", "AP"]


@pytest.fixture
def choice(tmp_path: Path) -> Choice:
    (found,), _ = choices([str(search_set(tmp_path / "own"))], data=None)
    return found


def encoders(tmp_path: Path) -> Encoders:
    return Encoders(lambda name: HashEncoder(64), tmp_path / "vectors")


def measured(choice: Choice, tmp_path: Path, runs: Runs) -> list[Run]:
    plan = Plan([choice], ["hash"])
    begin = lambda title: lambda done, total: None  # noqa: E731
    return list(measure(plan, encoders(tmp_path), runs, clock=lambda: NOW, begin=begin))


def exported(choice: Choice, tmp_path: Path, runs: Runs) -> Path:
    done = measured(choice, tmp_path, runs)
    values = Results(runs, done).values()
    write_out(tmp_path / "out", choice.task, values, rows={run.subject: runs.rows(run) for run in done})
    assert isinstance(choice.task, Retrieval)
    for name in ("hash", "bm25"):
        list(write_rankings(tmp_path / "out", choice.task, encoders(tmp_path).subject(name, now=NOW)))
    return tmp_path / "out"


def test_ir_measures_has_the_same_values_for_each_query_of_our_files(choice: Choice, tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        out = exported(choice, tmp_path, runs)
        for name in ("hash", "bm25"):
            (run,) = [run for run in runs.all() if run.subject == name]
            ours = {(row.figure, row.item): row.numbers[0] for row in runs.rows(run)}
            theirs = ir_measures.iter_calc(
                [ir_measures.parse_measure(each) for each in MEASURES],
                ir_measures.read_trec_qrels(str(out / "own.qrels")),
                ir_measures.read_trec_run(str(out / name / "own.run")),
            )
            found = {(str(each.measure), each.query_id): each.value for each in theirs}
            missing = set(ours) - set(found)
            assert {ours[each] for each in missing} <= {0.0}  # queries that found nothing are in no run
            assert {each: ours[each] for each in found} == pytest.approx(found, abs=1e-6)
            assert len(found) > 20


def test_what_we_wrote_comes_in_again_with_the_same_values(choice: Choice, tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        out = exported(choice, tmp_path, runs)
        ours = next(run for run in runs.all() if run.subject == "hash")
        for name, file in {"ranked": "own.run", "by query": "own.tsv", "whole": "own.json"}.items():
            take_in(runs, choice.task, out / "hash" / file, name=name, now=NOW)
        runs_of = {run.subject: run for run in runs.all()}
        for name in ("ranked", "by query"):
            assert runs.rows(runs_of[name]) == runs.rows(ours)
        results = Results(runs, runs.all())
        values = {each.subject: each for each in results.values() if each.main}
        assert {round(values[name].value, 12) for name in ("ranked", "by query", "whole")} == {
            round(values["hash"].value, 12)
        }
        assert values["whole"].letters == ""
        assert values["ranked"].letters == values["hash"].letters
        assert any("items are not known" in each for each in values["whole"].warnings)
        compared = {frozenset((each.one, each.other)): each for each in results.comparisons()}
        assert compared[frozenset(("hash", "ranked"))].gain == 0
        assert not any("whole" in pair for pair in compared)


def test_what_is_about_something_else_is_refused(choice: Choice, tmp_path: Path) -> None:
    (pairs,), _ = choices([str(pairs_set(tmp_path / "pairs"))], data=None)
    run, values, few = (tmp_path / name for name in ("a.run", "values", "few"))
    run.write_text("x9 Q0 d1 1 0.5 t\n")
    values.write_text("q0\tERR@20\t0.5\n")
    few.write_text("q0\tnDCG@10\t0.5\n")
    with Runs(tmp_path / "lab.sqlite") as runs:
        for task, path, error, words in [
            (choice.task, run, SourceError, "none of the queries of own"),
            (pairs.task, run, UsageError, "of the kind sts"),
            (choice.task, values, SourceError, "no values of nDCG@10.*ERR@20"),
            (choice.task, few, SourceError, "no nDCG@10 of 11 items"),
        ]:
            with pytest.raises(error, match=words):
                take_in(runs, task, path, name="other", now=NOW)
        assert runs.all() == []
        measured(choice, tmp_path, runs)
        with pytest.raises(UsageError, match="was measured here"):
            take_in(runs, choice.task, run, name="hash", now=NOW)


def test_mteb_files_are_named_after_subject_and_set(choice: Choice, tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        out = exported(choice, tmp_path, runs)
    body = json.loads((out / "hash" / "own.json").read_text())
    assert body["task_name"] == "own"
    assert body["scores"]["test"][0]["main_score"] == body["scores"]["test"][0]["ndcg_at_10"]
    assert (out / "twin-hash" / "own.json").exists() is False
