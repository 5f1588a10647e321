"""Which judged sets resemble a corpus, by several distances of their data, and whether the distances agree.

    a corpus and the texts of each set, as many of each -> distances of their vectors, of their words, of their lengths
    each distance orders the sets -> rank correlations between the orders -> the nearest sets, or a warning

    mean vector      1 - the cosine of the mean vectors
    MMD              the squared maximum mean discrepancy (Gretton et al. 2012)
    classifier       how often a classifier tells unseen texts apart, 0.5 to 1 (Lopez-Paz and Oquab 2017)
    words            the Jensen-Shannon divergence of the shares of words, in bits, 0 to 1 (Lin 1991)
    unseen words     the share of the corpus's words that the set does not have
    language model   bits a word of the corpus costs under a model of word pairs of the set (Jelinek, Mercer 1980)
    length           how far apart the lengths are, in doublings, on average over the quantiles

Yauney, Reif and Mimno 2023, "Data Similarity is Not Enough to Explain Language Model Performance": such measures often
disagree with one another and with performance. So their orders are compared first, those by vectors with those by
words, and a disagreement is said before any set is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats, ranks, spearman
from broadsheet.core.text import folded
from broadsheet.core.vectors import Vectors
from broadsheet.core.words import words
from broadsheet.lab.corpus.drift import classifier, mmd

MOST = 500  # texts of each
WORDS = 3_000  # words of each: measures of words depend on how many there are
LEAST = 40  # texts
AGREE = 0.5  # mean rank correlation from which the measures are said to agree
_HALVES = 8
_QUANTILES = np.linspace(0.05, 0.95, 19)
_PAIRED, _ALONE = 0.5, 0.4  # weights of pairs of words and of single words; the rest is for unseen ones

Texts = tuple[Sequence[str], Vectors]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How far a set is from the corpus by each measure (less is nearer); its mean place among the sets (1: the nearest)
    by measures of ``vectors`` and of ``words``; and in which share of random halves of the texts it was the nearest by
    both together."""

    set: str
    distances: Mapping[str, float]
    vectors: float
    words: float
    first: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's rank correlation between the orders in which two measures put the sets."""

    one: str
    other: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Sets, the nearest first; how alike the measures order them, and ``agreement``: how alike vectors and words do;
    sets that were left out with the reason; and the ``sentence`` that says what follows."""

    texts: int
    sets: tuple[Resemblance, ...]
    correlations: tuple[Correlation, ...]
    agreement: float
    left_out: Mapping[str, str]
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def likeness(mine: Texts, sets: Mapping[str, Texts], *, seed: int = 0) -> Likeness:
    """Order ``sets`` by how they resemble a corpus, each its texts and their vectors by one encoder.

    Sets with fewer than 40 texts or 3,000 words are left out. UsageError for a corpus that is smaller than that, or
    when fewer than three sets are left.
    """
    if reason := _small(mine[0]):
        raise UsageError(f"The corpus {reason}; expected at least {LEAST} texts and {WORDS:,} words.")
    left_out = {name: reason for name, each in sets.items() if (reason := _small(each[0]))}
    kept = {name: _Sample(*each, seed) for name, each in sets.items() if name not in left_out}
    if len(kept) < 3:
        raise UsageError(f"Only {len(kept)} judged sets have enough text; expected at least three to put in an order.")
    whole = _Sample(*mine, seed)
    distances = {name: _distances(whole, each) for name, each in kept.items()}
    columns = {measure: [distances[name][measure] for name in kept] for measure in MEASURES}
    pairs = tuple(Correlation(a, b, spearman(columns[a], columns[b])) for a, b in combinations(MEASURES, 2))
    vectors, held = _places(distances, VECTORS), _places(distances, HELD)
    first = Counter(_first(whole, kept, half) for half in range(_HALVES))
    found = tuple(
        Resemblance(name, distances[name], vectors[name], held[name], first[name] / _HALVES)
        for name in sorted(kept, key=lambda name: (vectors[name] + held[name], name))
    )
    agreement = spearman(list(vectors.values()), list(held.values()))
    return Likeness(
        texts=len(whole.texts), sets=found, correlations=pairs, agreement=agreement, left_out=left_out,
        sentence=_sentence(found, agreement),
    )  # fmt: skip


def lines(found: Likeness) -> tuple[list[str], list[list[str]]]:
    """Return the table of sets for a terminal: its columns and rows."""
    columns = ["set", *(f"#{name}" for name in MEASURES), "#place by vectors", "#by words", "#nearest in halves"]
    rows = [
        [each.set, *(f"{each.distances[name]:.3f}" for name in MEASURES), f"{each.vectors:.1f}", f"{each.words:.1f}",
         f"{each.first:.0%}"]
        for each in found.sets
    ]  # fmt: skip
    return columns, rows


class _Sample:
    """At most so many texts, vectors and words of a corpus."""

    def __init__(self, texts: Sequence[str], vectors: Vectors, seed: int) -> None:
        rows = np.random.default_rng(seed).permutation(len(texts))
        some = rows[:MOST]
        self.texts, self.vectors = [texts[row] for row in some], vectors[some]
        self.lengths = np.log2([len(words(text)) + 1 for text in self.texts])
        self.words: list[str] = []
        for row in rows:  # in whole texts, since a model of pairs needs their order
            if len(self.words) >= WORDS:
                break
            self.words += [folded(word) for word in words(texts[row])]
        self.words = self.words[:WORDS]

    def half(self, seed: int) -> _Sample:
        """Return a random half of its texts."""
        rows = np.random.default_rng(seed).permutation(len(self.texts))[: len(self.texts) // 2]
        return _Sample([self.texts[row] for row in rows], self.vectors[rows], seed)


def _small(texts: Sequence[str]) -> str:
    """Why a corpus is too small; empty when it is not."""
    if len(texts) < LEAST:
        return f"has {len(texts)} texts"
    count = 0
    for text in texts:
        count += len(words(text))
        if count >= WORDS:
            return ""
    return f"has {count:,} words"


def _distances(mine: _Sample, other: _Sample) -> dict[str, float]:
    return {name: measure(mine, other) for name, measure in MEASURES.items()}


def _mean_vector(mine: _Sample, other: _Sample) -> float:
    one, two = mine.vectors.mean(axis=0), other.vectors.mean(axis=0)
    return float(1 - one @ two / max(float(np.linalg.norm(one) * np.linalg.norm(two)), 1e-12))


def divergence(one: Counter[str], other: Counter[str]) -> float:
    """Return the Jensen-Shannon divergence of two counts of words in bits: 0 for equal shares, 1 for no common one."""
    names = sorted(one.keys() | other.keys())
    p, q = (np.array([each[name] for name in names], dtype=np.float64) for each in (one, other))
    p, q = p / p.sum(), q / q.sum()
    return float(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2)


def cross_entropy(text: Sequence[str], model: Sequence[str]) -> float:
    """Return how many bits a word of ``text`` costs under a model of pairs of words of ``model``, mixed with one of
    single words and one in which all words are as likely (Jelinek and Mercer 1980)."""
    alone, pairs, known = Counter(model), Counter(pairwise(model)), len(set(model) | set(text))
    before = Counter(model[:-1])
    bits = 0.0
    for first, word in pairwise(text):
        paired = pairs[first, word] / before[first] if before[first] else 0.0
        likely = _PAIRED * paired + _ALONE * alone[word] / len(model) + (1 - _PAIRED - _ALONE) / known
        bits -= float(np.log2(likely))
    return bits / (len(text) - 1)


def _unseen(mine: _Sample, other: _Sample) -> float:
    known = set(other.words)
    return sum(word not in known for word in mine.words) / len(mine.words)


def _lengths(mine: _Sample, other: _Sample) -> float:
    return float(np.abs(np.quantile(mine.lengths, _QUANTILES) - np.quantile(other.lengths, _QUANTILES)).mean())


MEASURES: dict[str, Callable[[_Sample, _Sample], float]] = {
    "mean vector": _mean_vector,
    "MMD": lambda mine, other: mmd(mine.vectors, other.vectors, rounds=0).value,
    "classifier": lambda mine, other: classifier(mine.vectors, other.vectors).value,
    "words": lambda mine, other: divergence(Counter(mine.words), Counter(other.words)),
    "unseen words": _unseen,
    "language model": lambda mine, other: cross_entropy(mine.words, other.words),
    "length": _lengths,
}
VECTORS, HELD = ("mean vector", "MMD", "classifier"), ("words", "unseen words", "language model")


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())


def _places(distances: Mapping[str, Mapping[str, float]], measures: Sequence[str]) -> dict[str, float]:
    """The mean place of each set over some measures."""
    table = np.array([[distances[name][measure] for measure in measures] for name in distances])
    means = np.column_stack([ranks(column) for column in table.T]).mean(axis=1)
    return dict(zip(distances, means.tolist(), strict=True))


def _first(mine: _Sample, sets: Mapping[str, _Sample], half: int) -> str:
    """The nearest set by random halves of the corpus and of the sets."""
    some = mine.half(half)
    places = _places({name: _distances(some, each.half(half)) for name, each in sets.items()}, VECTORS + HELD)
    return min(places, key=lambda name: (places[name], name))


def _sentence(found: Sequence[Resemblance], agreement: float) -> str:
    by_vectors, by_words = (min(found, key=key) for key in (lambda each: each.vectors, lambda each: each.words))
    steady = f"{found[0].set} was the nearest in {found[0].first:.0%} of random halves."
    if agreement >= AGREE:
        return (
            f"Vectors and words put the sets in a similar order (rank correlation {agreement:.2f}); nearest to your "
            f"texts: {', '.join(each.set for each in found[:3])}. {steady} Look at figures on these sets first; "
            "similar data do not promise similar results."
        )
    nearest = (
        f"only the nearest set is the same, {by_vectors.set}"
        if by_vectors.set == by_words.set
        else f"by vectors {by_vectors.set} is the nearest, by words {by_words.set}"
    )
    return (
        f"Vectors and words disagree on the order of the sets (rank correlation {agreement:.2f}): {nearest}. {steady} "
        "Trust figures on texts of your own more than those of any set."
    )
