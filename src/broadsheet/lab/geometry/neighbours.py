"""The neighbours of a sample of rows among all rows, in one more pass: hubs, near duplicates, intrinsic dimension.

each block: cosines of the sample (m) with the block -> what is better than the k-th so far is merged in
neighbours (m, k) -> how often each row is a neighbour -> hubness of the whole set;  the first two -> TwoNN
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.maps import Floats
from broadsheet.core.protocols import Progress
from broadsheet.core.vectors import Rows as Places
from broadsheet.core.vectors import Vectors, unit
from broadsheet.lab.geometry.rows import Rows

K = 10
CHUNK = 2_000  # rows whose neighbours are found in one pass
ALIKE = 0.98  # cosine from which two rows are near duplicates
_GROUPS = 20  # of sampled rows, each left out once
_SAME = 1e-6  # squared distance below which two rows are equal, as float32 can tell
_Z = 1.959964  # of a 95 % interval
_ROUNDS = 200  # of resampling
_TAIL = 0.1  # share of the largest ratios that TwoNN leaves out, as its authors do


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ``value`` with its 95 % interval; both bounds equal it where all rows were counted."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The k nearest rows (m, k), best first, and their cosines, of the sampled rows ``sample`` (m,), ascending, all as
    places among the ``count`` whole rows."""

    sample: Places
    nearest: Places
    cosines: Vectors
    count: int

    @property
    def complete(self) -> bool:
        """Return whether the sample is all rows."""
        return len(self.sample) == self.count


def neighbourhood(
    rows: Rows, whole: NDArray[np.bool_], places: Places, *, k: int = K, progress: Progress | None = None
) -> Neighbourhood:
    """Find the k nearest rows of the rows at ``places`` (ascending) among all others that are ``whole`` (n,).

    Exact, in one pass for each 2,000 places; memory is those rows and a block of cosines. Ties go to the earlier row.
    """
    count = int(np.count_nonzero(whole))
    parts = [places[start : start + CHUNK] for start in range(0, len(places), CHUNK)]
    best = []
    for turn, part in enumerate(parts):
        best.append(_pass(rows, whole, part, min(k, count - 1)))
        if progress:
            progress(turn + 1, len(parts))
    nearest, cosines = np.concatenate([each.places for each in best]), np.concatenate([each.scores for each in best])
    return Neighbourhood(places, nearest, cosines, count)


def _pass(rows: Rows, whole: NDArray[np.bool_], places: Places, k: int) -> _Best:
    sample = unit(rows.some(np.flatnonzero(whole)[places]))
    best = _Best(len(places), k)
    start = done = 0
    for block in rows.blocks():
        good = unit(block[whole[done : done + len(block)]])
        if len(good):
            best.merge(_cosines(sample, good, places - start), start)
        start, done = start + len(good), done + len(block)
    return best


def _cosines(sample: Vectors, block: Vectors, own: Places) -> Vectors:
    """Cosines (m, rows); a row's with itself, which is at ``own`` (m,) where that is inside, is the lowest."""
    cosines: Vectors = sample @ block.T
    inside = np.flatnonzero((own >= 0) & (own < len(block)))
    cosines[inside, own[inside]] = -np.inf
    return cosines


class _Best:
    """The best k of each sampled row so far."""

    def __init__(self, m: int, k: int) -> None:
        self.scores = np.full((m, k), -np.inf, np.float32)
        self.places = np.full((m, k), -1, np.int64)

    def merge(self, cosines: Vectors, start: int) -> None:
        """Take in the cosines (m, rows) with the rows from ``start`` on."""
        m, k = self.scores.shape
        edge = self.scores[:, -1:]
        if cosines.shape[1] > k and not np.isfinite(edge).all():
            edge = np.maximum(edge, np.partition(cosines, -k, axis=1)[:, [-k]])
            who, where = np.nonzero(cosines >= edge)
        else:
            who, where = np.nonzero(cosines > edge)
        own = np.repeat(np.arange(m), k)
        who_all = np.concatenate([own, who])
        scores = np.concatenate([self.scores.ravel(), cosines[who, where]])
        places = np.concatenate([self.places.ravel(), where + start])
        order = np.lexsort((places, -scores, who_all))
        firsts = np.searchsorted(who_all[order], np.arange(m))
        chosen = order[firsts[:, None] + np.arange(k)]
        self.scores, self.places = scores[chosen], places[chosen]


def occurrences(nearest: Places, count: int) -> NDArray[np.int64]:
    """Return how often each of ``count`` rows is among the neighbours (m, k): int64 (count,)."""
    return np.bincount(nearest.ravel(), minlength=count)


