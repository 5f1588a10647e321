"""Measures of ranked lists, and intervals of their means. A measure is identified by its name: ``nDCG@10``.

    parse("nDCG@10") -> a Measure, whose repr is "nDCG@10" -> measure(ranked ids, {id: grade}) -> a value in [0, 1]
    TopicCoverage(20), whose repr is "STREC@20", and ListDiversity(20), "ILD@20": how wide a list is, not how right
    values of all queries -> bootstrap -> (low, high) of their mean;  values of two settings -> difference

Values agree with ir-measures (trec_eval): a query that has judgements but nothing relevant counts as 0; the
caller leaves out queries without judgements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log2

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.vectors import Vectors

Floats = NDArray[np.float64]
Sum = Callable[[Sequence[int], Sequence[int], int], float]

_NAME = re.compile(r"([A-Za-z]+)(?:@([1-9][0-9]{0,5}))?")
_AT_ONCE = 4_000_000  # values resampled at once: 32 MB


def _precision(grades: Sequence[int], _: Sequence[int], k: int) -> float:
    return sum(grade > 0 for grade in grades) / k


def _recall(grades: Sequence[int], relevant: Sequence[int], _: int) -> float:
    return sum(grade > 0 for grade in grades) / len(relevant)


def _success(grades: Sequence[int], _: Sequence[int], __: int) -> float:
    return float(any(grade > 0 for grade in grades))


def _reciprocal_rank(grades: Sequence[int], _: Sequence[int], __: int) -> float:
    return next((1.0 / rank for rank, grade in enumerate(grades, 1) if grade > 0), 0.0)


def _average_precision(grades: Sequence[int], relevant: Sequence[int], _: int) -> float:
    hits_so_far = accumulate(grade > 0 for grade in grades)
    hits = (count / rank for rank, (grade, count) in enumerate(zip(grades, hits_so_far, strict=True), 1) if grade > 0)
    return sum(hits) / len(relevant)


def _discounted(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, 1) if grade > 0)


def _ndcg(grades: Sequence[int], relevant: Sequence[int], k: int) -> float:
    return _discounted(grades) / _discounted(sorted(relevant, reverse=True)[:k])


_SUMS: dict[str, Sum] = {
    "nDCG": _ndcg,
    "P": _precision,
    "R": _recall,
    "RR": _reciprocal_rank,
    "AP": _average_precision,
    "Success": _success,
}
_ALIASES = {"NDCG": "nDCG", "MRR": "RR", "MAP": "AP", "Precision": "P", "Recall": "R"}
_NEED_CUTOFF = ("P", "R", "Success")


@dataclass(frozen=True, slots=True, repr=False)
class Measure:
    """One of nDCG (Järvelin and Kekäläinen 2002, gain = grade, discount log2), P, R, RR, AP and Success.

    ``cutoff`` is the number of ranks that count, None for all. A grade above 0 is relevant.
    """

    name: str
    cutoff: int | None = None

    def __repr__(self) -> str:
        return self.name if self.cutoff is None else f"{self.name}@{self.cutoff}"

    def __call__(self, ranked: Sequence[str], judged: Mapping[str, int]) -> float:
        """Return the value in [0, 1] for distinct ids, best first, against grades by id; 0 when no grade is above 0."""
        relevant = [grade for grade in judged.values() if grade > 0]
        if not relevant:
            return 0.0
        k = self.cutoff or max(len(ranked), len(relevant))
        return _SUMS[self.name]([judged.get(each, 0) for each in ranked[:k]], relevant, k)


def parse(text: str) -> Measure:
    """Return the measure of a name, such as ``nDCG@10``, ``R@100`` or ``AP``; UsageError when it is unknown."""
    match = _NAME.fullmatch(text.strip())
    name = _ALIASES.get(match[1], match[1]) if match else ""
    if match is None or name not in _SUMS:
        word = re.split(r"[@( ]", text.strip())[0]
        raise UsageError(f"Unknown measure {text!r}: expected a name like nDCG@10. {nearest(word, _SUMS)}")
    if match[2] is None and name in _NEED_CUTOFF:
        raise UsageError(f"The measure {name} needs a cutoff: write {name}@10.")
    return Measure(name, int(match[2]) if match[2] else None)


@dataclass(frozen=True, slots=True, repr=False)
class TopicCoverage:
    """Subtopic recall (Zhai, Cohen and Lafferty 2003): the share of the topics that the first ``cutoff`` ranks
    cover. Its name follows ir-measures: ``STREC@20``."""

    cutoff: int

    def __repr__(self) -> str:
        return f"STREC@{self.cutoff}"

    def __call__(self, ranked: Sequence[str], topics: Mapping[str, Collection[str]]) -> float:
        """Return the value in [0, 1] for distinct ids, best first, against the topics of each relevant id, else 0."""
        all_topics = {topic for each in topics.values() for topic in each}
        touched = {topic for each in ranked[: self.cutoff] for topic in topics.get(each, ())}
        return len(touched) / len(all_topics) if all_topics else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class ListDiversity:
    """Intra-list diversity (Smyth and McClave 2001; Ziegler et al. 2005): the mean of 1 - cosine over all pairs of the
    first ``cutoff`` ranks; ``ILD@20``."""

    cutoff: int

    def __repr__(self) -> str:
        return f"ILD@{self.cutoff}"

    def __call__(self, ranked: Vectors) -> float:
        """Return the value in [0, 2] for unit vectors (n, dim), best first; 0 for fewer than two."""
        rows = ranked[: self.cutoff].astype(np.float64)
        n = len(rows)
        return float(1 - (np.square(rows.sum(axis=0)).sum() - n) / (n * (n - 1))) if n > 1 else 0.0


def bootstrap(
    values: Sequence[float] | Floats, *, seed: int, rounds: int = 10_000, level: float = 0.95
) -> tuple[float, float]:
    """Return the percentile interval (low, high) of the mean of ``values``, by resampling them (Efron 1979).

    The same ``seed`` gives the same interval. One value is its own interval; no values raise UsageError.
    """
    return _interval(_means(_some(values), seed, rounds), level)


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher one setting's mean is than another's on the same queries: ``mean``, its interval, and ``p``,
    the chance of a mean that far from 0 if the two settings were equal."""

    mean: float
    low: float
    high: float
    p: float


