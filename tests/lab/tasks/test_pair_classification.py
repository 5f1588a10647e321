"""Pair classification agrees with scikit-learn, and its tuned threshold comes from other rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve, roc_auc_score

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.pair_classification import best_threshold
from task_kit import TOPICS, described, values

COLUMNS = 'kind = "pair-classification"\ncolumns = { one = "one", other = "other", gold = "label" }\n'
TEXTS = [(label, text) for label, texts in TOPICS.items() for text in texts]
ROWS = [
    {"one": one, "other": other, "label": int(label == mine), "split": "test" if (i + j) % 3 else "val"}
    for i, (mine, one) in enumerate(TEXTS)
    for j, (label, other) in enumerate(TEXTS)
    if i < j
]


def cosines(rows: list[dict[str, object]]) -> np.ndarray:
    encoder = HashEncoder()
    return np.vecdot(
        encoder.encode([str(row["one"]) for row in rows]), encoder.encode([str(row["other"]) for row in rows])
    )


def test_figures_are_those_of_scikit_learn(tmp_path: Path) -> None:
    about = f'{COLUMNS}where = {{ split = "test" }}\ntune = {{ split = "val" }}\n'
    found = values(task_of(described(tmp_path, ROWS, about)), Dense(HashEncoder(), "hash"))
    test, val = ([row for row in ROWS if row["split"] == split] for split in ("test", "val"))
    labels, scores = [row["label"] for row in test], cosines(test)
    precision, recall, _ = precision_recall_curve(labels, scores)
    best = np.max(2 * precision * recall / np.maximum(precision + recall, 1e-12))
    edge = best_threshold(cosines(val), np.array([row["label"] for row in val], float))
    assert found == pytest.approx(
        {
            "AP": average_precision_score(labels, scores),
            "best F1": best,
            "AUC": roc_auc_score(labels, scores),
            "F1, tuned": f1_score(labels, scores >= edge),
        },
        abs=1e-6,
    )


def test_the_threshold_is_the_best_one_and_between_two_scores() -> None:
    scores, labels = np.array([0.1, 0.9, 0.5, 0.5, 0.3]), np.array([0.0, 1.0, 1.0, 0.0, 0.0])
    assert best_threshold(scores, labels) == pytest.approx(0.4)
    every = [f1_score(labels, scores >= edge) for edge in np.unique(scores)]
    assert f1_score(labels, scores >= best_threshold(scores, labels)) == max(every)
    assert best_threshold(np.ones(2), np.ones(2)) == 1


def test_words_may_be_labels_and_other_numbers_may_not(tmp_path: Path) -> None:
    rows = [{**row, "label": "SAME" if row["label"] else "OTHER"} for row in ROWS]
    named = values(task_of(described(tmp_path / "a", rows, COLUMNS + 'same = ["SAME"]\n')), Dense(HashEncoder(), "h"))
    assert named == values(task_of(described(tmp_path / "b", ROWS, COLUMNS)), Dense(HashEncoder(), "hash"))
    with pytest.raises(SourceError, match=r"row 1: the label is 2, expected 1 or 0"):
        values(task_of(described(tmp_path / "c", [{**ROWS[0], "label": 2}], COLUMNS)), Dense(HashEncoder(), "hash"))
    with pytest.raises(SourceError, match="pairs of both labels"):
        values(
            task_of(described(tmp_path / "d", ROWS, COLUMNS + 'tune = { split = "x" }\n')), Dense(HashEncoder(), "h")
        )
