import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.vectors import best, products, sign_codes, unit


def test_unit_rows_even_for_zero():
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert rows.dtype == np.float32
    assert np.allclose(rows, [[0.6, 0.8], [1.0, 0.0]])
    assert unit(np.empty((0, 5))).shape == (0, 5)


def test_codes_hold_one_bit_a_dimension():
    matrix = np.random.default_rng(1).normal(size=(7, 100)).astype(np.float32)
    codes = sign_codes(matrix)
    assert codes.shape == (7, 2)
    for row, code in zip(matrix, codes, strict=True):
        bits = [(int(code[d // 64]) >> (d % 64)) & 1 for d in range(100)]
        assert bits == [int(value > 0) for value in row]


@given(st.lists(st.integers(-3, 3), max_size=40), st.integers(0, 50))
def test_best_is_a_stable_sort_cut(scores, k):
    rows, values = best(np.array(scores, dtype=np.float32), k)
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    assert rows.tolist() == expected
    assert values.tolist() == [scores[i] for i in expected]


def test_a_score_that_is_not_a_number_comes_last():
    rows, scores = best(np.array([0.2, np.nan, 0.9, np.nan], dtype=np.float32), 3)
    assert rows.tolist() == [2, 0, 1]
    assert scores[2] == -np.inf


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 70), (200, 30), (100, 10), (70, 70), (0, 3), (3, 0)])
@pytest.mark.parametrize("dim", [1, 16, 384, 10_001])
def test_products_in_blocks_are_those_of_the_whole(shape: tuple[int, int], dim: int) -> None:
    rng = np.random.default_rng(3)
    rows, others = (rng.integers(-3, 4, (count, dim)).astype(np.float32) for count in shape)
    made = products(rows, others)
    assert made.dtype == np.float32
    assert np.array_equal(made, rows.astype(np.float64) @ others.astype(np.float64).T)
