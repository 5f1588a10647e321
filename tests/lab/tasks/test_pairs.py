"""Judged pairs are read once, and what is odd about them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import pairs, task_of
from task_kit import described, numbers

ABOUT = 'kind = "sts"\ncolumns = { one = "a", other = "b", gold = "score", group = "g" }\n'
ROWS = [
    {"a": "a rope", "b": "ropes", "score": 4, "g": "x"},
    {"a": "a rope", "b": "a soup", "score": "1.5", "g": "x"},
    {"a": "owls", "b": "an owl", "score": 3, "g": "y"},
]


def test_pairs_keep_their_groups_and_their_order(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, ROWS, ABOUT))
    assert isinstance(task, pairs.Pairs)
    assert [(pair.item, pair.gold, pair.group) for pair in task.read()] == [
        ("1", 4, "x"),
        ("2", 1.5, "x"),
        ("3", 3, "y"),
    ]
    assert [row.group for row in task.rows(Dense(HashEncoder(), "hash"))] == ["x", "x", "x", "x", "y", "y"]
    assert task.warnings == ()
    assert numbers(task, Dense(HashEncoder(), "hash"))["Spearman"].shape == (3, 2)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([*ROWS, ROWS[0]], "1 pairs are in the set twice"),
        ([*ROWS, {**ROWS[0], "a": " "}], "1 pairs have an empty text"),
        ([{**row, "score": 2} for row in ROWS], "all judgements are 2"),
        (ROWS[:1], "one item says nothing about others"),
    ],
)
def test_what_makes_a_value_doubtful_is_said(tmp_path: Path, rows: list[dict[str, object]], words: str) -> None:
    assert any(words in each for each in task_of(described(tmp_path, rows, ABOUT)).warnings)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "has no pairs that count"),
        ([{**ROWS[0], "score": "NaN"}], "row 1: the judged similarity is 'NaN'"),
        ([{**ROWS[0], "score": None}], "row 1 has no 'score'"),
        ([{"a": "x"}], "row 1 has no"),
    ],
)
def test_what_cannot_be_measured_is_an_error(tmp_path: Path, rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(SourceError, match=words):
        list(task_of(described(tmp_path, rows, ABOUT)).rows(Dense(HashEncoder(), "hash")))
