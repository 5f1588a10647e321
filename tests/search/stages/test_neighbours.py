"""Neighbours: a paper is pulled toward the scores of those nearest to it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from broadsheet.core.vectors import unit
from broadsheet.search.ranking import Side
from broadsheet.search.stages.neighbours import Neighbours, nearest
from broadsheet.search.stages.stage import Candidates, Deadline, LateError


def candidates(numbers, scores):
    side = Side(np.asarray(scores, "f4"), np.arange(1, len(numbers) + 1), np.asarray(scores, "f8"))
    return Candidates("car", np.zeros(32, "f4"), numbers, side.adds, {"semantic": side})


def test_the_nearest_are_those_of_another_implementation():
    rows = unit(np.random.default_rng(3).normal(size=(60, 24)))
    _, expected = NearestNeighbors(n_neighbors=9, metric="cosine").fit(rows).kneighbors(rows)
    assert np.sort(nearest(rows, 8)).tolist() == np.sort(expected[:, 1:]).tolist()


def test_few_rows_are_all_neighbours():
    assert np.sort(nearest(np.ones((3, 4), "f4") / 2, 8)).tolist() == [[1, 2], [0, 2], [0, 1]]


def test_a_fifth_of_each_score_gives_way_to_the_mean_of_its_nearest(collection):
    snapshot = collection.space.snapshot()
    numbers = np.sort(snapshot.numbers)
    scores = np.linspace(2, -2, len(numbers))
    side = Neighbours().look(collection, candidates(numbers, scores), Deadline(1))
    means = scores[nearest(snapshot.of(numbers), 8)].mean(axis=1)
    np.testing.assert_allclose(side.scores, means, atol=1e-6)
    np.testing.assert_allclose(scores + side.adds, 0.8 * scores + 0.2 * means, atol=1e-12)


def test_papers_without_vectors_are_left_as_they_are_and_are_nobodys_neighbours(collection):
    known = np.sort(collection.space.snapshot().numbers)
    plain = Neighbours().look(collection, candidates(known, np.linspace(2, -2, len(known))), Deadline(1))
    more = candidates(np.append(known, [901, 902]), [*np.linspace(2, -2, len(known)), -50, -60])
    side = Neighbours().look(collection, more, Deadline(1))
    assert side.adds[-2:].tolist() == [0, 0]
    assert side.part(len(known)).score is None
    np.testing.assert_allclose(side.adds[:-2], plain.adds)


@pytest.mark.parametrize("numbers", [[901, 902], [1], [1, 901]])
def test_without_two_vectors_it_has_nothing_to_go_by(collection, numbers):
    some = candidates(np.array(numbers), np.zeros(len(numbers)))
    assert Neighbours().look(collection, some, Deadline(1)) is None


def test_it_gives_up_when_its_time_is_over(collection):
    moments = iter([0.0, 9.0])
    numbers = collection.space.snapshot().numbers
    with pytest.raises(LateError, match="took longer"):
        Neighbours().look(collection, candidates(numbers, np.zeros(len(numbers))), Deadline(1, lambda: next(moments)))