def difference(
    one: Sequence[float] | Floats,
    other: Sequence[float] | Floats,
    *,
    seed: int,
    rounds: int = 10_000,
    level: float = 0.95,
) -> Difference:
    """Compare paired values of two settings: a bootstrap interval of the mean difference and the two-sided
    randomisation test, which swaps the settings of a query at random (Smucker, Allan and Carterette 2007).

    Raises UsageError when the lengths differ.
    """
    first, second = _some(one), _some(other)
    if len(first) != len(second):
        raise UsageError(
            f"Settings can only be compared on the same queries; got {len(first)} and {len(second)} values."
        )
    gaps = first - second
    mean = float(gaps.mean())
    far = sum(int((np.abs(chunk) >= abs(mean) - 1e-12).sum()) for chunk in _swapped(gaps, seed, rounds))
    return Difference(mean, *_interval(_means(gaps, seed, rounds), level), (far + 1) / (rounds + 1))


def ranks(values: Sequence[float] | Floats) -> Floats:
    """Return the rank of each value; 1 is the lowest, and equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse], dtype=np.float64)


def spearman(one: Sequence[float] | Floats, other: Sequence[float] | Floats) -> float:
    """Return Spearman's rank correlation of two lists of equal length, in [-1, 1]; 0 when either is constant."""
    first, second = ranks(one) - (len(one) + 1) / 2, ranks(other) - (len(other) + 1) / 2
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size else 0.0


def top_precision(scores: Sequence[float] | Floats, truth: Sequence[float] | Floats, k: int) -> float:
    """Return the share of the k highest by ``scores`` (ties by position) that are among the k highest by ``truth``,
    counting every tie with the k-th of these."""
    worth = np.asarray(truth, dtype=np.float64)
    chosen = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")[:k]
    return float((worth[chosen] >= np.sort(worth)[-min(k, len(worth))]).mean())


def _some(values: Sequence[float] | Floats) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not len(array):
        raise UsageError(f"An interval needs a list of at least one value; got the shape {array.shape}.")
    return array


def _sizes(count: int, rounds: int) -> Iterator[int]:
    """Split the rounds into pieces that fit into memory."""
    most = max(1, _AT_ONCE // count)
    yield from (min(most, rounds - start) for start in range(0, rounds, most))


def _means(values: Floats, seed: int, rounds: int) -> Floats:
    random, n = np.random.default_rng(seed), len(values)
    drawn = [values[random.integers(0, n, size=(size, n))].mean(axis=1) for size in _sizes(n, rounds)]
    return np.concatenate(drawn)


def _swapped(gaps: Floats, seed: int, rounds: int) -> Iterator[Floats]:
    """Yield mean gaps after swapping the two settings of each query with probability one half."""
    random, n = np.random.default_rng(seed), len(gaps)
    for size in _sizes(n, rounds):
        signs: NDArray[np.int64] = random.integers(0, 2, size=(size, n)) * 2 - 1
        yield (signs * gaps).mean(axis=1)


def _interval(means: Floats, level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise UsageError(f"The level of an interval must be between 0 and 1; got {level}.")
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
