"""One pass over a set of vectors: sums in float64, from which most figures of the report follow exactly.

each block -> whole rows (finite, not zero) -> count, sum, scatter about the first block's mean, directions, bounds
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import SourceError
from broadsheet.core.maps import Floats, Moments
from broadsheet.core.protocols import Progress
from broadsheet.lab.geometry.rows import Rows, fingerprints

_CONSTANT = 1e-6  # of the largest bound of an axis: an axis that moves less is dead
MOST_FINGERPRINTS = 20_000_000  # rows whose duplicates are counted: 160 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one pass over all rows counts. ``whole`` (n,) tells which rows are finite and not zero; all else is about
    those. ``direction`` is the sum of their unit vectors; ``lengths`` their smallest, mean and largest length.
    ``repeats`` counts rows equal to another one, None where there were too many rows to remember."""

    moments: Moments
    whole: NDArray[np.bool_]
    not_finite: int
    zero: int
    lengths: tuple[float, float, float]
    direction: Floats
    low: Floats
    high: Floats
    repeats: int | None

    @property
    def mean_cosine(self) -> float:
        """Return the mean cosine of all pairs of different rows."""
        n = self.moments.count
        return float((self.direction @ self.direction - n) / (n * (n - 1)))

    @property
    def mean_direction(self) -> Floats:
        """Return the unit vector (dim,) that all rows lean to."""
        return self.direction / max(float(np.linalg.norm(self.direction)), 1e-300)

    @property
    def unit(self) -> bool:
        """Return whether all rows have length 1."""
        return max(abs(self.lengths[0] - 1), abs(self.lengths[2] - 1)) < 1e-3

    @property
    def dead(self) -> NDArray[np.int64]:
        """Return the axes that are constant."""
        return np.flatnonzero(self.high - self.low <= _CONSTANT * max(np.abs(self.low).max(), np.abs(self.high).max()))


@dataclass
class _Sums:
    """The running sums."""

    centre: Floats
    total: Floats
    scatter: Floats
    direction: Floats
    low: Floats
    high: Floats
    lengths: list[float] = field(default_factory=lambda: [np.inf, 0.0, 0.0])
    count: int = 0
    not_finite: int = 0
    zero: int = 0
    whole: list[NDArray[np.bool_]] = field(default_factory=list)
    prints: list[NDArray[np.uint64]] | None = field(default_factory=list)


def survey(rows: Rows, *, progress: Progress | None = None) -> Survey:
    """Read all rows once; SourceError when fewer than two of them are finite and not zero.

    The memory grows by 9 bytes a row. Sums are taken about a centre near the mean, so that nothing cancels (Chan, Golub
    and LeVeque 1983).
    """
    sums: _Sums | None = None
    done = 0
    for block in rows.blocks():
        sums = _added(sums, block)
        done += len(block)
        if progress:
            progress(done, rows.count)
    if sums is None or sums.count < 2:
        raise SourceError(
            f"{rows.name} has {rows.count:,} rows, fewer than two of them whole: nothing can be measured."
        )
    return _summed(sums)


def _added(sums: _Sums | None, block: NDArray[np.floating]) -> _Sums:
    wide = block.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("ij,ij->i", wide, wide)
    finite = np.isfinite(squares)
    whole = finite & (squares > 0)
    good, lengths = wide[whole], np.sqrt(squares[whole])
    if sums is None:
        sums = _begun(good, block.shape[1])
    sums.whole.append(whole)
    sums.not_finite += int(np.count_nonzero(~finite))
    sums.zero += int(np.count_nonzero(squares == 0))
    if len(good):
        _add(sums, good, lengths)
        _remember(sums, block[whole])
    return sums


def _begun(good: Floats, dim: int) -> _Sums:
    centre = good.mean(axis=0) if len(good) else np.zeros(dim)
    nothing = np.zeros(dim)
    return _Sums(centre, nothing, np.zeros((dim, dim)), nothing, np.full(dim, np.inf), np.full(dim, -np.inf))


def _add(sums: _Sums, good: Floats, lengths: Floats) -> None:
    sums.count += len(good)
    sums.direction = sums.direction + (1 / lengths) @ good
    sums.low, sums.high = np.minimum(sums.low, good.min(axis=0)), np.maximum(sums.high, good.max(axis=0))
    shortest, total, longest = sums.lengths
    sums.lengths = [min(shortest, lengths.min()), total + lengths.sum(), max(longest, lengths.max())]
    good -= sums.centre
    sums.total = sums.total + good.sum(axis=0)
    sums.scatter += good.T @ good


def _remember(sums: _Sums, good: NDArray[np.floating]) -> None:
    if sums.prints is not None:
        sums.prints.append(fingerprints(good))
        if sums.count > MOST_FINGERPRINTS:
            sums.prints = None


def _summed(sums: _Sums) -> Survey:
    n = sums.count
    off = sums.total / n
    covariance = sums.scatter / n - np.outer(off, off)
    repeats = None if sums.prints is None else n - len(np.unique(np.concatenate(sums.prints)))
    return Survey(
        moments=Moments(n, sums.centre + off, (covariance + covariance.T) / 2), whole=np.concatenate(sums.whole),
        not_finite=sums.not_finite, zero=sums.zero, direction=sums.direction, low=sums.low, high=sums.high,
        lengths=(float(sums.lengths[0]), float(sums.lengths[1]) / n, float(sums.lengths[2])), repeats=repeats,
    )  # fmt: skip
