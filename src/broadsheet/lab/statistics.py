"""Statistics: what makes one value of the rows of all items, as a function of how often each row counts.

rows (n, columns) -> prepared once: sorted, or counted by label -> weights (rounds, n) -> a value for each round
all weights 1: the value itself;  weights drawn with replacement: the bootstrap;  one weight 0: the jackknife

So the value and its interval come from one definition, and no resample is sorted again. Equal scores count as one
threshold, as scikit-learn has it. A statistic that a resample does not define is what chance gives: 0, for ``auc`` 0.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.metrics import Floats, ranks

Weighted = Callable[[Floats], Floats]  # weights (rounds, n) -> values (rounds,)
Exchange = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic of rows with these ``columns``. ``prepare`` makes a function of weights of rows (n, columns).

    ``exchange`` brings the rows of two systems to one scale without a change of their values, so that a permutation
    test may swap them item by item. ``binary``: whether the second column must be 0 or 1. The first
    ``measured`` columns are the system's own, the others are judgements, which are the same for all.
    """

    name: str
    columns: tuple[str, ...]
    prepare: Callable[[Floats], Weighted]
    exchange: Exchange
    binary: bool = False
    measured: int = 1

    def __call__(self, rows: Floats) -> float:
        """Return the value of rows (n, columns), each counted once. UsageError for rows of another form."""
        return float(self.prepare(self.checked(rows))(np.ones((1, len(rows))))[0])

    def checked(self, rows: Floats) -> Floats:
        """Return the rows as float64 (n, columns). UsageError names what is wrong with them."""
        array = np.asarray(rows, dtype=np.float64)
        array = array[:, None] if array.ndim == 1 else array
        if array.ndim != 2 or not len(array) or array.shape[1] != len(self.columns):
            raise UsageError(
                f"The statistic {self.name} needs rows of ({', '.join(self.columns)}); got the shape {array.shape}."
            )
        if not np.isfinite(array).all():
            bad = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
            raise UsageError(f"Row {bad} is not finite ({array[bad].tolist()}): {self.name} would be a silent error.")
        if self.binary and not np.isin(array[:, 1], (0, 1)).all():
            raise UsageError(f"The statistic {self.name} needs labels that are 0 or 1; got {_some(array[:, 1])}.")
        return array


def statistic(name: str) -> Statistic:
    """Return the statistic of a name. UsageError when it is unknown."""
    if name not in STATISTICS:
        raise UsageError(f"Unknown statistic {name!r}. {nearest(name, STATISTICS)}")
    return STATISTICS[name]


def _some(values: Floats) -> str:
    kinds = np.unique(values)
    return ", ".join(f"{each:g}" for each in kinds[:5]) + (", …" if len(kinds) > 5 else "")


def _mean(rows: Floats) -> Weighted:
    values = rows[:, 0]
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def _pearson(rows: Floats) -> Weighted:
    """Pearson's correlation, from weighted sums of centred numbers."""
    x, y = (rows - rows.mean(axis=0)).T
    moments = np.stack([x, y, x * x, y * y, x * y], axis=1)

    def value(weights: Floats) -> Floats:
        mx, my, xx, yy, xy = (weights @ moments / weights.sum(axis=1, keepdims=True)).T
        return _ratio(xy - mx * my, np.sqrt(_positive(xx - mx * mx, xx) * _positive(yy - my * my, yy)))

    return value


def _positive(variance: Floats, scale: Floats) -> Floats:
    """A variance, 0 where only rounding is left of it."""
    return np.where(variance > 1e-12 * scale, variance, 0.0)


def _ratio(above: Floats, below: Floats, otherwise: float = 0.0) -> Floats:
    """A quotient, ``otherwise`` where it is not defined."""
    return np.asarray(np.divide(above, below, out=np.full_like(above, otherwise), where=below > 0))


class _Ties:
    """Values in ascending order, equal ones as one place."""

    def __init__(self, values: Floats) -> None:
        kinds, self.place = np.unique(values, return_inverse=True)
        self._order = np.argsort(self.place, kind="stable")
        self._starts = np.searchsorted(self.place[self._order], np.arange(len(kinds)))
        self._distinct = len(kinds) == len(values)

    def sums(self, weights: Floats) -> Floats:
        """Return the weight at each place, (rounds, places)."""
        ordered = weights[:, self._order]
        return ordered if self._distinct else np.add.reduceat(ordered, self._starts, axis=1)

    def ranks(self, weights: Floats) -> Floats:
        """Return the rank of each value among all, less one half: the middle of its place, (rounds, n)."""
        sums = self.sums(weights)
        middles = np.cumsum(sums, axis=1) - sums / 2
        return np.asarray(middles[:, self.place])


