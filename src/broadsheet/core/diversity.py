"""The head of a ranked list in an order that trades relevance for variety.

    relevance brought to 0..1, cosines among the head -> again and again the item with the highest
    (1 - diverse) * relevance - diverse * (its highest cosine with those already chosen)

Maximal marginal relevance: Carbonell and Goldstein 1998, "The Use of MMR, Diversity-Based Reranking for Reordering
Documents and Producing Summaries"; ``diverse`` is their 1 - lambda, so that 0 leaves the order as it is.
"""

from __future__ import annotations

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.vectors import Rows, Vectors, products

HEAD = 200
"""How many places of a list are looked at together; what follows stays below them."""


def spread(scores: Floats, vectors: Vectors, diverse: float, *, fixed: int = 0) -> Rows:
    """Return the places of a head in their new order, (n,), for scores (n,) and unit vectors (n, dim).

    The first ``fixed`` places stay, and count as chosen. A row of NaN is an item without a vector: it counts as alike
    to the others as they are on average. Equal values keep their order, and ``diverse`` 0 keeps all. UsageError for a
    ``diverse`` outside 0..1 or lengths that differ.
    """
    n = len(scores)
    if not 0 <= diverse <= 1 or len(vectors) != n:
        raise UsageError(
            f"A list is made diverse by a number from 0 to 1, with a vector for each score; got {diverse} for {n} "
            f"scores and {len(vectors)} vectors."
        )
    if diverse == 0 or n < 2:
        return np.arange(n)
    relevance, alike = _from_0_to_1(scores, fixed), _cosines(vectors)
    chosen, left = list(range(fixed)), np.arange(n) >= fixed
    nearest = alike[:fixed].max(axis=0) if fixed else np.zeros(n)
    while left.any():
        worth = np.where(left, (1 - diverse) * relevance - diverse * nearest, -np.inf)
        best = int(np.argmax(worth))
        nearest = np.maximum(nearest, alike[best]) if chosen else alike[best].copy()
        chosen.append(best)
        left[best] = False
    return np.array(chosen, dtype=np.int64)


def _from_0_to_1(scores: Floats, fixed: int) -> Floats:
    """Scores with the lowest of those after the ``fixed`` ones as 0 and the highest as 1; all 0 where they are equal.
    What is not a number is lowest."""
    values = np.asarray(scores, dtype=np.float64)
    known = values[fixed:][np.isfinite(values[fixed:])]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    return (np.where(np.isfinite(values), values, low) - low) / (high - low) if high > low else np.zeros(len(values))


def _cosines(vectors: Vectors) -> Floats:
    """The cosines (n, n) of all pairs, those of items without a vector replaced by the mean of the others."""
    known = np.isfinite(vectors).all(axis=1)
    alike = products(vectors, vectors).astype(np.float64)
    both = np.logical_and.outer(known, known)
    others = both & ~np.eye(len(vectors), dtype=np.bool_)
    mean = float(alike[others].mean()) if others.any() else 0.0
    return np.where(both, alike, mean)
