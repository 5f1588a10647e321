"""Late interaction is the sum of the largest products, however many tokens there are."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core import maxsim
from broadsheet.core.maxsim import max_sims, stacked

RANDOM = np.random.default_rng(3)


def rows(count: int) -> np.ndarray:
    return RANDOM.normal(size=(count, 8)).astype(np.float32).astype(np.float16).astype(np.float32)


@pytest.mark.parametrize("at_once", [1, 7, 1 << 15])
def test_it_is_the_sum_of_the_largest_products(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(maxsim, "_AT_ONCE", at_once)
    texts = [rows(count) for count in (5, 0, 1, 30, 2, 0)]
    query = rows(4)
    expected = np.array([sum(max(q @ t for t in text) for q in query) if len(text) else 0 for text in texts])
    matrix = stacked(texts, 8)
    np.testing.assert_allclose(max_sims(query, matrix), expected, rtol=1e-5)
    only = np.array([3, 1, 0])
    np.testing.assert_allclose(max_sims(query, matrix, only), expected[only], rtol=1e-5)
    assert (matrix.texts, matrix.rows.dtype) == (6, np.float16)


def test_without_texts_and_without_tokens_of_the_query() -> None:
    assert max_sims(rows(3), stacked([], 8)).shape == (0,)
    assert max_sims(rows(0), stacked([rows(2)], 8)).tolist() == [0]
