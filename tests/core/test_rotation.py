"""The rotation before codes: it keeps cosines, spreads axes, and is the same everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy.linalg import hadamard

from broadsheet.core.rotation import axes, rotated
from broadsheet.core.vectors import sign_codes, unit

DIMS = [1, 2, 3, 7, 50, 64, 96, 300, 384]


def vectors(dim: int, count: int = 40) -> np.ndarray:
    return unit(np.random.default_rng(dim).normal(size=(count, dim)))


def slowly(vector: np.ndarray, seed: int) -> np.ndarray:
    """The rotation of one vector, as docs/FORMAT.md describes it."""
    now = vector.astype(np.float64)
    for turn in range(3):
        drawn = [
            int.from_bytes(hashlib.blake2b(f"{seed} {turn} {axis}".encode(), digest_size=8).digest(), "little")
            for axis in range(len(now))
        ]
        now = np.array([-value if number % 2 else value for value, number in zip(now, drawn, strict=True)])
        now = now[sorted(range(len(now)), key=lambda axis: drawn[axis])]
        start = 0
        while start < len(now):
            size = 2 ** int(np.log2(len(now) - start))
            now[start : start + size] = hadamard(size) @ now[start : start + size] / np.sqrt(size)
            start += size
    return now


@pytest.mark.parametrize("dim", DIMS)
def test_cosines_stay_as_they_are(dim: int) -> None:
    rows = vectors(dim)
    turned = rotated(rows, 1)
    assert turned.dtype == np.float32
    assert np.allclose(turned @ turned.T, rows @ rows.T, atol=1e-5)


@pytest.mark.parametrize("dim", DIMS)
def test_it_is_the_one_that_the_format_describes(dim: int) -> None:
    rows = vectors(dim, 3)
    assert np.allclose(rotated(rows, 5), [slowly(row, 5) for row in rows], atol=1e-6)


def test_the_axes_turn_a_vector_as_the_rows_are_turned() -> None:
    rows = vectors(96)
    assert np.allclose(rows @ axes(96, 3).T, rotated(rows, 3), atol=1e-5)
    assert np.allclose(rows @ axes(96, 3, 2).T, rotated(rows, 3, 2), atol=1e-5)


def test_several_rotations_stand_side_by_side() -> None:
    rows = vectors(50)
    both = rotated(rows, 1, 2)
    assert (both == np.concatenate([rotated(rows, 1), rotated(rows, 2)], axis=1)).all()
    assert rotated(rows[:0], 1, 2).shape == (0, 100)


def test_a_row_is_turned_alike_alone_and_among_others() -> None:
    rows = vectors(384, 300)
    codes = sign_codes(rotated(rows, 1))
    assert all((sign_codes(rotated(rows[place : place + 1], 1)) == codes[place]).all() for place in range(0, 300, 7))


def test_seeds_differ_and_none_changes_nothing() -> None:
    rows = vectors(64)
    assert not np.allclose(rotated(rows, 1), rotated(rows, 2), atol=0.01)
    assert rotated(rows, 0) is rows
    assert rotated(rows[:0], 1).shape == (0, 64)


def test_what_one_axis_holds_is_spread_over_all() -> None:
    one = np.zeros((1, 384), dtype=np.float32)
    one[0, 5] = 1
    assert np.abs(rotated(one, 1)).max() < 0.35
