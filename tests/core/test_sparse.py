"""Weighted terms: next to scipy's matrices, which say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from broadsheet.core.protocols import SparseVectors
from broadsheet.core.sparse import Postings, joined, products, reordered, row_of, sparse_of

sparse = pytest.importorskip("scipy.sparse")
SIZE = 30
ROWS = arrays(np.float32, st.tuples(st.integers(0, 8), st.just(SIZE)), elements=st.sampled_from([0, 0, 0, 0.5, 1, 2]))


def dense(vectors: SparseVectors) -> np.ndarray:
    shape = (len(vectors.starts) - 1, vectors.size)
    return np.asarray(sparse.csr_array((vectors.weights, vectors.terms, vectors.starts), shape=shape).toarray())


@given(ROWS)
def test_rows_come_back_as_they_were(rows: np.ndarray) -> None:
    made = sparse_of(rows, most=SIZE)
    assert (made.starts.dtype, made.terms.dtype, made.weights.dtype) == (np.int64, np.int32, np.float32)
    np.testing.assert_array_equal(dense(made), rows)


@given(ROWS, st.integers(1, 5))
def test_the_heaviest_terms_stay_and_of_equal_ones_the_first(rows: np.ndarray, most: int) -> None:
    made = sparse_of(rows, most=most)
    for row, weights in enumerate(rows):
        heaviest = sorted(np.flatnonzero(weights), key=lambda term: (-weights[term], term))[:most]
        assert row_of(made, row)[0].tolist() == sorted(heaviest)
        np.testing.assert_array_equal(row_of(made, row)[1], weights[sorted(heaviest)])


@given(ROWS, ROWS)
def test_parts_are_joined_and_rows_ordered(one: np.ndarray, other: np.ndarray) -> None:
    whole = joined([sparse_of(one, most=SIZE), sparse_of(other, most=SIZE)], SIZE)
    both = np.concatenate([one, other])
    np.testing.assert_array_equal(dense(whole), both)
    order = np.random.default_rng(0).permutation(len(both))
    np.testing.assert_array_equal(dense(reordered(whole, order)), both[order])


def test_nothing_joined_is_no_row() -> None:
    empty = joined([], SIZE)
    assert (len(empty.starts) - 1, empty.size, len(empty.terms)) == (0, SIZE, 0)


@given(ROWS, ROWS)
def test_scores_are_the_product_of_the_matrices(documents: np.ndarray, queries: np.ndarray) -> None:
    postings, asked = Postings(sparse_of(documents, most=SIZE)), sparse_of(queries, most=SIZE)
    expected = (sparse.csr_array(queries) @ sparse.csr_array(documents).T).toarray()
    for row in range(len(queries)):
        np.testing.assert_allclose(postings.scores(*row_of(asked, row)), expected[row], rtol=1e-6)
    assert postings.count == len(documents)


@given(ROWS)
def test_a_pair_is_similar_by_the_sum_of_its_products(rows: np.ndarray) -> None:
    one, other = sparse_of(rows, most=SIZE), sparse_of(rows[::-1], most=SIZE)
    np.testing.assert_allclose(products(one, other), (rows * rows[::-1]).sum(1), rtol=1e-6)
