"""How far the neighbours of texts depend on the scale of the axes, which training may have left to chance.

sample of vectors -> the k nearest by cosine, and again after each change of scale -> the share that stays

Steck, Ekanadham and Kallus 2024, "Is Cosine-Similarity of Embeddings Really About Similarity?": where only dot products
were trained, each axis of the solution can be scaled at will, and cosines can be made to say nearly anything. A model
that was trained on cosines fixes them; a large change here is then a warning about the change, not about the model.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.maps import Floats, Moments, fit
from broadsheet.core.vectors import Vectors, unit
from broadsheet.lab.geometry.neighbours import Estimate, K

CHANGES = {
    "turned (a control)": "rotate:0",
    "centred": "centre",
    "axes standardised": "standardise",
    "principal axes half whitened": "whiten:0.5",
    "principal axes whitened": "whiten:1",
}
"""What is done to the axes, in words, and the recipe of each."""
_ROUNDS = 1_000
_BY_LENGTH = "ranked by dot product"


def kept(vectors: Vectors | Floats, moments: Moments) -> Mapping[str, Estimate]:
    """Return, by the words for a change, the mean share of the nearest ``K`` rows that stay, with its interval.

    ``vectors`` (m, dim) are sampled rows as they are stored, ``moments`` those of the whole set. Dot products are
    compared where lengths differ.
    """
    before = nearest(vectors)
    found = {}
    for words, recipe in CHANGES.items():
        after = fit(recipe, moments).apply(vectors)
        found[words] = _share(before, nearest(after))
    if np.ptp(np.linalg.norm(vectors, axis=1)) > 1e-3:
        found[_BY_LENGTH] = _share(before, _ranked(vectors @ vectors.T))
    return found


def nearest(vectors: Vectors | Floats) -> NDArray[np.bool_]:
    """Return which rows (m, m) are among the ``K`` nearest of each row by cosine, itself apart; all that are tied."""
    rows = unit(vectors)
    return _ranked(rows @ rows.T)


def _ranked(scores: Vectors | Floats) -> NDArray[np.bool_]:
    np.fill_diagonal(scores, -np.inf)
    last = -min(K, len(scores) - 1)
    return np.asarray(np.greater_equal(scores, np.partition(scores, last, axis=1)[:, [last]]), dtype=np.bool_)


def _share(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Estimate:
    shares = (one & other).sum(axis=1) / np.maximum(one.sum(axis=1), other.sum(axis=1))
    random = np.random.default_rng(0)
    means = shares[random.integers(0, len(shares), (_ROUNDS, len(shares)))].mean(axis=1)
    return Estimate(float(shares.mean()), *map(float, np.quantile(means, [0.025, 0.975])))
