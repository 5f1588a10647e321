"""One state of a Space: what it finds, what it restricts, and what it goes on reading."""

from __future__ import annotations

import numpy as np
import pytest

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
