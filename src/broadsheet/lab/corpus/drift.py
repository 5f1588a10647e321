"""Whether two corpora differ, by how much, and in what: which topics and words moved.

    vectors of both, at most so many of each at random
    -> their kernel distance (MMD) against distances of the same texts shuffled between both
    -> a classifier of one half, which should do no better than a coin on the other half
    -> the topics of both together, with the share of each corpus in them;  words by their log-odds

MMD: Gretton, Borgwardt, Rasch, Schölkopf and Smola 2012, unbiased, Gaussian kernel of the median distance. Classifier
two-sample test: Lopez-Paz and Oquab 2017. Words: Monroe, Colaresi and Quinn 2008, "Fightin' words", on the number of
texts that hold a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import erfc, sqrt
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.text import folded
from broadsheet.core.vectors import Vectors
from broadsheet.core.words import words
from broadsheet.lab.corpus.depth import Shift, shift
from broadsheet.lab.corpus.topics import Topic, topics

MOST = 1_000  # texts of each corpus in the tests
LEAST = 20
_ROUNDS = 999  # shuffles
_PRIOR = 100.0  # texts that the prior of the log-odds counts as
_LEAST_TEXTS = 5  # that hold a word
_WORDS = 12  # shown on either side
_RIDGE = 1.0  # of the mean variance: what is added to each direction of the classifier


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance of two samples with the chance ``p`` of one as large if both came from one corpus."""

    value: float
    p: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word, the share of texts that hold it in each corpus, and the z-score of its log-odds: above 0, it is more
    frequent in the second."""

    word: str
    one: float
    other: float
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How two corpora differ: the sizes of the samples, three tests, topics by their change, and words that moved."""

    one: int
    other: int
    depth: Shift
    mmd: Distance
    classifier: Distance
    topics: tuple[Topic, ...]
    words: tuple[Word, ...]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def drift(
    one: tuple[Sequence[str], Vectors], other: tuple[Sequence[str], Vectors], *, count: int = 12, seed: int = 0
) -> Drift:
    """Compare two corpora, each its texts (n) and their unit vectors (n, dim), by ``count`` topics and the tests.

    UsageError for fewer than 20 texts, two dimensions, or vectors that are not numbers.
    """
    left, right = (_some(each[1], seed) for each in (one, other))
    check(left, right)
    return Drift(
        one=len(left), other=len(right), depth=shift(left, right), mmd=mmd(left, right, seed=seed),
        classifier=classifier(left, right, seed=seed), words=tuple(moved(one[0], other[0])),
        topics=tuple(topics(one, other, count=count, seed=seed)),
    )  # fmt: skip


def mmd(one: Vectors, other: Vectors, *, seed: int = 0, rounds: int = _ROUNDS) -> Distance:
    """Return the unbiased squared maximum mean discrepancy of two samples (n, dim) and (m, dim), about 0 when they are
    alike, and its chance by shuffling which text is whose."""
    check(one, other)
    kernel = _kernel(np.concatenate([one, other]))
    n, m = len(one), len(other)
    random = np.random.default_rng(seed)
    labels = np.zeros((n + m, rounds + 1), dtype=np.float32)
    labels[:n, 0] = 1
    for each in range(1, rounds + 1):
        labels[random.permutation(n + m)[:n], each] = 1
    total, inside, sums = float(kernel.sum()), _inside(kernel, labels), labels.T @ kernel.sum(axis=1)
    between = sums - inside
    values = inside / (n * (n - 1)) + (total - inside - 2 * between) / (m * (m - 1)) - 2 * between / (n * m)
    return Distance(float(values[0]), float((values[1:] >= values[0] - 1e-12).sum() + 1) / (rounds + 1))


