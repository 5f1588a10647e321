"""Places within those that a model knows, on the host."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.encoders.places import WAYS, places, reach


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("stretch", [0, 3 / 7, 6 / 7, 9 / 7, 12 / 7, 15 / 7, 18 / 7, 3]),
        ("group", [0, 0, 1, 1, 2, 2, 3, 3]),
        ("repeat", [0, 1, 2, 3, 0, 1, 2, 3]),
    ],
)
def test_a_text_of_twice_the_length(way: str, expected: list[float]) -> None:
    there = np.arange(10) < np.array([8, 3])[:, None]
    below, share = places((np.full((2, 10), 5, np.int32), there), way=way, trained=4)
    np.testing.assert_allclose((below + share)[0], [*expected, -1, -1], atol=1e-6)
    assert (below + share)[1].tolist() == [0, 1, 2, *[-1] * 7]


def test_a_mark_that_fills_up_has_no_place_and_is_not_counted() -> None:
    ids = np.array([[7, 1, 7, 7, 1]], np.int32)
    below, share = places((ids, np.ones((1, 5), bool)), way="stretch", trained=2, padding=1)
    np.testing.assert_allclose(below + share, [[0, -1, 0.5, 1, -1]])


@given(st.sampled_from(sorted(WAYS)), st.integers(2, 600), st.integers(1, 5_000))
def test_every_place_is_one_that_the_model_knows(way: str, trained: int, tokens: int) -> None:
    batch = np.full((1, tokens), 5, np.int32), np.ones((1, tokens), bool)
    below, share = (each[0] for each in places(batch, way=way, trained=trained))
    assert (below.dtype, share.dtype) == (np.int32, np.float32)
    assert below.min() >= 0
    assert (below + share.astype(np.float64)).max() <= trained - 1
    assert ((share >= 0) & (share <= 1)).all()
    if tokens <= trained:
        assert below.tolist() == list(range(tokens))
        assert not share.any()
    if way != "repeat":
        assert (np.diff(below + share.astype(np.float64)) >= 0).all()


def test_the_reach_is_bounded() -> None:
    assert [reach(each) for each in (12, 256, 512, 1_024, 8_192)] == [96, 2_048, 4_096, 4_096, 8_192]
