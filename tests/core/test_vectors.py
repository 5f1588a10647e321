import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.vectors import best, sign_codes, unit


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
