"""The task of semantic textual similarity, on pairs written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import own
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.sts import Sts

PAIRS = """id\tone\tother\tgold
a\tA boat drifts on the lake\tA boat drifts over the lake\t4.5
b\tA boat drifts on the lake\tTwo girls paint a fence\t0.2
"""
ABOUT = 'kind = "sts"\nfiles = ["pairs.tsv"]\ncolumns = { item = "id", one = "one", other = "other", gold = "gold" }\n'


def folder(where: Path, pairs: str = PAIRS) -> Path:
    (where / "pairs.tsv").write_text(pairs)
    (where / "task.toml").write_text(ABOUT)
    return where


def test_each_pair_leaves_its_similarity_and_its_judgement(tmp_path: Path) -> None:
    task = task_of(own(folder(tmp_path)))
    assert isinstance(task, Sts)
    rows = [row for row in task.rows(Dense(HashEncoder(), "hash")) if row.figure == "Spearman"]
    assert [row.item for row in rows] == ["a", "b"]
    assert [row.numbers[1] for row in rows] == [4.5, 0.2]
    assert rows[0].numbers[0] > rows[1].numbers[0]


def test_a_pair_that_is_known_is_not_measured_again(tmp_path: Path) -> None:
    task = task_of(own(folder(tmp_path)))
    assert {row.item for row in task.rows(Dense(HashEncoder(), "hash"), known={"a"})} == {"b"}


def test_a_judgement_that_is_not_a_number_is_named(tmp_path: Path) -> None:
    task = task_of(own(folder(tmp_path, PAIRS.replace("4.5", "high"))))
    with pytest.raises(SourceError, match=r"row 1.*'high'"):
        list(task.rows(Dense(HashEncoder(), "hash")))
