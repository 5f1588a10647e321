"""Intervals: how sure a value is, from the rows of a figure alone.

rows -> a Sample, checked -> items drawn with replacement, those of one group together -> the statistic of each draw
a distribution that is not skewed -> its percentiles;  a skewed one -> BCa;  what to know next to the value -> warnings

The rule: BCa where the skewness of the drawn values is beyond ±0.1, else percentiles. A mean of items without groups
that is not skewed has the interval of ``core.metrics.bootstrap``, to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, bootstrap
from broadsheet.core.vectors import Rows
from broadsheet.lab.statistics import Statistic, Weighted, statistic
from broadsheet.lab.task import Figure, Row

LEVEL = 0.95
SKEWED = 0.1  # skewness of the drawn values from which the interval is BCa
FEW = 30  # items below which an interval is not to be relied on
_MANY, _ROUNDS = 10_000, 2_000  # rounds for a mean, and for what is slower
_BLOCKS = 1_000  # parts that the jackknife leaves out in turn, at most
_AT_ONCE = 1_000_000  # weights at once: 8 MB
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows of one figure on one set: ``numbers`` (n, columns) of the ``items``; ``groups`` (n,) are codes of items
    that are drawn together, None where each is on its own. ``subject`` is what was measured."""

    subject: str
    set: str
    figure: Figure
    items: tuple[str, ...]
    numbers: Floats
    groups: Rows | None = None

    @property
    def statistic(self) -> Statistic:
        """Return the statistic of its figure."""
        return statistic(self.figure.statistic)

    @property
    def value(self) -> float:
        """Return the value of all items."""
        return self.statistic(self.numbers)

    @property
    def units(self) -> int:
        """Return how many draws make a resample: groups where there are some, else items."""
        return len(self.items) if self.groups is None else int(self.groups.max()) + 1


def sample(rows: Iterable[Row], figure: Figure, *, subject: str = "", set: str = "") -> Sample:
    """Gather the rows of a figure. UsageError without any, or when an item comes twice or a number is not finite."""
    own = [row for row in rows if row.figure == figure.name]
    if not own:
        raise UsageError(f"{set or 'The set'} has no rows of {figure.name}: nothing was measured.")
    item, count = Counter(row.item for row in own).most_common(1)[0]
    if count > 1:
        raise UsageError(f"{set or 'The set'} has {count} rows of {figure.name} for the item {item!r}, expected one.")
    widths = {len(row.numbers) for row in own}
    if len(widths) > 1:
        raise UsageError(f"{set or 'The set'} has rows of {figure.name} with {sorted(widths)} numbers, expected one.")
    numbers = statistic(figure.statistic).checked(np.array([row.numbers for row in own], dtype=np.float64))
    groups = _group_codes([row.group for row in own])
    return Sample(subject, set, figure, tuple(row.item for row in own), numbers, groups)


def _group_codes(names: Sequence[str]) -> Rows | None:
    """Number the groups; an item without a name is a group of its own."""
    if not any(names):
        return None
    known: dict[object, int] = {}
    return np.array([known.setdefault(name or place, len(known)) for place, name in enumerate(names)], dtype=np.int64)


SHARED = 0.5  # of the relevant documents of two queries together, from which both ask for the same


