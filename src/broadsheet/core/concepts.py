"""Concepts as axes: what vectors say in named directions, so that a similarity is a sum over names.

a vector of each concept, and the mean of all texts -> what all texts share is an axis of its own; what concepts say
besides -> axes that overlap as little as they can and stay as near as they can to the concepts (Löwdin 1950)
two texts -> the product of what they say on each axis; the sum is their cosine, but for what no concept says (rest)

Bogdanova and Yazdani 2018, "SESA: Supervised Explicit Semantic Analysis"; Gabrilovich and Markovitch 2007, "Computing
Semantic Relatedness using Wikipedia-based Explicit Semantic Analysis". Directions that concepts hardly tell apart are
damped, as in ridge regression (Hoerl and Kennard 1970), so that no two concepts answer for one thing with opposite
signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Vectors

Floats = NDArray[np.float64]
DAMPED = 0.1
"""The square of the singular value at which a direction of the concepts counts half."""
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Axes:
    """What all texts share, ``common`` (dim,), of length 1 or 0; and the axes of the concepts, ``rows`` (m, dim)."""

    common: Floats
    rows: Floats

    def of(self, vector: Vectors) -> Floats:
        """Return what a vector (dim,) says of each concept, (m,)."""
        return np.asarray(self.rows @ vector.astype(np.float64))

    def shared(self, one: Vectors, other: Vectors) -> float:
        """Return what two vectors have in common because all texts have it."""
        return float((self.common @ one.astype(np.float64)) * (self.common @ other.astype(np.float64)))

    def turned(self, vector: Vectors, places: Sequence[int], by: float) -> Vectors:
        """Return a unit vector (dim,) moved ``by`` so much, of its length 1, towards what these concepts have in common
        (below 0: away from it)."""
        towards = self.rows[list(places)].sum(axis=0)
        length = float(np.linalg.norm(towards))
        return _unit(vector + by * towards / length, vector) if length > _NOTHING else vector

    def without(self, vector: Vectors, places: Sequence[int]) -> Vectors:
        """Return a unit vector (dim,) that says nothing of these concepts; the same one where it says nothing else."""
        _, values, right = np.linalg.svd(self.rows[list(places)], full_matrices=False)
        directions = right[values > _NOTHING]
        return _unit(vector - (directions @ vector.astype(np.float64)) @ directions, vector)


def axes(concepts: Vectors, mean: Vectors) -> Axes:
    """Return the Axes of concepts (m, dim) among texts with this mean (dim,). A concept that says only what all texts
    say has an axis of zeros; so has each when there are no texts."""
    length = float(np.linalg.norm(mean))
    common = mean.astype(np.float64) / length if length else np.zeros(len(mean))
    own = concepts.astype(np.float64) - mean
    own -= np.outer(own @ common, common)
    lengths = np.linalg.norm(own, axis=1, keepdims=True)
    left, values, right = np.linalg.svd(np.divide(own, lengths, where=lengths > 1e-9, out=np.zeros_like(own)), False)
    return Axes(common, (left * (values / np.sqrt(values**2 + DAMPED))) @ right)


def _unit(moved: Floats, vector: Vectors) -> Vectors:
    """A vector at length 1; the one it was, where nothing is left of it."""
    length = float(np.linalg.norm(moved))
    return np.asarray(moved / length if length > _NOTHING else vector, dtype=np.float32)
