"""Conditional similarity: chance is one half, and only candidates with two grades count."""

from __future__ import annotations

from pathlib import Path

from broadsheet.lab.tasks.conditions import Conditions
from judged_kit import RANDOM, real, rows_of


def test_random_vectors_are_at_chance_on_real_judgements(data_dir: Path) -> None:
    task = real(data_dir, "csfcube-conditions")
    assert isinstance(task, Conditions)
    rows = rows_of(task, RANDOM, "accuracy")
    assert len({row.item for row in rows}) == len(rows) > 600
    assert len({row.group for row in rows}) == 16
    assert {row.numbers[0] for row in rows} <= {0.0, 0.5, 1.0}
    assert abs(sum(row.numbers[0] for row in rows) / len(rows) - 0.5) < 0.08
    clear = rows_of(task, RANDOM, "accuracy two grades apart")
    assert {row.item for row in clear} < {row.item for row in rows}
