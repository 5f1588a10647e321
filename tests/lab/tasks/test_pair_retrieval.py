"""Pairs become queries and their documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.pair_retrieval import PairRetrieval
from task_kit import described, numbers

ROWS = [
    {"title": "On ropes", "text": "ropes and knots on a boat"},
    {"title": "On ropes", "text": "a rope of hemp"},
    {"title": "Soup", "text": "soup boils in a pot"},
    {"title": "A pot", "text": "soup boils in a pot"},
    {"title": "Nothing", "text": " "},
]
ABOUT = 'kind = "pair-retrieval"\ncolumns = { one = "title", other = "text" }\n'


def test_equal_texts_are_one_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, ROWS, ABOUT))
    assert isinstance(task, PairRetrieval)
    found = numbers(task, Dense(HashEncoder(), "hash"))
    assert len(found["AP"]) == 3
    assert found["R@100"].tolist() == [[1], [1], [1]]
    assert task.warnings == (f"{task.name}: 1 pairs with an empty text are left out.",)


def test_fewer_pairs_are_the_same_ones_each_time(tmp_path: Path) -> None:
    once, again = (task_of(described(tmp_path / name, ROWS, ABOUT + "most = 2\n")) for name in ("a", "b"))
    assert once.data == again.data
    rows = list(once.rows(Dense(HashEncoder(), "hash")))
    assert rows == list(again.rows(Dense(HashEncoder(), "hash")))
    assert {row.item for row in rows} <= {"1", "2"}
    assert sum(row.numbers[0] for row in rows if row.figure == "R@100") == pytest.approx(len(rows) / 4)
