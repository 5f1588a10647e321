"""Comparison: is one subject better than another, on how many sets, and which cannot be told apart?

two Samples of the same items -> paired difference: bootstrap interval and permutation test -> a Comparison
all pairs of a table -> Holm's correction -> ties as groups, the resolution of each set
two subjects on several sets -> one Summary -> one sentence

A gain is counted so that more is better, also for an error. A difference holds when its p, corrected where there are
several, is at most 0.05; subjects are equal only where the interval at 90 % lies within a margin that was named before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import combinations
from math import comb
from statistics import NormalDist, median
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, bootstrap, difference
from broadsheet.lab.intervals import LEVEL, SKEWED, Sample, distribution, draws, interval, jackknife, skewness
from broadsheet.lab.statistics import Weighted

ALPHA = 0.05
POWER = 0.80
SEEN = NormalDist().inv_cdf(1 - ALPHA / 2) + NormalDist().inv_cdf(POWER)  # 2.80 standard errors
_SWAPS, _FEW_SWAPS = 10_000, 2_000  # rounds of the permutation test: for a mean, and for what is slower
_AT_ONCE = 1_000_000
_MOST_SWAPS = 100_000
_CLEAR = 200  # swaps as far as the gain, after which a slow test ends: it is not going to be rare (p above 0.05)
_MOST_GROUPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How much better ``one`` is than ``other`` on the same items of a set: the ``gain``, its 95 % interval, its
    standard ``error``, and ``p`` of the permutation test; ``adjusted`` is p after Holm's correction.

    ``margin`` is how small a difference counts as none, and ``equal`` whether the two are shown to be that close.
    """

    set: str
    figure: str
    one: str
    other: str
    gain: float
    low: float
    high: float
    error: float
    p: float
    adjusted: float
    items: int
    margin: float | None = None
    equal: bool = False

    @property
    def resolution(self) -> float:
        """Return the gain that this comparison would find in 80 % of such sets (Card et al. 2020)."""
        return SEEN * self.error

    @property
    def verdict(self) -> str:
        """Return ``better``, ``worse``, ``equal``, or ``unclear``."""
        if self.adjusted <= ALPHA:
            return "better" if self.gain > 0 else "worse"
        return "equal" if self.equal else "unclear"

    def needed(self, gain: float) -> int:
        """Return how many items it takes to see a gain in 80 % of sets, from the spread of these. UsageError for 0."""
        if gain == 0:
            raise UsageError("A difference of 0 cannot be seen with any number of items.")
        return int(np.ceil(self.items * (self.resolution / gain) ** 2))

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self) | {"resolution": self.resolution, "verdict": self.verdict}


def compare(one: Sample, other: Sample, *, seed: int = 0, margin: float | None = None, family: int = 1) -> Comparison:
    """Compare two subjects on the same items of a set; the same ``seed`` gives the same. ``family`` is how many
    comparisons will be corrected together: more need more rounds, so that the smallest p can hold.

    The interval is a paired bootstrap (Efron 1979; BCa, Efron 1987, where skewed), p the permutation test that swaps
    the two subjects' rows item by item (Smucker, Allan and Carterette 2007), equality the two one-sided tests against
    ``margin`` (Schuirmann 1987). UsageError when items or judgements differ.
    """
    pair = _Pair(one, other)
    gain, low, high, error, p, near = pair.measured(seed, margin is not None, pair.rounds(family))
    return Comparison(
        set=one.set, figure=one.figure.name, one=one.subject, other=other.subject, gain=gain, low=low, high=high,
        error=error, p=p, adjusted=p, items=len(one.items), margin=margin,
        equal=margin is not None and -margin < near[0] and near[1] < margin,
    )  # fmt: skip


_Span = tuple[float, float]
_Measured = tuple[float, float, float, float, float, _Span]  # gain, low, high, error, p, the interval at 90 %


