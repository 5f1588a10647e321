"""Controls hold where they should, and fail with the reason where something was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.comparison import compare
from broadsheet.lab.controls import at_chance, planted, twins
from broadsheet.lab.intervals import Sample, sample
from broadsheet.lab.task import Figure, Row

RANDOM = np.random.default_rng


def made(numbers: Floats, name: str = "spearman", subject: str = "a") -> Sample:
    rows = np.asarray(numbers, dtype=np.float64).reshape(len(numbers), -1)
    return sample([Row("it", f"q{i}", tuple(row)) for i, row in enumerate(rows.tolist())], Figure("it", name),
                  subject=subject, set="s")  # fmt: skip


def test_twins_are_equal_to_the_last_bit() -> None:
    one = made(RANDOM(0).normal(size=(40, 2)))
    assert twins(one, one).holds
    moved = one.numbers.copy()
    moved[7, 0] = np.nextafter(moved[7, 0], 9)
    control = twins(one, replace(one, numbers=moved))
    assert not control.holds
    assert "differs on 1 of 40 items, first 'q7'" in control.message


def test_a_worse_subject_is_found_or_the_resolution_is_told() -> None:
    gold = RANDOM(1).normal(size=200)
    good, bad = (
        made(np.column_stack([gold + noise * RANDOM(2).normal(size=200), gold]), subject=name)
        for noise, name in ((0.5, "good"), (2.0, "bad"))
    )
    found = planted(compare(good, bad))
    assert found.holds
    assert found.message.startswith("bad, made worse, is found worse than good by 0.")
    nearly = made(np.column_stack([bad.numbers[:, 0] + 1e-3 * RANDOM(5).normal(size=200), gold]), subject="twin")
    missed = planted(compare(bad, nearly))
    assert not missed.holds
    assert "is not found worse: unclear" in missed.message


@pytest.mark.parametrize("name", ["spearman", "auc", "v_measure"])
def test_random_scores_are_at_chance_and_leaking_ones_are_not(name: str) -> None:
    random = RANDOM(3)
    gold = random.integers(0, 2, size=120).astype(np.float64)
    scores = random.integers(0, 4, size=120).astype(np.float64)
    assert at_chance(made(np.column_stack([scores, gold]), name)).holds
    control = at_chance(made(np.column_stack([scores + 4 * gold, gold]), name))
    assert not control.holds
    assert "leak" in control.message


def test_a_mean_at_chance_needs_what_chance_gives() -> None:
    values = RANDOM(4).random(100) < 0.1
    assert at_chance(made(values, "mean"), expected=0.1).holds
    assert at_chance(made(np.zeros(50), "mean"), expected=0.001).holds
    assert not at_chance(made(values, "mean"), expected=0.001).holds
    with pytest.raises(UsageError, match="say what chance gives"):
        at_chance(made(values, "mean"))
