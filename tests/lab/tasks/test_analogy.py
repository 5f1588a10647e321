"""Analogies are solved by adding and by multiplying cosines, as a plain computation does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.core.protocols import Role, Vectors
from broadsheet.core.vectors import unit
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.analogy import Analogy
from task_kit import described, numbers

ROWS = [
    {"a": "boy", "b": "girl", "c": "king", "d": "queen"},
    {"a": "boy", "b": "girl", "c": "uncle", "d": "aunt"},
    {"a": "one", "b": "ones", "c": "owl", "d": "owls"},
    {"a": "boy", "b": "girl", "c": "boy", "d": "girl"},
]
ABOUT = 'kind = "analogy"\ncolumns = { a = "a", b = "b", c = "c", d = "d" }\n'


class Relations:
    """Each word has a direction by chance, and those of the second half of a pair have one in common."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return unit(np.array([self._vector(text) for text in texts]))

    def _vector(self, text: str) -> np.ndarray:
        stems = {"girl": "boy", "queen": "king", "aunt": "uncle", "ones": "one", "owls": "owl"}
        stem = np.random.default_rng(list(stems.get(text, text).encode())).normal(size=40)
        return stem + 4 * np.eye(40)[0 if text in ("girl", "queen", "aunt") else 1] * (text in stems)


def test_answers_are_those_of_a_plain_computation(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, ROWS, ABOUT))
    assert isinstance(task, Analogy)
    found = numbers(task, Dense(Relations(), "relations"))
    words = sorted({word for row in ROWS for word in row.values()})
    vectors = dict(zip(words, Relations().encode(words).astype(float), strict=True))
    for place, row in enumerate(ROWS[:3]):
        a, b, c = (vectors[row[name]] for name in "abc")
        others = [word for word in words if word not in (row["a"], row["b"], row["c"])]
        added = max(others, key=lambda word: vectors[word] @ (b - a + c))
        scaled = {word: [(vectors[word] @ each + 1) / 2 for each in (a, b, c)] for word in others}
        product = max(others, key=lambda word: scaled[word][1] * scaled[word][2] / (scaled[word][0] + 1e-3))
        assert found["3CosAdd"][place] == (added == row["d"])
        assert found["3CosMul"][place] == (product == row["d"])
    assert found["3CosAdd"].sum() >= 2


def test_questions_of_one_pair_are_of_one_group_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, ROWS, ABOUT))
    assert {row.group for row in task.rows(Dense(Relations(), "relations"))} == {"boy girl", "one ones"}
    assert any("1 questions are left out" in each for each in task.warnings)
    with pytest.raises(SourceError, match="no questions"):
        list(task_of(described(tmp_path / "none", ROWS[3:], ABOUT)).rows(Dense(Relations(), "relations")))
