"""Fuse two ranked lists into one: a weighted sum of scores brought to one scale, or of reciprocal ranks.

The sum of z-scores over the union of both lists preserves how much better a match is; ranks lose that (Bruch, Gai and
Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval"); reciprocal ranks: Cormack et al. 2009.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def z_scores(scores: NDArray[np.floating]) -> Floats:
    """Return scores (n,) minus their mean, divided by their standard deviation; zeros when all are equal."""
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros(len(values))


def z_sum(
    lexical: NDArray[np.floating], semantic: NDArray[np.floating], *, weight: float = 0.5
) -> tuple[Floats, Floats]:
    """Return what each side adds to each item of a union (n,) with complete scores; their sum is the fused score.

    ``weight`` is the semantic side's share. A NaN semantic score (no vector yet) counts as the lowest known one.
    """
    unknown = np.isnan(semantic)
    if unknown.any():
        semantic = np.where(unknown, 0.0 if unknown.all() else np.nanmin(semantic), semantic)
    return (1 - weight) * z_scores(lexical), weight * z_scores(semantic)


def reciprocal_ranks(ranks: NDArray[np.int64], *, k: int = 60) -> Floats:
    """Return 1 / (k + rank) for ranks counted from 1, and 0 for rank 0, which means absent."""
    return np.where(ranks > 0, 1.0 / (k + ranks), 0.0)
