"""What tasks on a set have in common."""

from __future__ import annotations

import numpy as np

from broadsheet.lab.tasks.judged import argbest, drawn, order, repeated, unique


def test_names_become_unique_and_repeats_are_counted() -> None:
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a#2", "a#3"]
    assert repeated(["a", "b", "a", "a"]) == 2


def test_what_is_drawn_depends_on_the_names_alone() -> None:
    names = [f"text {place}" for place in range(100)]
    some = {names[place] for place in drawn(names, 30)}
    assert some == {names[::-1][place] for place in drawn(names[::-1], 30)}
    assert sorted(order(names)) == list(range(100))
    assert order(names) != list(range(100))
    assert drawn(names, 200) == list(range(100))


def test_the_best_columns_are_those_of_a_full_sort() -> None:
    scores = np.random.default_rng(0).normal(size=(20, 30))
    for k in (1, 4, 30, 50):
        rows, values = argbest(scores, k)
        assert np.array_equal(rows, np.argsort(-scores, axis=1)[:, :k])
        assert np.array_equal(values, -np.sort(-scores, axis=1)[:, :k])
