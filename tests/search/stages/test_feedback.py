"""Feedback: what is like the first papers is put higher."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import zscore

from broadsheet.core.vectors import unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.feedback import Feedback
from broadsheet.search.stages.stage import Candidates, Deadline

QUERY = unit(np.random.default_rng(5).normal(size=(1, 32)))[0]


def candidates(numbers):
    scores = 2.0 - np.arange(len(numbers))
    side = Side(np.ones(len(numbers), "f4"), np.arange(1, len(numbers) + 1), scores)
    return Candidates("car", QUERY, numbers, scores, {"semantic": side})


def test_the_query_moves_toward_the_first_three_papers(collection):
    snapshot = collection.space.snapshot()
    numbers = np.sort(snapshot.numbers)
    side = Feedback().look(collection, candidates(numbers), Deadline(1))
    first, weights = snapshot.of(numbers[:3]).astype("f8"), np.exp([0, -2, -4])
    middle = weights @ first
    moved = 0.7 * QUERY + 0.3 * middle / np.linalg.norm(middle)
    before, after = snapshot.of(numbers) @ QUERY, snapshot.of(numbers) @ (moved / np.linalg.norm(moved))
    np.testing.assert_allclose(side.scores, after, atol=1e-6)
    np.testing.assert_allclose(side.adds, (zscore(after) - zscore(before)) / 2, atol=1e-5)
    assert side.ranks[np.argmax(after)] == 1


def test_papers_without_vectors_say_nothing(collection):
    assert Feedback().look(collection, candidates(np.array([901, 902])), Deadline(1)) is None
    some = np.append(np.sort(collection.space.snapshot().numbers), 900)
    side = Feedback().look(collection, candidates(some), Deadline(1))
    assert side.adds[-1] == 0
    assert side.part(len(some) - 1).score is None


def test_the_first_may_lack_a_vector(collection):
    numbers = np.sort(collection.space.snapshot().numbers)
    side = Feedback().look(collection, candidates(np.insert(numbers, 0, 900)), Deadline(1))
    assert np.isfinite(side.adds).all()
    assert side.ranks[0] == 0
    assert np.abs(side.adds[1:]).max() > 0


def test_it_gives_up_when_its_time_is_over(collection):
    moments = iter([0.0, 9.0])
    numbers = collection.space.snapshot().numbers
    with pytest.raises(Exception, match="took longer"):
        Feedback().look(collection, candidates(numbers), Deadline(1, lambda: next(moments)))
