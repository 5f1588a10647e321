"""Labelled texts are split the same way each time, and never into the test from what is learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.labelled import Labelled
from task_kit import LABELLED, described

ABOUT = 'kind = "classification"\ncolumns = { text = "text", label = "label" }\n'


def labelled(folder: Path, rows: list[dict[str, str]], more: str = "") -> Labelled:
    task = task_of(described(folder, rows, ABOUT + more))
    assert isinstance(task, Labelled)
    return task


def test_without_a_split_a_fifth_is_for_the_test_whatever_the_order(tmp_path: Path) -> None:
    task, turned = labelled(tmp_path / "a", LABELLED), labelled(tmp_path / "b", LABELLED[::-1])
    assert len(task.read()) == len(LABELLED) // 5
    assert {text.text for text in task.read()} == {text.text for text in turned.read()}
    assert not {text.text for text in task.read()} & {text.text for text in task.train}
    assert len(task.train) + len(task.read()) == len(LABELLED)


def test_splits_of_the_set_count_and_may_be_cut(tmp_path: Path) -> None:
    rows = [{**row, "split": "test" if place % 5 == 0 else "train"} for place, row in enumerate(LABELLED)]
    about = 'where = { split = "test" }\ntrain = { split = "train" }\neach = 2\nmost = 2\n'
    task = labelled(tmp_path, rows, about)
    assert len(task.read()) == 2
    assert sorted(text.label for text in task.train) == [0, 0, 1, 1, 2, 2]
    assert task.labels == ["owls", "rope", "soup"]


def test_files_to_learn_from_may_be_others_and_are_in_the_hash(tmp_path: Path) -> None:
    before = labelled(tmp_path / "a", LABELLED[:3], 'learn = ["more.jsonl"]\n')
    (tmp_path / "a" / "more.jsonl").write_text((tmp_path / "a" / "rows.jsonl").read_text())
    assert len(before.train) == len(before.read()) == 3
    first = before.data
    (tmp_path / "a" / "more.jsonl").write_text('{"text": "a", "label": "b"}\n')
    assert labelled(tmp_path / "a", LABELLED[:3], 'learn = ["more.jsonl"]\n').data != first
    assert any("3 test texts are among those to learn from too" in each for each in before.warnings)


def test_what_makes_a_value_doubtful_is_said(tmp_path: Path) -> None:
    one = [{"text": f"t{place}", "label": "only"} for place in range(9)] + [{"text": "t1", "label": "only"}]
    task = task_of(described(tmp_path, one, ABOUT.replace("classification", "clustering")))
    notes = "\n".join(task.warnings)
    assert "all texts have the label 'only'" in notes
    assert "1 texts are in the test rows twice" in notes


def test_a_split_that_is_not_a_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected a table"):
        labelled(tmp_path, LABELLED, 'train = "train"\n').read()