def skewness(counts: NDArray[np.integer], sampled: int) -> float:
    """Return the skewness of k-occurrence over a whole set, when ``counts`` (n,) come from only ``sampled`` of its n
    rows, drawn without replacement; 0 where all counts are equal.

    The counts of a sample are hypergeometric: their factorial moments are those of the whole set times a known factor,
    so that dividing by it gives unbiased moments (k-occurrence: Radovanović, Nanopoulos and Ivanović 2010).
    """
    n, c = len(counts), counts.astype(np.float64)
    first = c.mean() * n / sampled
    second = (c * (c - 1)).mean() * n / sampled * (n - 1) / (sampled - 1) if sampled > 1 else 0.0
    third = (c * (c - 1) * (c - 2)).mean() if sampled > 2 else 0.0
    third *= n / sampled * (n - 1) / max(1, sampled - 1) * (n - 2) / max(1, sampled - 2)
    square, cube = second + first, third + 3 * second + first
    variance = square - first**2
    return float((cube - 3 * first * square + 2 * first**3) / variance**1.5) if variance > 1e-12 else 0.0


def hubness(found: Neighbourhood) -> Estimate:
    """Estimate the skewness of k-occurrence of the whole set, with a jackknife interval over groups of sampled rows
    (Efron and Stein 1981)."""
    counts, m = occurrences(found.nearest, found.count), len(found.sample)
    value = skewness(counts, m)
    if found.complete or m < 2 * _GROUPS:
        return Estimate(value, value, value) if found.complete else Estimate(value, float("-inf"), float("inf"))
    groups = np.random.default_rng(0).permutation(m) % _GROUPS
    left_out = np.array(
        [
            skewness(counts - occurrences(found.nearest[groups == each], found.count), int((groups != each).sum()))
            for each in range(_GROUPS)
        ]
    )
    spread = np.sqrt((_GROUPS - 1) / _GROUPS * np.square(left_out - left_out.mean()).sum())
    return Estimate(value, float(value - _Z * spread), float(value + _Z * spread))


def near_duplicates(found: Neighbourhood) -> Estimate:
    """Estimate the share of rows whose nearest other row has a cosine of at least ``ALIKE``, with Wilson's interval
    (1927)."""
    m = len(found.sample)
    share = float((found.cosines[:, 0] >= ALIKE).mean())
    if found.complete:
        return Estimate(share, share, share)
    middle, size = (share + _Z**2 / (2 * m)) / (1 + _Z**2 / m), 1 + _Z**2 / m
    half = _Z / size * np.sqrt(share * (1 - share) / m + _Z**2 / (4 * m**2))
    return Estimate(share, float(max(0, middle - half)), float(min(1, middle + half)))


def dimension(found: Neighbourhood) -> Estimate:
    """Estimate the intrinsic dimension from the ratio of the second to the first distance (TwoNN; Facco, d'Errico,
    Rodriguez and Laio 2017); rows with an equal neighbour are left out. NaN with fewer than 20 others.

    The slope of -log(1 - F) over log ratio through 0, without the largest tenth, with an interval by resampling rows.
    """
    squares = np.maximum(2 - 2 * found.cosines[:, :2].astype(np.float64), 0)
    squares = squares[squares[:, 0] > _SAME] if squares.shape[1] == 2 else squares[:0]
    if len(squares) < 20:
        return Estimate(float("nan"), float("nan"), float("nan"))
    ratios = np.log(squares[:, 1] / squares[:, 0]) / 2
    random = np.random.default_rng(0)
    again = [two_nn(ratios[random.integers(0, len(ratios), len(ratios))]) for _ in range(_ROUNDS)]
    low, high = np.quantile(again, [0.025, 0.975])
    return Estimate(two_nn(ratios), float(low), float(high))


def two_nn(log_ratios: Floats) -> float:
    """Return TwoNN's dimension of the logarithms (n,) of second to first distances."""
    n = len(log_ratios)
    kept = int(n * (1 - _TAIL))
    x, y = np.sort(log_ratios)[:kept], -np.log1p(-np.arange(1, kept + 1) / n)
    return float(x @ y / max(float(x @ x), 1e-300))


def uniformity(vectors: Vectors, *, t: float = 2.0) -> Estimate:
    """Estimate log E exp(-t |x - y|^2) over pairs of different unit rows (m, dim), at best about -2 t for many
    dimensions, 0 when all are one (Wang and Isola 2020); the interval is that of a U-statistic (Hoeffding 1948)."""
    m = len(vectors)
    means = np.empty(m)
    for start in range(0, m, 1_024):
        part = vectors[start : start + 1_024]
        closeness = np.exp(2 * t * (part @ vectors.T - 1))
        own = closeness[np.arange(len(part)), start + np.arange(len(part))]
        means[start : start + 1_024] = (closeness.sum(axis=1, dtype=np.float64) - own) / (m - 1)
    mean, error = means.mean(), 2 * means.std(ddof=1) / np.sqrt(m)
    relative = _Z * error / mean
    return Estimate(float(np.log(mean)), float(np.log(mean) - relative), float(np.log(mean) + relative))


def alignment(one: Vectors, other: Vectors) -> Estimate:
    """Return the mean squared distance of pairs of unit rows that mean the same, both (n, dim): 0 at best (Wang and
    Isola 2020), with the interval of a mean."""
    squares = np.square(one.astype(np.float64) - other).sum(axis=1)
    half = _Z * squares.std(ddof=1) / np.sqrt(len(squares)) if len(squares) > 1 else float("inf")
    return Estimate(float(squares.mean()), float(squares.mean() - half), float(squares.mean() + half))
