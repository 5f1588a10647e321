"""The benchmark of labels: how an answer is counted, and the interval of a difference over draws and texts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from benchmark_kit import benchmark

label = benchmark("label")


def test_of_several_best_labels_one_is_right_by_chance() -> None:
    scores = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 2.0, 1.0]])
    assert label.credit(scores, np.array([0, 0, 2, 2])).tolist() == [1.0, 0.5, pytest.approx(1 / 3), 0.0]


def test_the_interval_is_that_of_draws_and_texts_that_are_drawn_again() -> None:
    random = np.random.default_rng(1)
    one, other = random.random((6, 80)) + 0.1 * random.random((6, 1)), random.random((6, 80))
    mean, low, high = label.gap_of(one, other)
    gaps = one - other
    again = [gaps[random.integers(0, 6, 6)][:, random.integers(0, 80, 80)].mean() for _ in range(4_000)]
    assert mean == pytest.approx(gaps.mean())
    assert (low, high) == pytest.approx(np.quantile(again, [0.025, 0.975]), abs=0.01)


def test_f1_of_each_row_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    truth, guess = random.random((30, 8)) < 0.3, random.random((30, 8)) < 0.3
    truth[:, 0] |= ~truth.any(axis=1)
    found = label.each_f1(truth, guess).mean()
    assert found == pytest.approx(f1_score(truth, guess, average="samples", zero_division=0))


def test_a_few_examples_of_each_label_are_drawn_the_same_each_time() -> None:
    of = np.repeat(np.arange(3), 10)
    made = label.Data([f"t{row}" for row in range(30)], of, [], of[:0], ["a", "b", "c"])
    rows = made.drawn(0)
    assert of[rows].tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert len(set(rows.tolist())) == 15
    assert rows.tolist() == made.drawn(0).tolist() != made.drawn(1).tolist()