def classifier(one: Vectors, other: Vectors, *, seed: int = 0) -> Distance:
    """Return how many texts of held-out halves a classifier gives to the right corpus, as a share, and the one-sided
    chance of so many by guessing. Both samples are cut to the size of the smaller one, so that guessing has 0.5.

    The classifier is linear: the means of both corpora under their common covariance, shrunk towards equal variances.
    """
    check(one, other)
    random, n = np.random.default_rng(seed), min(len(one), len(other))
    left, right = (each[random.permutation(len(each))[:n]].astype(np.float64) for each in (one, other))
    half = n // 2
    right_ones = _sides(left[:half], right[:half], left[half:]) < 0, _sides(left[:half], right[:half], right[half:]) > 0
    share = float(np.concatenate(right_ones).mean())
    z = (share - 0.5) * 2 * sqrt(2 * (n - half))
    return Distance(share, 0.5 * erfc(z / sqrt(2)))


def moved(one: Sequence[str], other: Sequence[str], *, count: int = _WORDS) -> list[Word]:
    """Return the ``count`` words that gained most from ``one`` to ``other``, best first, then those that lost most."""
    left, right = held(one), held(other)
    found = sorted(log_odds(left, right, len(one), len(other)), key=lambda word: (-word.z, word.word))
    gained = [word for word in found[:count] if word.z > 0]
    lost = [word for word in found[::-1][:count] if word.z < 0]
    return gained + lost


def held(texts: Sequence[str]) -> Counter[str]:
    """Count the texts that hold each word, folded; a word has two letters at least and one that is not a digit."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in map(folded, words(text)) if len(word) > 1 and not word.isdigit()})
    return counts


def log_odds(left: Counter[str], right: Counter[str], n: int, m: int) -> list[Word]:
    """Return each word that enough texts hold with the z-score of its log-odds in ``m`` texts against ``n``, under a
    prior of the words' share in both (Monroe et al. 2008). The variance also counts the texts without the word, which
    may be left out for counts of words, where each is rare; most texts hold ``the``."""
    found = []
    for word in left.keys() | right.keys():
        a, b = left[word], right[word]
        if not _LEAST_TEXTS <= a + b < n + m:  # a word of every text cannot move
            continue
        prior = _PRIOR * (a + b) / (n + m)
        with_it, without = np.array([a, b]) + prior, np.array([n - a, m - b]) + _PRIOR - prior
        before, after = np.log(with_it / without)
        z = float(after - before) / sqrt(np.sum(1 / with_it + 1 / without))
        found.append(Word(word, a / n, b / m, z))
    return found


def check(one: Vectors, other: Vectors) -> None:
    """Raise UsageError unless two samples can be compared."""
    if min(len(one), len(other)) < LEAST or one.shape[1:] != other.shape[1:]:
        raise UsageError(
            f"Corpora are compared with at least {LEAST} texts each, in one dimension; got the shapes {one.shape} and "
            f"{other.shape}."
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise UsageError("Some vectors are not numbers (NaN or infinite): make them again, or leave those rows out.")


def _some(vectors: Vectors, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).permutation(len(vectors))[:MOST]
    return vectors[np.sort(rows)]


def _kernel(vectors: Vectors) -> Vectors:
    """The Gaussian kernel (n, n) of the median distance, 0 on its diagonal."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    apart = np.maximum(squares[:, None] + squares[None, :] - 2 * (vectors @ vectors.T), 0)
    median = float(np.median(apart[np.triu_indices(len(apart), 1)])) or 1.0
    kernel = np.exp(-apart / median)
    np.fill_diagonal(kernel, 0)
    return np.asarray(kernel, dtype=np.float32)


def _inside(kernel: Vectors, labels: Vectors) -> Floats:
    """The kernel summed over the pairs inside the first sample, for each column of labels."""
    return np.asarray(np.einsum("ij,ij->j", labels, kernel @ labels, dtype=np.float64))


def _sides(left: Floats, right: Floats, asked: Floats) -> Floats:
    """On which side texts are: above 0 on the right."""
    centred = np.concatenate([left - left.mean(axis=0), right - right.mean(axis=0)])
    covariance = centred.T @ centred / len(centred)
    covariance[np.diag_indices_from(covariance)] += _RIDGE * np.trace(covariance) / len(covariance)
    direction = np.linalg.solve(covariance, right.mean(axis=0) - left.mean(axis=0))
    return np.asarray((asked - (left.mean(axis=0) + right.mean(axis=0)) / 2) @ direction)