def query_groups(judged: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Return the group of each query that is not alone in its own, from judgements {query: {document: grade}}.

    Queries are of one group if half of their relevant documents, or more, are the same (Jaccard; single linkage). They
    rise and fall together: counted one by one they make an interval too narrow, and equal twins differ too often.
    """
    alike: dict[frozenset[str], list[str]] = {}
    for query, grades in judged.items():
        relevant = frozenset(document for document, grade in grades.items() if grade > 0)
        alike.setdefault(relevant or frozenset({f"nothing for {query}"}), []).append(query)
    parents = {own[0]: own[0] for own in alike.values()}

    def root(query: str) -> str:
        while parents[query] != query:
            query = parents[query]
        return query

    holders: dict[str, list[frozenset[str]]] = {}
    for relevant, own in alike.items():
        shared = Counter(other for document in relevant for other in holders.get(document, ()))
        for other, count in shared.items():
            if count >= SHARED * (len(relevant) + len(other) - count):
                parents[root(own[0])] = root(alike[other][0])
        for document in relevant:
            holders.setdefault(document, []).append(relevant)
    found = {query: root(own[0]) for own in alike.values() for query in own}
    several = {name for name, count in Counter(found.values()).items() if count > 1}
    return {query: name for query, name in found.items() if name in several}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A ``value`` with its interval at ``level``, made by ``method``; ``error`` is its standard error. ``items`` were
    judged, in ``groups`` (equal to items where each is on its own). ``warnings`` belong next to the value."""

    value: float
    low: float
    high: float
    level: float
    method: str
    error: float
    items: int
    groups: int
    warnings: tuple[str, ...] = ()


def estimate(measured: Sample, *, seed: int = 0, level: float = LEVEL) -> Estimate:
    """Return the value of a sample with its interval; the same ``seed`` gives the same. One item is its own interval.

    Bootstrap over items or groups: percentiles (Efron 1979), where skewed BCa (Efron 1987).
    """
    _check_level(level)
    drawn = _exact_mean(measured, seed, level) or _drawn(measured, seed, level)
    value, low, high, method, error = drawn
    return Estimate(
        value=value, low=low, high=high, level=level, method=method, error=error,
        items=len(measured.items), groups=measured.units, warnings=warnings_of(measured),
    )  # fmt: skip


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UsageError(f"The level of an interval must be between 0 and 1; got {level}.")


_Drawn = tuple[float, float, float, str, float]


def _exact_mean(measured: Sample, seed: int, level: float) -> _Drawn | None:
    """The mean of items without groups, when it is not skewed: its resamples have the skewness of the values by √n."""
    if measured.statistic.columns != ("value",) or measured.groups is not None:
        return None
    values = measured.numbers[:, 0]
    if abs(skewness(values)) / np.sqrt(len(values)) > SKEWED:
        return None
    error = float(values.std() / np.sqrt(len(values)))
    return float(values.mean()), *bootstrap(values, seed=seed, level=level), "percentile", error


def _drawn(measured: Sample, seed: int, level: float) -> _Drawn:
    call = measured.statistic.prepare(measured.numbers)
    value = float(call(np.ones((1, len(measured.items))))[0])
    values = distribution(measured, call, seed=seed)
    low, high, method = interval(values, value, lambda: jackknife(measured, call), level=level)
    return value, low, high, method, float(values.std())


def distribution(measured: Sample, call: Weighted, *, seed: int) -> Floats:
    """Return the values of resamples under a prepared function, 10,000 for a mean and 2,000 for other statistics."""
    rounds = _MANY if measured.statistic.columns == ("value",) else _ROUNDS
    return np.concatenate([call(weights) for weights in draws(measured, rounds, seed)])


def draws(measured: Sample, rounds: int, seed: int) -> Iterator[Floats]:
    """Yield weights (some rounds, n): how often each item was drawn, with replacement, groups as a whole."""
    random, units, groups = np.random.default_rng(seed), measured.units, measured.groups
    most = max(1, _AT_ONCE // len(measured.items))
    for start in range(0, rounds, most):
        size = min(most, rounds - start)
        drawn = random.integers(0, units, size=(size, units)) + units * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units).astype(np.float64)
        yield counts if groups is None else counts[:, groups]


def jackknife(measured: Sample, call: Weighted) -> Floats:
    """Return the values without each item, or group, in turn; without each of 1,000 random parts where there are more
    (Efron and Narasimhan 2020)."""
    units = measured.units
    part = np.arange(units)
    if units > _BLOCKS:
        part = np.random.default_rng(0).permutation(units) % _BLOCKS
    of_item = part if measured.groups is None else part[measured.groups]
    count, most = int(part.max()) + 1, max(1, _AT_ONCE // len(of_item))
    pieces = (np.arange(start, min(start + most, count)) for start in range(0, count, most))
    return np.concatenate([call((of_item != piece[:, None]).astype(np.float64)) for piece in pieces])


def interval(
    values: Floats, value: float, jackknifed: Callable[[], Floats], *, level: float = LEVEL
) -> tuple[float, float, str]:
    """Return (low, high, method) of resampled ``values`` around the ``value`` of the sample: percentiles; BCa where
    they are skewed, from the values without each item; and where the value is not even between these, since drawing
    items twice moves the statistic, the jackknife's standard errors on both sides of it (Efron and Stein 1981)."""
    tails = (1 - level) / 2, (1 + level) / 2
    if abs(skewness(values)) > SKEWED:
        shifted = bca_tails(values, value, jackknifed(), tails)
        if shifted is not None:
            low, high = np.quantile(values, shifted)
            if low <= value <= high:
                return float(low), float(high), "BCa"
    low, high = np.quantile(values, tails)
    if low <= value <= high:
        return float(low), float(high), "percentile"
    left_out = jackknifed()
    width = -_NORMAL.inv_cdf(tails[0]) * float(np.sqrt((len(left_out) - 1) * left_out.var()))
    return value - width, value + width, "jackknife"


def bca_tails(values: Floats, value: float, left_out: Floats, tails: Sequence[float]) -> tuple[float, ...] | None:
    """Shift the tails of an interval by bias and acceleration (Efron 1987); None where either is not defined."""
    below = float(((values < value).sum() + (values <= value).sum()) / (2 * len(values)))
    gaps = left_out.mean() - left_out
    scale = float((gaps**2).sum()) ** 1.5
    if not 0 < below < 1 or scale == 0:
        return None
    bias, speed = _NORMAL.inv_cdf(below), float((gaps**3).sum()) / (6 * scale)
    shifts = [bias + _NORMAL.inv_cdf(tail) for tail in tails]
    if any(speed * shift >= 1 for shift in shifts):
        return None
    return tuple(_NORMAL.cdf(bias + shift / (1 - speed * shift)) for shift in shifts)


def skewness(values: Floats) -> float:
    """Return the third standardised moment; 0 for equal values."""
    gaps = values - values.mean()
    spread = float(np.sqrt((gaps**2).mean()))
    return float((gaps**3).mean()) / spread**3 if spread > 1e-12 else 0.0


def warnings_of(measured: Sample) -> tuple[str, ...]:
    """Return what a reader must know next to the value, each a sentence."""
    return tuple(_warnings(measured))


def _warnings(measured: Sample) -> Iterator[str]:
    count, units = len(measured.items), measured.units
    what = "groups of items" if units < count else "items"
    if units == 1:
        yield f"There is only one {'group of items' if units < count else 'item'}: its value says nothing about others."
    elif units < FEW:
        yield f"Only {units} {what}: the interval is too narrow more often than it says."
    scores = measured.numbers[:, 0]
    if measured.statistic.columns == ("value",):
        if count > 1 and np.ptp(scores) == 0:
            yield f"All {count:,} items have the same value: the interval has no width and says nothing."
        return
    if measured.statistic.measured == 1 and np.ptp(measured.numbers[:, 1]) == 0:
        yield f"All {count:,} judgements are equal: {measured.figure.name} is not defined and shown as chance."
    if np.ptp(scores) == 0:
        yield f"All {count:,} scores are equal: {measured.figure.name} is not defined and shown as chance."
    elif measured.statistic.columns[0] == "score":
        tied = count - len(np.unique(scores))
        if tied > 0.01 * count:
            yield f"{tied:,} of {count:,} scores are ties with others; they share a rank, or one threshold."


def judgement_warnings(judged: Mapping[str, Mapping[str, int]], pairs: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Return what is odd about judgements {query: {document: grade}}: queries without a relevant document, or whose
    grades are all equal; ``pairs`` (query, document), as they were read, tell which were judged twice."""
    found = []
    empty = [name for name, grades in judged.items() if not any(grade > 0 for grade in grades.values())]
    if empty:
        found.append(
            f"{len(empty)} of {len(judged)} queries {_have(empty)} nothing relevant ({empty[0]!r}): a query like that "
            "counts as 0."
        )
    flat = [name for name, grades in judged.items() if len(grades) > 1 and len(set(grades.values())) == 1]
    if flat and len(flat) == len(judged):
        found.append("All grades of every query are equal: only what was judged is told from what was not.")
    twice = [pair for pair, count in Counter(pairs).items() if count > 1]
    if twice:
        found.append(
            f"{len(twice)} of the pairs {_are(twice)} judged more than once, first {twice[0]!r}: the last judgement "
            "counts."
        )
    return found


def _have(several: Sequence[object]) -> str:
    return "has" if len(several) == 1 else "have"


def _are(several: Sequence[object]) -> str:
    return "is" if len(several) == 1 else "are"
