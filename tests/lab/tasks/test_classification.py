"""Classification agrees with an implementation of our own in a few lines, and with scikit-learn's figures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.classification import Classification, predictions
from task_kit import LABELLED, described, numbers, values

ABOUT = 'kind = "classification"\ncolumns = { text = "text", label = "label" }\n'


def test_figures_are_those_of_scikit_learn_on_the_predictions(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    rows = numbers(task, Dense(HashEncoder(), "hash"))
    found = values(task, Dense(HashEncoder(), "hash"))
    for name in ("", "kNN "):
        guess, label = rows[f"{name}macro F1"].T
        assert found[f"{name}macro F1"] == pytest.approx(f1_score(label, guess, average="macro"))
        assert found[f"{name}accuracy"] == pytest.approx(accuracy_score(label, guess))


def test_the_neighbours_are_the_nearest_by_cosine() -> None:
    random = np.random.default_rng(0)
    learned, tested = (random.normal(size=(size, 8)).astype(np.float32) for size in (60, 20))
    labels = random.integers(0, 3, 60)
    lengths = np.linalg.norm(learned, axis=1) * np.linalg.norm(tested, axis=1)[:, None]
    near = np.argsort(-(tested @ learned.T) / lengths, axis=1)[:, :5]
    votes = [Counter(labels[row].tolist()) for row in near]
    mine = [min(label for label, count in vote.items() if count == max(vote.values())) for vote in votes]
    assert predictions(learned, labels, tested)["kNN"].tolist() == mine


def test_a_probe_separates_what_a_line_separates() -> None:
    learned = np.array([[1, 0.1], [1, -0.1], [-1, 0.1], [-1, -0.1]], np.float32)
    found = predictions(learned, np.array([0, 0, 1, 1]), np.array([[0.5, 3], [-0.5, 3]], np.float32))
    assert found["probe"].tolist() == [0, 1]


def test_what_is_known_is_left_out(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    assert isinstance(task, Classification)
    items = [text.item for text in task.read()]
    assert {row.item for row in task.rows(Dense(HashEncoder(), "hash"), known=items[:1])} == set(items[1:])
    assert list(task.rows(Dense(HashEncoder(), "hash"), known=items)) == []
