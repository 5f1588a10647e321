"""Bitext: margins and mining are those of a plain computation of all pairs, and hubs cost the cosine more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from broadsheet.core.vectors import unit
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.bitext import BitextMining, Near, Xsim, margins, mined, near
from task_kit import described, numbers, values

SIDES = [(f"rope {place} of hemp {place * 7}", f"hemp {place * 7} in rope {place}") for place in range(30)]
ROWS = [{"one": one, "other": other} for one, other in SIDES]
ABOUT = 'kind = "{}"\ncolumns = {{ one = "one", other = "other" }}\n'


def plain(one: np.ndarray, other: np.ndarray, k: int = 4) -> np.ndarray:
    """The ratio margin of every pair, as in the paper."""
    cosines = one @ other.T
    left, right = (np.sort(each, axis=1)[:, -k:].mean(axis=1) for each in (cosines, cosines.T))
    return np.asarray(cosines / ((left[:, None] + right) / 2))


def test_margins_are_those_of_all_pairs() -> None:
    random = np.random.default_rng(0)
    one, other = (unit(random.normal(size=(size, 6)) + 0.5) for size in (40, 50))
    forward, backward = near(one, other), near(other, one)
    every = plain(one, other)
    assert margins(forward, backward) == pytest.approx(np.take_along_axis(every, forward.rows, axis=1), rel=1e-5)
    assert np.array_equal(forward.rows, np.argsort(-(one @ other.T), axis=1)[:, :4])


def test_mining_takes_each_text_once_the_best_first() -> None:
    forward = Near(np.array([[0, 1], [0, 1], [1, 0]]), np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]))
    backward = Near(np.array([[0, 1], [2, 1]]), np.array([[0.9, 0.8], [0.7, 0.2]]))
    scores, rows = mined(forward, backward, forward.cosines, backward.cosines)
    assert rows.tolist() == [0, -1, 1]
    assert scores[[0, 2]].tolist() == [0.9, 0.7]
    assert scores[1] < 0.7


def test_f1_is_the_best_of_all_thresholds(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, ROWS, ABOUT.format("bitext-mining")))
    assert isinstance(task, BitextMining)
    rows = numbers(task, Dense(HashEncoder(), "hash"))["F1"]
    assert len(rows) == 30 - 7
    assert rows[:, 2].sum() == 30 - 14
    score, right, possible = rows.T
    best = 0.0
    for edge in score:
        hits, taken = right[score >= edge].sum(), (score >= edge).sum()
        best = max(best, 2 * hits / (taken + possible.sum()))
    assert values(task, Dense(HashEncoder(), "hash"))["F1"] == pytest.approx(best)
    assert best <= f1_score([1] * 16 + [0] * 7, [1] * 16 + [0] * 7)


def test_xsim_is_the_share_of_wrong_nearest_texts(tmp_path: Path) -> None:
    data = described(tmp_path, ROWS, ABOUT.format("xsim"))
    task = task_of(data)
    assert isinstance(task, Xsim)
    one, other = task._sides
    encoder = HashEncoder()
    left, right = encoder.encode(one), encoder.encode(other)
    partner = dict(SIDES)
    for name, scores in (("xsim", plain(left, right)), ("cosine error", left @ right.T)):
        wrong = np.mean([other[row.argmax()] != partner[text] for text, row in zip(one, scores, strict=True)])
        assert values(task, Dense(encoder, "hash"))[name] == pytest.approx(wrong)


def test_several_translations_are_all_right_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    rows = [{"one": "rope", "other": "Seil"}, {"one": "rope", "other": "Tau"}, {"one": "soup", "other": "Suppe"},
            {"one": "owl", "other": " "}]  # fmt: skip
    task = task_of(described(tmp_path, rows, ABOUT.format("xsim")))
    assert isinstance(task, Xsim)
    assert sorted(len(found) for found in task.gold) == [1, 2]
    assert task.warnings == (f"{task.name}: 1 pairs with an empty text are left out.",)