def _spearman(rows: Floats) -> Weighted:
    """Spearman's rank correlation; equal values share the mean of their ranks."""
    one, other = _Ties(rows[:, 0]), _Ties(rows[:, 1])

    def value(weights: Floats) -> Floats:
        middle = weights.sum(axis=1, keepdims=True) / 2
        x, y = one.ranks(weights) - middle, other.ranks(weights) - middle
        wx, wy = weights * x, weights * y
        return _ratio(np.vecdot(wx, y), np.sqrt(np.vecdot(wx, x) * np.vecdot(wy, y)))

    return value


def _kendall(rows: Floats) -> Weighted:
    """Kendall's tau-b (1945), which leaves out pairs of equal values; for few rows, as it compares all pairs."""
    one, other = (np.sign(column[:, None] - column[None, :]) for column in rows.T)

    def value(weights: Floats) -> Floats:
        def pairs(each: Floats) -> Floats:
            return np.asarray(np.vecdot(weights @ each, weights))

        return _ratio(pairs(one * other), np.sqrt(pairs(one * one) * pairs(other * other)))

    return value


def ranked(rows: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """Return a function of weights that counts, at each distinct score from the highest down, the weight of positives
    and of all rows (score, label), both (rounds, scores)."""
    ties, label = _Ties(-rows[:, 0]), rows[:, 1]
    return lambda weights: (ties.sums(weights * label), ties.sums(weights))


def _average_precision(rows: Floats) -> Weighted:
    """Average precision: the sum of precision times the step of recall, over thresholds (as in scikit-learn)."""
    counts = ranked(rows)

    def value(weights: Floats) -> Floats:
        hits, seen = counts(weights)
        precision = _ratio(np.cumsum(hits, axis=1), np.cumsum(seen, axis=1))
        return _ratio(np.vecdot(hits, precision), hits.sum(axis=1))

    return value


def _best_f1(rows: Floats) -> Weighted:
    """The best F1 that any threshold reaches."""
    counts = ranked(rows)

    def value(weights: Floats) -> Floats:
        hits, seen = counts(weights)
        found, taken = np.cumsum(hits, axis=1), np.cumsum(seen, axis=1)
        return np.asarray(_ratio(2 * found, taken + found[:, -1:]).max(axis=1))

    return value


def _mined_f1(rows: Floats) -> Weighted:
    """The best F1 that any threshold reaches where each row is one candidate, right or not, and ``possible`` says
    whether there is something to be found for it at all."""
    ties, right, possible = _Ties(-rows[:, 0]), rows[:, 1], rows[:, 2]

    def value(weights: Floats) -> Floats:
        found = np.cumsum(ties.sums(weights * right), axis=1)
        taken = np.cumsum(ties.sums(weights), axis=1)
        return np.asarray(_ratio(2 * found, taken + (weights @ possible)[:, None]).max(axis=1))

    return value


def _auc(rows: Floats) -> Weighted:
    """The area under the ROC curve: how often a positive is above a negative, equal scores as one half."""
    counts = ranked(rows)

    def value(weights: Floats) -> Floats:
        hits, seen = counts(weights)
        misses = seen - hits
        above = np.cumsum(hits, axis=1) - hits / 2
        return _ratio(np.vecdot(misses, above), hits.sum(axis=1) * misses.sum(axis=1), otherwise=0.5)

    return value


class _Cells:
    """Pairs of codes (n, 2), counted: which ``kinds`` of pairs there are, and how often each."""

    def __init__(self, codes: NDArray[np.intp]) -> None:
        self.kinds, place = np.unique(codes, axis=0, return_inverse=True)
        self._ties = _Ties(place.astype(np.float64).ravel())

    def counts(self, weights: Floats) -> Floats:
        """Return the weight of each kind of pair, (rounds, kinds)."""
        return self._ties.sums(weights)

    def of(self, column: int) -> Floats:
        """Return which kinds have which code in a column: 0 or 1, (kinds, codes)."""
        return np.asarray(self.kinds[:, [column]] == np.arange(self.kinds.max() + 1), dtype=np.float64)


def _codes(rows: Floats) -> NDArray[np.intp]:
    """Number the values of each column on its own, (n, columns)."""
    return np.stack([np.unique(column, return_inverse=True)[1] for column in rows.T], axis=1)


def _v_measure(rows: Floats) -> Weighted:
    """The harmonic mean of homogeneity and completeness (Rosenberg and Hirschberg 2007)."""
    cells = _Cells(_codes(rows))
    clusters, labels = cells.of(0), cells.of(1)

    def value(weights: Floats) -> Floats:
        counts = cells.counts(weights)
        joint, cluster, label = _entropy(counts), _entropy(counts @ clusters), _entropy(counts @ labels)
        shared = cluster + label - joint
        homogeneity = _ratio(shared, label, otherwise=1.0)
        completeness = _ratio(shared, cluster, otherwise=1.0)
        return _ratio(2 * homogeneity * completeness, homogeneity + completeness)

    return value


def _entropy(counts: Floats) -> Floats:
    """Return the entropy of each row of counts, in nats; exactly 0 for one kind."""
    share = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=1))


