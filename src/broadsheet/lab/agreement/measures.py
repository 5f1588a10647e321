"""How alike two encoders see the same texts: measures of two matrices (n, d1) and (n, d2) whose rows belong together.

    cka            shared directions of variance: linear centred kernel alignment (Kornblith, Norouzi, Lee and Hinton
                   2019), or its unbiased form (Song et al. 2012; Nguyen, Raghu and Kornblith 2021)
    rsa            rank correlation of the cosines of the same pairs of texts (Kriegeskorte, Mur and Bandettini 2008)
    procrustes     the share of variance that no rotation and scale of one space explains of the other
    jaccard        shared nearest neighbours among the first k of each text (Caspari, Dastidar, Zerhoudi, Mitrovic and
                   Granitzer 2024)
    rank_overlap   the same with the first places weighing most: rank-biased overlap (Webber, Moffat and Zobel 2010)

The plain form of CKA is above 0 for unrelated spaces: near d / (n + d) for d dimensions. The unbiased form has the mean
0 there, so it is the one to compare models by unless there are many more texts than dimensions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, spearman
from broadsheet.core.vectors import Rows

LEAST = 4  # texts: the unbiased form divides by n - 3
PERSISTENCE = 0.9  # of rank-biased overlap: the first ten places weigh 86 %
_CELLS = 8_000_000  # of comparisons of neighbours at once
Matrix = NDArray[np.floating]


def cka(one: Matrix, other: Matrix, *, unbiased: bool = False) -> float:
    """Return the linear centred kernel alignment: 1 for spaces that are equal up to rotation and scale.

    In [0, 1]; the unbiased form is at most 1 and about 0, on either side, for unrelated spaces. UsageError for unequal
    numbers of rows, fewer than four, values that are not numbers, or a space in which all texts are one point.
    """
    left, right = _centred(one, other)
    if unbiased:
        between, own, theirs = _unbiased(left, right), _unbiased(left, left), _unbiased(right, right)
    else:
        between, own, theirs = _squares(left.T @ right), _squares(left.T @ left), _squares(right.T @ right)
    size = np.sqrt(max(own, 0.0) * max(theirs, 0.0))
    return float(between / size) if size > 0 else 0.0


def rsa(one: Matrix, other: Matrix, *, seed: int = 0, pairs: int = 50_000) -> float:
    """Return Spearman's correlation of the cosines of pairs of texts in both spaces, in [-1, 1].

    All pairs are taken where there are at most ``pairs``, otherwise so many at random. UsageError as for ``cka``.
    """
    _centred(one, other)
    n = len(one)
    if n * (n - 1) // 2 <= pairs:
        first, second = np.triu_indices(n, 1)
    else:
        random = np.random.default_rng(seed)
        first = random.integers(0, n, pairs)
        second = (first + random.integers(1, n, pairs)) % n
    return spearman(_cosines(one, first, second), _cosines(other, first, second))


def procrustes(one: Matrix, other: Matrix) -> float:
    """Return the residual of the best rotation, reflection and scale of one centred space onto the other, as a share of
    its variance: 0 for equal shapes, at most 1 (Schönemann 1966; Gower 1975). UsageError as for ``cka``."""
    left, right = _centred(one, other)
    size = np.linalg.norm(left) * np.linalg.norm(right)
    shared = np.linalg.svd(left.T @ right, compute_uv=False).sum() / size
    return float(np.clip(1 - shared**2, 0.0, 1.0))


def jaccard(one: Rows, other: Rows) -> Floats:
    """Return for each text the Jaccard overlap (n,) of its k nearest in both spaces; ``one`` and ``other`` (n, k) hold
    rows without repetition. UsageError for other shapes."""
    shared = _shared(one, other)[:, -1] if one.shape[1] else np.zeros(len(one))
    return np.asarray(shared / np.maximum(2 * one.shape[1] - shared, 1))


def rank_overlap(one: Rows, other: Rows, *, persistence: float = PERSISTENCE) -> Floats:
    """Return for each text the rank-biased overlap (n,) of its neighbours in both spaces, (n, k) each, best first.

    Extrapolated beyond the last place as in equation 32 of the paper, so that equal lists have the value 1.
    UsageError for other shapes or a persistence that is not between 0 and 1.
    """
    if not 0 < persistence < 1:
        raise UsageError(f"The persistence of rank-biased overlap must be between 0 and 1; got {persistence}.")
    shared, depths = _shared(one, other), np.arange(1, one.shape[1] + 1)
    weights = (1 - persistence) * persistence ** (depths - 1)
    agreement = shared / depths
    return np.asarray(agreement @ weights + agreement[:, -1] * persistence ** depths[-1])


def _shared(one: Rows, other: Rows) -> Floats:
    """How many rows the first 1 ... k of both lists have in common, (n, k)."""
    if one.shape != other.shape or one.ndim != 2:
        raise UsageError(f"Neighbours of the same texts must have one shape; got {one.shape} and {other.shape}.")
    n, k = one.shape
    counts = np.zeros((n, k))
    step = max(1, _CELLS // max(1, k * k))
    for start in range(0, n, step):
        part = slice(start, start + step)
        at, here, there = np.nonzero(one[part, :, None] == other[part, None, :])
        np.add.at(counts, (at + start, np.maximum(here, there)), 1)
    return np.cumsum(counts, axis=1)


def _centred(one: Matrix, other: Matrix) -> tuple[Floats, Floats]:
    """Both spaces around their means, checked."""
    if one.ndim != 2 or other.ndim != 2 or len(one) != len(other) or len(one) < LEAST:
        raise UsageError(
            f"Spaces are compared on the same texts, at least {LEAST}; got the shapes {one.shape} and {other.shape}."
        )
    spaces = [np.asarray(each, dtype=np.float64) for each in (one, other)]
    if not all(np.isfinite(each).all() for each in spaces):
        raise UsageError("Some vectors are not numbers (NaN or infinite): make them again, or leave those rows out.")
    left, right = (each - each.mean(axis=0) for each in spaces)
    if not (np.linalg.norm(left) > 1e-9 and np.linalg.norm(right) > 1e-9):
        raise UsageError("All texts have the same vector in one of the spaces: it cannot be compared with another.")
    return left, right


def _squares(matrix: Floats) -> float:
    return float(np.square(matrix).sum())


def _unbiased(left: Floats, right: Floats) -> float:
    """The unbiased estimate of the Hilbert-Schmidt independence criterion with linear kernels, without kernels of n x n
    cells: the kernels' diagonals are taken off their products and sums."""
    n = len(left)
    own, theirs = np.square(left).sum(axis=1), np.square(right).sum(axis=1)
    trace = _squares(left.T @ right) - own @ theirs
    rows_own, rows_theirs = left @ left.sum(axis=0) - own, right @ right.sum(axis=0) - theirs
    both = rows_own.sum() * rows_theirs.sum() / ((n - 1) * (n - 2))
    return float(trace + both - 2 / (n - 2) * (rows_own @ rows_theirs)) / (n * (n - 3))


def _cosines(space: Matrix, first: Rows, second: Rows) -> Floats:
    rows = np.asarray(space, dtype=np.float64)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    parts = [
        np.einsum("ij,ij->i", rows[first[at : at + 65_536]], rows[second[at : at + 65_536]])
        for at in range(0, len(first), 65_536)
    ]
    return np.round(np.concatenate(parts), 12)  # equal cosines stay equal after a rotation
