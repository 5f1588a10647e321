"""Feedback: what is like the first papers is put higher."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.search.ranking import Side
from broadsheet.search.stages.feedback import Feedback
from broadsheet.search.stages.stage import Candidates, Deadline


def candidates(collection, numbers):
    side = Side(np.ones(len(numbers), "f4"), np.arange(1, len(numbers) + 1), np.zeros(len(numbers)))
    return Candidates("car", np.zeros(32, "f4"), numbers, np.zeros(len(numbers)), {"lexical": side})


def test_its_scores_are_the_cosines_with_the_mean_of_the_first_three(collection):
    numbers = np.sort(collection.space.snapshot().numbers)
    side = Feedback().look(collection, candidates(collection, numbers), Deadline(1))
    mean = collection.space.snapshot().of(numbers[:3]).astype("f8").mean(axis=0)
    expected = collection.space.snapshot().of(numbers) @ (mean / np.linalg.norm(mean))
    np.testing.assert_allclose(side.scores, expected, atol=1e-6)
    assert np.argsort(-side.adds).tolist() == np.argsort(-expected).tolist()


def test_papers_without_vectors_say_nothing(collection):
    assert Feedback().look(collection, candidates(collection, np.array([901, 902])), Deadline(1)) is None
    some = np.append(np.sort(collection.space.snapshot().numbers), 900)
    side = Feedback().look(collection, candidates(collection, some), Deadline(1))
    assert side.adds[-1] == 0
    assert side.part(len(some) - 1).score is None


def test_it_gives_up_when_its_time_is_over(collection):
    moments = iter([0.0, 9.0])
    numbers = collection.space.snapshot().numbers
    with pytest.raises(Exception, match="took longer"):
        Feedback().look(collection, candidates(collection, numbers), Deadline(1, lambda: next(moments)))
