"""One state of a Space: what it finds, what it restricts, and what it goes on reading."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.space.snapshot import columns_of
from broadsheet.space.space import Space
from space_kit import add, key, vectors


def test_found_by_number_and_seen_by_other_readers_at_once(space):
    reader = Space(space.folder)
    assert reader.snapshot().search(vectors(1)[0], 5)[0].size == 0
    add(space, 3, 1, 2, change=3)
    numbers, scores = reader.snapshot().search(vectors(1)[0], 2)
    assert numbers[0] == 1
    assert scores[0] == pytest.approx(1, abs=1e-6)
    assert reader.snapshot().pointer.change == 3


def test_allowed_numbers_restrict(space):
    add(space, *range(1, 51), change=50)
    numbers, _ = space.snapshot().search(vectors(7)[0], 10, allowed=np.array([3, 9, 60]))
    assert sorted(numbers.tolist()) == [3, 9]


def test_a_reader_goes_on_while_another_process_compacts(space):
    add(space, *range(1, 41), change=1)
    reading = Space(space.folder).snapshot()  # has read nothing but numbers yet
    add(space, *range(1, 41), change=2)
    assert space.compact(share=0, least=10)
    assert not (space.folder / "g000001").exists()
    numbers, cosines = reading.search(vectors(5)[0], 40)
    assert sorted(numbers.tolist()) == list(range(1, 41))
    assert cosines[0] == pytest.approx(1)
    assert reading.keys[4].tobytes().hex() == key(5)
    assert reading.cut == 0


def test_a_row_has_one_bit_for_each_dimension() -> None:
    columns = columns_of(Manifest(encoder="e", version="", weights="", dim=100))
    assert set(columns) == {"vectors", "codes", "numbers", "keys", "cut"}
    assert columns["vectors"][1] == 100
    assert columns["codes"][0].itemsize * 8 * columns["codes"][1] >= 100
    more = columns_of(Manifest(encoder="e", version="", weights="", dim=100, rotation=1, turns=2))
    assert more["codes"][1] == 4


def test_scores_are_cosines_and_unknown_numbers_have_none(space) -> None:
    add(space, 1, 2, 3, change=3)
    state = space.snapshot()
    scores = state.scores(vectors(2)[0], np.array([2, 99, 1]))
    assert scores[0] == pytest.approx(1, abs=1e-6)
    assert np.isnan(scores[1])
    assert scores[2] == pytest.approx(float(vectors(1)[0] @ vectors(2)[0]), abs=1e-6)
    assert state.rows(np.array([3, 99])).tolist()[1] < 0


def test_chance_is_the_cosine_of_each_pair(space) -> None:
    add(space, *range(1, 31), change=30)
    rows = np.concatenate([vectors(number) for number in range(1, 31)])
    expected = np.sort((rows @ rows.T)[np.triu_indices(30, 1)])
    np.testing.assert_allclose(space.snapshot().chance, expected, atol=1e-6)


def test_bands_rise_from_fair_to_strong(space) -> None:
    rows = unit(np.random.default_rng(1).normal(size=(300, 16)).astype("f4"))
    space.append(range(1, 301), rows, [key(n) for n in range(1, 301)], np.zeros(300, dtype=bool))
    space.commit(300)
    fair, good, strong = space.snapshot().bands
    assert 0 < fair < good < strong
