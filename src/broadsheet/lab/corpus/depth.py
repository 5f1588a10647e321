"""How central each text is to a corpus, and whether two corpora differ in it.

    unit vectors of a corpus -> their sum -> depth of a text: 2 - its mean cosine distance to the corpus, in [0, 2]
    the deepest text is the median of the corpus, the shallowest are its outliers
    depths of a corpus and of another, both in the first -> the rank-sum test: are the others' as deep?

TTE depth: Seegmiller and Preum 2023, "Statistical Depth for Ranking and Characterizing Transformer-Based Text
Embeddings"; the test is that of Liu and Singh 1993 by the rank sum of Wilcoxon 1945. With the cosine distance the mean
over the corpus is one product with the sum of its vectors, so that no pair of texts is ever looked at.

A text of the corpus is left out of the corpus that it is compared with: its distance of 0 to itself would make it
deeper than an unseen one, and the test would find a difference between halves of one corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, ranks
from broadsheet.core.vectors import Vectors

LEAST = 10  # texts of a corpus


@dataclass(frozen=True, slots=True)
class Shift:
    """Whether other texts are as deep in a corpus as its own: ``deeper``, the chance that one of the corpus is less
    deep than one of the others (Liu and Singh's Q: one half when the corpora are alike, less when the others lie
    outside), and the two-sided ``p`` of the rank-sum test."""

    deeper: float
    z: float
    p: float


def depths(corpus: Vectors, others: Vectors | None = None) -> Floats:
    """Return the depth of each text in a corpus of unit vectors (n, dim): of its own texts (n,), each among the others,
    or of ``others`` (m, dim). UsageError for fewer than ten texts, two dimensions, or vectors that are not numbers."""
    asked = corpus if others is None else others
    if len(corpus) < LEAST or asked.shape[1] != corpus.shape[1]:
        raise UsageError(
            f"Depth needs a corpus of at least {LEAST} texts in one dimension; got {corpus.shape} and {asked.shape}."
        )
    total = corpus.sum(axis=0, dtype=np.float64)
    cosines = asked @ total.astype(np.float32)
    mean = cosines / len(corpus) if others is not None else (cosines - _squares(corpus)) / (len(corpus) - 1)
    if not np.isfinite(mean).all():
        raise UsageError("Some vectors are not numbers (NaN or infinite): make them again, or leave those rows out.")
    return np.asarray(1 + mean, dtype=np.float64)


def shift(corpus: Vectors, others: Vectors) -> Shift:
    """Test whether ``others`` (m, dim) come from where the corpus (n, dim) comes from, by their depths in the corpus.

    It sees others that lie further outside, or nearer to the middle, than the corpus itself; not every difference: see
    ``drift`` for one that does. UsageError as for ``depths``.
    """
    return rank_sum(depths(corpus), depths(corpus, others))


def rank_sum(one: Floats, other: Floats) -> Shift:
    """Return the two-sided rank-sum test of two samples (Wilcoxon 1945; Mann and Whitney 1947), by its normal
    approximation with the correction for ties. UsageError for an empty sample."""
    n, m = len(one), len(other)
    if not n or not m:
        raise UsageError(f"The rank-sum test needs values on both sides; got {n} and {m}.")
    places = ranks(np.concatenate([one, other]))
    wins = float(places[n:].sum()) - m * (m + 1) / 2  # pairs in which the other is higher, a tie as half
    _, counts = np.unique(places, return_counts=True)
    total = n + m
    ties = float((counts.astype(np.float64) ** 3 - counts).sum()) / (total * max(total - 1, 1))
    spread = sqrt(max(n * m / 12 * (total + 1 - ties), 0.0))
    z = (wins - n * m / 2) / spread if spread else 0.0
    return Shift(wins / (n * m), z, erfc(abs(z) / sqrt(2)))


def _squares(vectors: Vectors) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
