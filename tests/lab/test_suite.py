"""Suites: what names choose, what is measured, and that nothing known is measured again."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.sets import known
from broadsheet.lab.suite import TWIN, Encoders, Plan, choices, measure, offers, require, seeds_of, suites
from suite_kit import NOW, PAIRS, pairs_set


class Counting(HashEncoder):
    """Counts what it encodes."""

    texts = 0

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        self.texts += len(texts)
        return super().encode(texts, role=role)


def made(encoder: Encoder, tmp_path: Path) -> Encoders:
    return Encoders(lambda name: encoder, tmp_path / "vectors")


def measured(plan: Plan, encoders: Encoders, runs: Runs) -> list[Run]:
    return list(measure(plan, encoders, runs, clock=lambda: NOW, begin=lambda title: lambda done, total: None))


def test_every_run_has_its_controls_and_the_first_encoder_twice(tmp_path: Path) -> None:
    tasks, _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    with Runs(tmp_path / "lab.sqlite") as runs:
        done = measured(Plan(tasks, ["hash", "hash:64"]), made(HashEncoder(), tmp_path), runs)
        assert [run.subject for run in done] == ["random", "bow", "hash", "hash:64", f"{TWIN}hash"]
        assert all(run.ended and len(runs.rows(run)) == 2 * len(PAIRS) for run in done)
        assert not any(runs.costs(run) for run in done if run.subject.startswith(TWIN))
        assert done[0].origin == str(tmp_path / "own")


def test_what_is_known_is_not_measured_again(tmp_path: Path) -> None:
    encoder = Counting()
    tasks, _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    with Runs(tmp_path / "lab.sqlite") as runs:
        first = measured(Plan(tasks, ["hash"]), made(encoder, tmp_path), runs)
        before = encoder.texts
        assert measured(Plan(tasks, ["hash"]), made(encoder, tmp_path), runs) == first
        assert encoder.texts == before > 0
        assert runs.costs(first[2])[0].body["documents"]["texts"] == 2 * len(PAIRS)


def test_names_choose_sets_kinds_and_folders_each_once(tmp_path: Path) -> None:
    folder = pairs_set(tmp_path / "own")
    tasks, left_out = choices([str(folder), str(folder)], data=None)
    assert ([each.task.name for each in tasks], left_out) == (["own-pairs"], [])
    (tmp_path / "sick").mkdir()
    with gzip.open(tmp_path / "sick" / "sick.jsonl.gz", "wt") as file:
        file.write('{"id": 1, "s1": "a", "s2": "b", "score": 2, "split": "test"}\n' * 2)
    assert [each.task.name for each in choices(["sts"], data=tmp_path)[0]] == ["sick"]
    assert [(each.name, each.items) for each in offers(tmp_path) if each.present and each.kind == "sts"] == [
        ("sick", 4927)
    ]
    assert not any(each.present for each in offers(None))


@pytest.mark.parametrize(
    ("names", "suite", "error", "words"),
    [
        (["stsb"], "", NotFoundError, "Did you mean .*stsb-.*--tasks"),
        (["stsb-en"], "", NotFoundError, "Set BROADSHEET_DATA"),
        (["sts"], "", NotFoundError, "No files of these sets"),
        ([], "cor", UsageError, "Did you mean core"),
        ([], "core", NotFoundError, "Set BROADSHEET_DATA"),
    ],
)
def test_what_cannot_be_chosen_is_said(names: list[str], suite: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        choices(names, data=None, suite=suite)


def test_bad_data_is_found_before_an_encoder_is_loaded(tmp_path: Path) -> None:
    folder = pairs_set(tmp_path / "own")
    (folder / "pairs.jsonl").write_text('{"id": "p0", "one": "a", "other": "b", "gold": "much"}\n')
    tasks, _ = choices([str(folder)], data=None)

    def never(name: str) -> Encoder:
        raise AssertionError(f"{name} was loaded")

    with Runs(tmp_path / "lab.sqlite") as runs, pytest.raises(SourceError, match="'much'"):
        measured(Plan(tasks, ["hash"]), Encoders(never, tmp_path), runs)
    with Runs(tmp_path / "lab.sqlite") as runs:
        assert not any(runs.rows(run) for run in runs.all())
    (folder / "pairs.jsonl").write_text("")
    with Runs(tmp_path / "lab.sqlite") as runs, pytest.raises(SourceError, match="no pairs"):
        measured(Plan(choices([str(folder)], data=None)[0], ["hash"]), Encoders(never, tmp_path), runs)


def test_the_core_suite_is_made_of_known_sets_and_seeds_are_three_where_there_is_one(tmp_path: Path) -> None:
    assert set(suites()["core"]) <= set(known(tmp_path))
    tasks, _ = choices([str(pairs_set(tmp_path / "own"))], data=None)
    task = tasks[0].task
    assert list(seeds_of(task, 4)) == [0]
    task.seeded = True  # type: ignore[attr-defined]
    assert list(seeds_of(task, 4)) == [4, 5, 6]


@pytest.mark.parametrize("name", ["hash", "bm25", "lexical", "hybrid:hash", "twin:hash:64", "minilm"])
def test_known_subjects_are_accepted_before_anything_is_loaded(name: str) -> None:
    require([name])
    with pytest.raises(UsageError, match="Unknown encoder"):
        require([name, "hybrid:hsah"])
    with pytest.raises(UsageError, match="hybrid:minilm"):
        require([name, "hybrid"])