def _macro_f1(rows: Floats) -> Weighted:
    """The mean F1 of the labels that occur, predicted or true."""
    cells = _Cells(np.unique(rows, return_inverse=True)[1].reshape(rows.shape))
    predicted, true = cells.of(0), cells.of(1)

    def value(weights: Floats) -> Floats:
        counts = cells.counts(weights)
        size = counts @ (predicted + true)
        return np.asarray(_ratio(2 * (counts @ (predicted * true)), size).sum(axis=1) / (size > 0).sum(axis=1))

    return value


def _f1(rows: Floats) -> Weighted:
    """The F1 of what was chosen, 0 or 1."""
    hits, size = rows[:, 0] * rows[:, 1], rows.sum(axis=1)
    return lambda weights: _ratio(2 * (weights @ hits), weights @ size)


def _as_is(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    return one, other


def _by_rank(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Put each system's scores on the scale of ranks."""
    first, second = (np.column_stack([ranks(rows[:, 0]), rows[:, 1:]]) for rows in (one, other))
    return first, second


def _by_deviation(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Put each system's scores on the scale of standard deviations from their mean."""
    first, second = (np.column_stack([_standard(rows[:, 0]), rows[:, 1]]) for rows in (one, other))
    return first, second


def _standard(values: Floats) -> Floats:
    spread = values.std()
    return np.asarray((values - values.mean()) / (spread if spread > 0 else 1.0))


def _by_overlap(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Name the other system's clusters like the clusters of the first with which they share most items, each once."""
    codes = _codes(np.column_stack([one[:, 0], other[:, 0]]))
    cells = _Cells(codes)
    counts = cells.counts(np.ones((1, len(one))))[0]
    names: dict[int, int] = {}
    for ours, theirs in cells.kinds[np.argsort(-counts, kind="stable")].tolist():
        if theirs not in names and ours not in names.values():
            names[theirs] = ours
    fresh = int(codes[:, 0].max()) + 1
    renamed = [names.get(code, fresh + code) for code in codes[:, 1].tolist()]
    return np.column_stack([codes[:, 0], one[:, 1]]), np.column_stack([renamed, other[:, 1]])


_SCORED, _JUDGED = ("score", "label"), ("score", "gold")
STATISTICS = {
    each.name: each
    for each in (
        Statistic("mean", ("value",), _mean, _as_is),
        Statistic("accuracy", ("value",), _mean, _as_is),
        Statistic("pearson", _JUDGED, _pearson, _by_deviation),
        Statistic("spearman", _JUDGED, _spearman, _by_rank),
        Statistic("kendall", _JUDGED, _kendall, _by_rank),
        Statistic("ap", _SCORED, _average_precision, _by_rank, binary=True),
        Statistic("best_f1", _SCORED, _best_f1, _by_rank, binary=True),
        Statistic("mined_f1", ("score", "right", "possible"), _mined_f1, _by_rank, binary=True, measured=2),
        Statistic("auc", _SCORED, _auc, _by_rank, binary=True),
        Statistic("v_measure", ("cluster", "label"), _v_measure, _by_overlap),
        Statistic("f1", ("choice", "label"), _f1, _as_is, binary=True),
        Statistic("macro_f1", ("predicted", "label"), _macro_f1, _as_is),
    )
}
"""By name; `accuracy` is the mean of 0 and 1."""
