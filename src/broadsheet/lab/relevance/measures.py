"""How far probabilities can be believed: bins of a reliability diagram, the expected calibration error, Brier's score.

Bins hold the same number of rows each, so that none is nearly empty (Nguyen and O'Connor 2015); the error is the mean
gap between what was promised and what came, by how many rows a bin has (Naeini, Cooper and Hauskrecht 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of like probability: how many (``count``), the mean that was ``promised``, the share that was ``relevant``
    and its interval at 95 % (``low``, ``high``), by Wilson 1927."""

    count: int
    promised: float
    relevant: float
    low: float
    high: float


def reliability(chances: Floats, truth: Floats, *, edges: Sequence[float] | None = None) -> list[Bin]:
    """Return the bins of rows (n,) with a probability and 1 or 0: ten of the same size, or those between ``edges``.

    UsageError for no rows, or for a probability that is not one.
    """
    if not len(chances) or not ((chances >= 0) & (chances <= 1)).all():
        raise UsageError("A reliability diagram needs probabilities from 0 to 1, at least one.")
    if edges is None:
        parts = [part for part in np.array_split(np.argsort(chances, kind="stable"), BINS) if len(part)]
    else:
        places = np.searchsorted(np.asarray(edges), chances, side="right")
        parts = [part for each in range(len(edges) + 1) if len(part := np.flatnonzero(places == each))]
    return [_bin(chances[part], truth[part]) for part in parts]


def _bin(chances: Floats, truth: Floats) -> Bin:
    count, share = len(truth), float(truth.mean())
    low, high = wilson(share, count)
    return Bin(count, float(chances.mean()), share, low, high)


def wilson(share: float, count: int, *, z: float = 1.959964) -> tuple[float, float]:
    """Return the interval of a share that was seen in ``count`` rows (Wilson 1927)."""
    middle, wide = share + z * z / (2 * count), z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return float((middle - wide) / scale), float((middle + wide) / scale)


def calibration_error(chances: Floats, truth: Floats) -> float:
    """Return the expected calibration error over ten bins of the same size, in [0, 1]."""
    bins = reliability(chances, truth)
    return float(sum(each.count * abs(each.promised - each.relevant) for each in bins) / len(chances))


def brier(chances: Floats, truth: Floats) -> float:
    """Return the mean squared error of probabilities (Brier 1950), in [0, 1]; less is better."""
    return float(((chances - truth) ** 2).mean())


def precision_at_recall(scores: Floats, truth: Floats, *, recall: float, relevant: int) -> float:
    """Return the precision of everything above the one threshold, over all queries, that first reaches a recall of
    ``relevant`` papers in all, those not listed among them; NaN where none does. Equal scores are taken together."""
    order = np.argsort(-scores, kind="stable")
    hits, last = np.cumsum(truth[order]), np.append(np.diff(scores[order]) != 0, True)
    enough = np.flatnonzero(last & (hits >= recall * relevant - 1e-9))
    return float(hits[enough[0]] / (enough[0] + 1)) if len(enough) else float("nan")


def risk_coverage(chances: Floats, wrong: Floats) -> Floats:
    """Return the error (n,) among the 1, 2, ... n queries that are answered first, the most probable ones: the curve of
    risk and coverage (El-Yaniv and Wiener 2010)."""
    order = np.argsort(-chances, kind="stable")
    return np.asarray(np.cumsum(wrong[order]) / np.arange(1, len(order) + 1))