class _Pair:
    """Two samples with their items in one order; ``sign`` is -1 where less is better."""

    def __init__(self, one: Sample, other: Sample) -> None:
        self.one, self.other = one, matched(one, other)
        self.sign = 1.0 if one.figure.higher else -1.0

    def measured(self, seed: int, near: bool, rounds: int) -> _Measured:
        """Return what a Comparison says; the interval at 90 % only if it is needed, since it costs as much again."""
        if np.array_equal(self.one.numbers, self.other.numbers):
            return 0.0, 0.0, 0.0, 0.0, 1.0, (0.0, 0.0)
        if self._is_mean and self.one.groups is None:
            gaps = self._gaps()
            if abs(skewness(gaps)) / np.sqrt(len(gaps)) <= SKEWED:
                return _plain(gaps, seed, near, rounds)
        return self._resampled(seed, rounds)

    @property
    def _is_mean(self) -> bool:
        return self.one.statistic.columns == ("value",)

    def _gaps(self) -> Floats:
        """How much better each item is under the first, where the statistic is a mean."""
        return np.asarray(self.sign * (self.one.numbers[:, 0] - self.other.numbers[:, 0]))

    def rounds(self, family: int) -> int:
        """Return how many swaps it takes for the smallest p to hold in a family of comparisons."""
        return min(_MOST_SWAPS, max(_SWAPS if self._is_mean else _FEW_SWAPS, int(2 * family / ALPHA)))

    def gains(self) -> Weighted:
        """Return the gain as a function of the weights of items."""
        first = self.one.statistic.prepare(self.one.numbers)
        second = self.one.statistic.prepare(self.other.numbers)
        return lambda weights: self.sign * (first(weights) - second(weights))

    def _resampled(self, seed: int, rounds: int) -> _Measured:
        call = self.gains()
        gain = float(call(np.ones((1, len(self.one.items))))[0])
        values = distribution(self.one, call, seed=seed)
        left_out = cache(lambda: jackknife(self.one, call))
        low, high, _ = interval(values, gain, left_out)
        close = interval(values, gain, left_out, level=1 - 2 * ALPHA)
        return gain, low, high, float(values.std()), self._permutation(seed, rounds), close[:2]

    def _permutation(self, seed: int, rounds: int) -> float:
        """The share of swaps, this one included, with a gain at least as far from 0 (two-sided)."""
        if not self._is_mean:
            return self._swapped(seed, rounds)
        gaps = self._gaps()
        if self.one.groups is not None:
            gaps = np.bincount(self.one.groups, weights=gaps).astype(np.float64)
        return difference(gaps, np.zeros_like(gaps), seed=seed, rounds=rounds).p

    def _swapped(self, seed: int, rounds: int) -> float:
        """Both systems' rows are prepared as one list, and a swap is a choice of rows: weights 0 and 1. A test that is
        not going to be rare ends early (Besag and Clifford 1991)."""
        first, second = self.one.statistic.exchange(self.one.numbers, self.other.numbers)
        call = self.one.statistic.prepare(np.concatenate([first, second]))
        own = np.repeat([[1.0, 0.0]], len(first), axis=1).reshape(1, -1)
        observed = abs(float((call(own) - call(1 - own))[0]))
        random, far, done = np.random.default_rng(seed), 0, 0
        while done < rounds and far < _CLEAR:
            stay = self._stay(random, min(max(1, _AT_ONCE // (2 * len(first))), rounds - done))
            chosen = np.hstack([stay, 1 - stay])
            far += int((np.abs(call(chosen) - call(1 - chosen)) >= observed - 1e-12).sum())
            done += len(stay)
        return (far + 1) / (done + 1)

    def _stay(self, random: np.random.Generator, size: int) -> Floats:
        """Whether each item keeps its rows, 1 or 0, (size, n); items of a group do as one."""
        drawn = random.integers(0, 2, size=(size, self.one.units)).astype(np.float64)
        return drawn if self.one.groups is None else np.asarray(drawn[:, self.one.groups])


def _plain(gaps: Floats, seed: int, near: bool, rounds: int) -> _Measured:
    """The mean of differences that are not skewed, as ``core.metrics.difference`` has it."""
    found = difference(gaps, np.zeros_like(gaps), seed=seed, rounds=rounds)
    close = bootstrap(gaps, seed=seed, level=1 - 2 * ALPHA) if near else (found.low, found.high)
    return found.mean, found.low, found.high, float(gaps.std() / np.sqrt(len(gaps))), found.p, close


def matched(one: Sample, other: Sample) -> Sample:
    """Return the other sample with its items in the order of the first. UsageError when items, groups, judgements or
    the figure differ."""
    if one.figure != other.figure or one.set != other.set:
        raise UsageError(
            f"{one.figure.name} on {one.set} and {other.figure.name} on {other.set} cannot be compared: one figure on "
            "one set is needed."
        )
    places = {item: place for place, item in enumerate(other.items)}
    missing = [item for item in one.items if item not in places]
    if missing or len(one.items) != len(other.items):
        extra = missing or sorted(set(other.items) - set(one.items))
        raise UsageError(
            f"{one.subject} and {other.subject} were measured on different items of {one.set}: {len(one.items):,} and "
            f"{len(other.items):,}, and {extra[0]!r} is in one only. Measure both again."
        )
    order = np.array([places[item] for item in one.items])
    numbers = other.numbers[order]
    judged = slice(one.statistic.measured, None)
    if not np.array_equal(one.numbers[:, judged], numbers[:, judged]):
        row = int(np.flatnonzero((one.numbers[:, judged] != numbers[:, judged]).any(axis=1))[0])
        raise UsageError(
            f"The judgement of {one.items[row]!r} in {one.set} differs between {one.subject} and {other.subject}: the "
            "set was changed between them. Measure both again."
        )
    return replace(other, items=one.items, numbers=numbers, groups=one.groups)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in their order, by the step-down rule of Holm (1979)."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for step, place in enumerate(sorted(range(len(ps)), key=lambda each: ps[each])):
        highest = max(highest, min(1.0, (len(ps) - step) * ps[place]))
        adjusted[place] = highest
    return adjusted


def corrected(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons of one table with ``adjusted`` by Holm's correction over all of them."""
    fitted = holm([each.p for each in comparisons])
    return [replace(each, adjusted=p) for each, p in zip(comparisons, fitted, strict=True)]


def table(samples: Sequence[Sample], *, seed: int = 0, margin: float | None = None) -> list[Comparison]:
    """Compare all pairs of subjects on each set and figure, corrected over the whole table."""
    places: dict[tuple[str, str], list[Sample]] = {}
    for each in samples:
        places.setdefault((each.set, each.figure.name), []).append(each)
    pairs = [pair for own in places.values() for pair in combinations(own, 2)]
    return corrected([compare(one, other, seed=seed, margin=margin, family=len(pairs)) for one, other in pairs])


def ties(subjects: Sequence[str], comparisons: Iterable[Comparison]) -> list[tuple[str, ...]]:
    """Return the groups that cannot be told apart, in the order of ``subjects``, which is best first: each largest
    list of subjects no two of which differ. Two subjects differ exactly if no group holds both.

    These are the letters of a compact letter display, by insertion and absorption (Piepho 2004). A subject may be in
    several groups: it cannot be told from its neighbours on either side, although these differ.
    """
    apart = {frozenset((each.one, each.other)) for each in comparisons if each.adjusted <= ALPHA}
    groups = [frozenset(subjects)]
    for pair in sorted(apart, key=sorted):
        split = [group - {each} for group in groups if pair <= group for each in pair]
        groups = _absorbed([group for group in groups if not pair <= group] + split)
        if len(groups) > _MOST_GROUPS:
            raise UsageError(f"The ties of {len(subjects)} subjects make too many groups: compare fewer at once.")
    order = {name: place for place, name in enumerate(subjects)}
    return sorted((tuple(sorted(group, key=order.__getitem__)) for group in groups), key=lambda each: order[each[0]])


def _absorbed(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The groups that are not within another."""
    distinct = list(dict.fromkeys(groups))
    return [group for group in distinct if not any(group < other for other in distinct)]


def ties_sentences(groups: Sequence[Sequence[str]]) -> list[str]:
    """Say which subjects cannot be told apart, a sentence for each group of several."""
    shared = [group for group in groups if len(group) > 1]
    return [f"These {len(group)} cannot be told apart: {', '.join(group)}." for group in shared]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The difference of a figure that a set can see: with its ``items``, a true difference of ``value`` between two
    subjects is found in 80 % of cases at 5 %. Of ``pairs`` of real subjects it is the median, from ``low`` to ``high``.
    """

    set: str
    figure: str
    value: float
    low: float
    high: float
    pairs: int
    items: int


def resolutions(comparisons: Iterable[Comparison]) -> list[Resolution]:
    """Return the resolution of each set and figure from pairs of real subjects, 2.80 standard errors of a paired
    difference (power 80 %, level 5 %; Card et al. 2020). Pairs without any difference say nothing and are left out."""
    places: dict[tuple[str, str], list[Comparison]] = {}
    for each in comparisons:
        if each.error > 0:
            places.setdefault((each.set, each.figure), []).append(each)
    return [_resolution(key, own) for key, own in places.items()]


def _resolution(key: tuple[str, str], own: Sequence[Comparison]) -> Resolution:
    seen = [each.resolution for each in own]
    return Resolution(
        set=key[0], figure=key[1], value=median(seen), low=min(seen), high=max(seen), pairs=len(own), items=own[0].items
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Two subjects on several sets: one Comparison each, corrected over the sets; the mean ``gain`` over the sets with
    its interval, and ``sign``, the p of the sign test over the sets. It is about these sets, not about others."""

    one: str
    other: str
    sets: tuple[Comparison, ...]
    gain: float
    low: float
    high: float
    sign: float

    @property
    def sentence(self) -> str:
        """Return the result in one sentence."""
        return _sentence(self)


def summary(pairs: Sequence[tuple[Sample, Sample]], *, seed: int = 0, margin: float | None = None) -> Summary:
    """Compare two subjects on several sets, a pair of samples for each: the interval of the mean gain draws items
    within each set (a stratified bootstrap); every set weighs the same. UsageError without sets, or for other pairs.
    """
    names = {(one.subject, other.subject) for one, other in pairs}
    if len(names) != 1:
        raise UsageError(f"A summary is about two subjects on at least one set; got {len(names)} pairs of subjects.")
    [(first, second)] = names
    compared = corrected([compare(*pair, seed=seed, margin=margin, family=len(pairs)) for pair in pairs])
    drawn = np.mean([_gains(one, other, seed + place) for place, (one, other) in enumerate(pairs)], axis=0)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    gain = float(np.mean([each.gain for each in compared]))
    return Summary(
        one=first, other=second, sets=tuple(compared), gain=gain, low=float(low), high=float(high),
        sign=sign_test([each.gain for each in compared]),
    )  # fmt: skip


def _gains(one: Sample, other: Sample, seed: int) -> Floats:
    """The gains of 2,000 resamples of one set."""
    call = _Pair(one, other).gains()
    return np.concatenate([call(weights) for weights in draws(one, _FEW_SWAPS, seed)])


def sign_test(gains: Sequence[float]) -> float:
    """Return the two-sided p of the sign test: how often a fair coin is that one-sided; 0 counts for neither side."""
    wins, losses = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    count = wins + losses
    tail = sum(comb(count, each) for each in range(min(wins, losses) + 1)) / 2**count
    return float(min(1.0, 2 * tail))


def _sentence(result: Summary) -> str:
    by: dict[str, list[Comparison]] = {}
    for each in result.sets:
        by.setdefault(each.verdict, []).append(each)
    better, worse, equal, unclear = (by.get(name, []) for name in ("better", "worse", "equal", "unclear"))
    if len(result.sets) == 1:
        return _on_one(result.sets[0])
    first = f"{result.one} is better than {result.other} on {len(better) or 'none'} of {len(result.sets)} sets"
    parts = [f"{first}, worse on {_listed(worse)}"]
    if equal:
        parts.append(f"{len(equal)} {'show' if len(equal) > 1 else 'shows'} them equal within {equal[0].margin:g}")
    if unclear:
        parts.append(f"{len(unclear)} cannot tell: {_sights(unclear)}")
    return "; ".join(parts) + "."


def _listed(own: Sequence[Comparison]) -> str:
    return f"{len(own)} ({', '.join(each.set for each in own)})" if own else "none"


def _sights(own: Sequence[Comparison]) -> str:
    seen = sorted({f"{each.resolution:.2g}" for each in own}, key=float)
    if len(own) == 1:
        return f"its resolution is {seen[0]}"
    return f"their resolution is {seen[0]}" + (f" to {seen[-1]}" if len(seen) > 1 else "")


def _on_one(each: Comparison) -> str:
    gap = f"{abs(each.gain):.3g} ({each.low:+.3f} to {each.high:+.3f})"
    what = f"{each.figure} on {each.set}"
    if each.verdict in ("better", "worse"):
        return f"{each.one} is {each.verdict} than {each.other} by {gap} of {what}."
    if each.verdict == "equal":
        return f"{each.one} and {each.other} are equal within {each.margin:g} of {what}."
    return f"{each.one} and {each.other} cannot be told apart by {what}: its resolution is {each.resolution:.2g}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """A figure over several seeds: the ``mean`` of ``values``, their standard deviation, and the interval of the mean
    over other seeds and, where rows were given, other items."""

    mean: float
    deviation: float
    low: float
    high: float
    values: tuple[float, ...]
    warnings: tuple[str, ...] = ()


LEAST_SEEDS = 3


def across_seeds(samples: Sequence[Sample], *, seed: int = 0) -> Seeds:
    """Return a figure over runs of one subject on the same items that differ in their seed alone: each round draws
    seeds and items, both with replacement, less the bias of drawing items twice (Efron and Tibshirani 1993). Fewer than
    three runs are warned of; UsageError without any."""
    if not samples:
        raise UsageError("No runs were given: a figure over seeds needs at least one.")
    first = samples[0]
    calls = [first.statistic.prepare(matched(first, each).numbers) for each in samples]
    drawn = np.concatenate([np.stack([call(w) for call in calls], axis=1) for w in draws(first, _FEW_SWAPS, seed)])
    values = tuple(each.value for each in samples)
    drawn += np.array(values) - drawn.mean(axis=0)
    chosen = np.random.default_rng(seed).integers(0, len(samples), size=drawn.shape)
    low, high = np.quantile(np.take_along_axis(drawn, chosen, axis=1).mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    few = f"{len(values)} seeds only: their spread is not known below {LEAST_SEEDS}."
    return Seeds(
        mean=float(np.mean(values)), deviation=float(np.std(values, ddof=1)) if len(set(values)) > 1 else 0.0,
        low=float(low), high=float(high), values=values, warnings=(few,) if len(values) < LEAST_SEEDS else (),
    )  # fmt: skip


def variance_shares(values: Mapping[tuple[str, ...], float], factors: Sequence[str]) -> dict[str, float]:
    """Return which share of the variance of a full grid of values each of its ``factors`` explains on its own, and
    what is left to ``interactions`` (analysis of variance, Fisher 1925); the shares add up to 1.

    Keys hold a level of each factor, in order. UsageError when the grid has holes or no variance.
    """
    levels = [sorted({key[place] for key in values}) for place in range(len(factors))]
    if len(values) != int(np.prod([len(each) for each in levels])):
        raise UsageError(
            f"The grid of {', '.join(factors)} has holes: {len(values)} values. Measure every combination."
        )
    grid = np.empty([len(each) for each in levels])
    for key, value in values.items():
        grid[tuple(own.index(name) for own, name in zip(levels, key, strict=True))] = value
    total = float(grid.var())
    if total == 0:
        raise UsageError("All values of the grid are equal: there is no variance to share out.")
    shares = {}
    for place, name in enumerate(factors):
        others = tuple(axis for axis in range(len(factors)) if axis != place)
        shares[name] = float(grid.mean(axis=others).var()) / total
    return shares | {"interactions": 1 - sum(shares.values())}
