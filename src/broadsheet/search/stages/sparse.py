"""Learned words: which words a model thinks a paper is about, and how much. Off unless a model is named.

weighted terms of the query -> stored weighted terms of the candidates -> the sum of products over the terms both have

Formal et al. 2021, "SPLADE". Only candidates are scored, so the terms of each paper are read, and nothing is inverted.
"""

from __future__ import annotations

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.protocols import SparseVectors
from broadsheet.core.sparse import row_of
from broadsheet.core.vectors import Vectors
from broadsheet.search.ranking import Side
from broadsheet.search.stages.stage import Candidates, Deadline, side_of
from broadsheet.search.stages.weights import sparse_encoder, weights_of

_WEIGHT = 0.3


class Sparse:
    """Adds the similarity of each candidate to the query by learned weights."""

    name = "sparse"
    budget = 0.2

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return sums; None when the query has no terms. UsageError without a model; CollectionError while some papers
        have no weights yet, or where they are damaged; ModelError for weights of another model."""
        encoder, manifest = sparse_encoder(collection)
        deadline = deadline.renewed()
        space = weights_of(collection)
        space.check(manifest)
        state, reached = space.snapshot(), collection.space.change
        if state.pointer.change < reached:
            raise CollectionError("not all papers have learned weights yet: run `broadsheet sync`")
        query = encoder.sparse_vectors([candidates.words], role="query")
        if not len(query.terms):
            return None
        deadline.check()
        rows = state.rows(candidates.numbers)
        scores = np.full(len(rows), np.nan, dtype=np.float32)
        scores[rows >= 0] = similarities(query, state.of(rows[rows >= 0]))
        return side_of(scores, _WEIGHT)


def similarities(query: SparseVectors, papers: SparseVectors) -> Vectors:
    """Return the similarity of the first row of a query with each row (n,) of papers."""
    terms, weights = row_of(query, 0)
    worth = np.zeros(query.size, dtype=np.float64)
    worth[terms] = weights
    owners = np.repeat(np.arange(len(papers.starts) - 1), np.diff(papers.starts))
    sums = np.bincount(owners, weights=worth[papers.terms] * papers.weights, minlength=len(papers.starts) - 1)
    return sums.astype(np.float32)
