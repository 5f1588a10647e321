"""Results: values agree with scipy, ties are marked, the leaderboard and the JSON are the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy import stats

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.results import Results, to_json
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.subject import RandomEncoder
from broadsheet.lab.suite import TWIN, Encoders, Plan, choices, measure
from broadsheet.lab.task import Row
from suite_kit import NOW, pairs_set


def measured(tmp_path: Path, runs: Runs) -> list[Run]:
    folders = [pairs_set(tmp_path / name, name=name) for name in ("one", "two")]
    tasks, _ = choices(list(map(str, folders)), data=None)
    encoders = Encoders(lambda name: HashEncoder(int(name.partition(":")[2] or 256)), tmp_path / "vectors")
    plan = Plan(tasks, ["hash", "hash:64"])
    return list(measure(plan, encoders, runs, clock=lambda: NOW, begin=lambda title: lambda done, total: None))


def test_values_are_those_of_scipy_with_intervals_around_them(tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        done = measured(tmp_path, runs)
        values = Results(runs, done).values()
        run = next(run for run in done if run.subject == "hash")
        scores, golds = zip(*(row.numbers for row in runs.rows(run, "Spearman")), strict=True)
    own = {each.figure: each for each in values if each.task == "one" and each.subject == "hash"}
    assert own["Spearman"].value == pytest.approx(stats.spearmanr(scores, golds)[0], abs=1e-12)
    assert own["Pearson"].value == pytest.approx(stats.pearsonr(scores, golds)[0], abs=1e-12)
    assert all(each.low <= each.value <= each.high for each in values)
    assert {each.subject for each in values} == {"random", "bow", "hash", "hash:64"}
    assert (own["Spearman"].main, own["Pearson"].main) == (True, False)
    assert own["Spearman"].letters.startswith("a")
    assert own["Spearman"].runs == (run.key,)
    assert any("Only 8 items" in each for each in own["Spearman"].warnings)


def test_the_same_encoder_twice_differs_by_nothing_and_a_change_is_seen(tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        done = measured(tmp_path, runs)
        assert [each.holds for each in Results(runs, done).twins()] == [True, True]
        again = next(run for run in done if run.subject == f"{TWIN}hash")
        row = runs.rows(again, "Spearman")[0]
        runs.write(again, [Row(row.figure, row.item, (row.numbers[0] + 1e-12, row.numbers[1]))])
        assert [each.holds for each in Results(runs, done).twins()] == [False, True]


def test_the_json_is_the_same_for_the_same_runs(tmp_path: Path) -> None:
    texts = []
    for name in ("first", "second"):
        with Runs(tmp_path / name / "lab.sqlite") as runs:
            texts.append(json.dumps(to_json(Results(runs, measured(tmp_path, runs)))))
            assert json.dumps(to_json(Results(runs, runs.all()))) == texts[-1]
            assert {each["subject"] for each in to_json(Results(runs, runs.all()), costs=True)["costs"]} >= {"hash"}
    assert texts[0] == texts[1]
    found = json.loads(texts[0])
    assert set(found) == {"values", "leaderboard", "comparisons", "controls"}
    assert len(found["comparisons"]) == 2 * 6


def test_the_leaderboard_has_the_best_first_and_marks_controls(tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        results = Results(runs, measured(tmp_path, runs))
        standings = results.leaderboard(results.values())
    assert {each.subject: each.control for each in standings} == {
        "hash": False, "hash:64": False, "bow": True, "random": True,
    }  # fmt: skip
    assert standings[-1].subject == "random"
    for each in standings:
        assert each.mean is not None
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.mean < each.high
        assert each.tasks == 2


def test_an_encoder_below_the_words_alone_is_flagged(tmp_path: Path) -> None:
    tasks, _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    encoders = Encoders(lambda name: RandomEncoder(5) if name == "hash:64" else HashEncoder(), tmp_path / "vectors")
    with Runs(tmp_path / "lab.sqlite") as runs:
        plan = Plan(tasks, ["hash:64"])
        done = list(measure(plan, encoders, runs, clock=lambda: NOW, begin=lambda title: lambda done, total: None))
        values = {each.subject: each for each in Results(runs, done).values() if each.main}
    assert values["hash:64"].value < values["bow"].value
    told = ", though they cannot be told apart" * bool(set(values["bow"].letters) & set(values["hash:64"].letters))
    assert f"hash:64 is below bow, which only counts words{told}." in values["hash:64"].warnings
    assert not any("below" in each for name in ("bow", "random") for each in values[name].warnings)


def test_means_are_correlated_with_what_encoders_cost(tmp_path: Path) -> None:
    tasks, _ = choices([str(pairs_set(tmp_path / "one", name="one"))], data=None)
    encoders = Encoders(lambda name: HashEncoder(int(name.partition(":")[2])), tmp_path / "vectors")
    with Runs(tmp_path / "lab.sqlite") as runs:
        plan = Plan(tasks, [f"hash:{dim}" for dim in (8, 16, 32, 64, 128)])
        done = list(measure(plan, encoders, runs, clock=lambda: NOW, begin=lambda title: lambda done, total: None))
        results = Results(runs, done)
        standings = [each for each in results.leaderboard(results.values()) if not each.control]
        found = {each.attribute: each for each in results.traits(standings)}
        assert results.traits(standings[:4]) == []
    (trait,) = [found["bytes of a vector"]]
    dims = [int(each.subject.partition(":")[2]) for each in standings]
    assert trait.spearman == pytest.approx(stats.spearmanr([each.mean for each in standings], dims)[0])
    assert 0 < trait.p <= 1
    assert trait.subjects == 5
