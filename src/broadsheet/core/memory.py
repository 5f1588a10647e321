"""A neighbour memory: which label does a vector get from the descriptions and the examples of labels, and why?

examples and the description of a label -> their sum, the description counted as three examples: its prototype
a vector -> cosine with each prototype, and mean cosine with the three nearest of each label -> one score for each label
best score against the memory's own examples, asked without themselves, and against the second label -> a confidence

Nothing is learned: to add a label, an example or a description, or to remove one, is to sum other rows, and a memory
from which an example was removed is the memory that never had it (Geirhos et al. 2024, "Towards flexible perception
with visual memory"). Prototypes: Snell, Swersky and Zemel 2017; labels by the similarity to their descriptions: Schopf,
Braun and Matthes 2022, "Evaluating Unsupervised Text Classification". The settings were chosen on the train parts of
five sets of short texts: ``./run.sh bench label`` shows what they give on the test parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.index.neighbours import neighbours
from broadsheet.core.metrics import Floats
from broadsheet.core.vectors import Rows, Vectors, best, cosines

SURE = 0.5
"""The confidence from which an answer counts: below it, the label is more likely wrong than right."""
REASONS = 3
"""How many examples are returned with an answer, and how many nearest ones count in a score."""

VOTERS, SHARE = 20, 0.3
"""How many nearest examples vote where a text may have several labels, and the share of votes that gives it one."""

_DESCRIPTION = 3.0  # how many examples a description counts as
_MANY = 40  # examples of a label, on average, at which neighbours have half of their full weight
_FULL = 0.5  # the weight of neighbours against prototypes at most
_SIZE = 0.75  # how much of a large label's advantage over a small one is taken away
_START, _NEAR, _AHEAD = -0.75, 1.0, 1.5  # of the logistic function: constant, score, distance to the second label
_FAR = 2.0  # standard deviations above chance at which a score is expected to be where no example says it
_CHANCE, _SPREAD = 0.1, 0.1  # mean and standard deviation of chance cosines where few pairs show them
_PAIRS, _ASKED = 30, 5  # pairs that _SPREAD counts as; examples that _FAR counts as
_STEEP = 4  # the power of a cosine that a vote weighs
_SAMPLE = 256  # examples that show chance, and that are asked without themselves
_BLOCK = 512  # vectors that are asked at a time


class Reason(NamedTuple):
    """An example, by its row in the memory, and its cosine with the vector that was asked."""

    row: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Filing:
    """What a memory says of one vector: the nearest labels with their scores, best first; the ``confidence`` that the
    first is right, from 0 to 1; and the examples of the first that decided, nearest first. A label that has only a
    description has no examples to show."""

    labels: tuple[tuple[int, float], ...]
    confidence: float
    because: tuple[Reason, ...]

    @property
    def label(self) -> int:
        """Return the nearest label, sure or not."""
        return self.labels[0][0]

    @property
    def sure(self) -> bool:
        """Tell whether the label is more likely right than wrong."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Vote:
    """What the nearest examples say of one vector: the labels with their shares of the votes, highest first, and the
    voters, nearest first."""

    labels: tuple[tuple[int, float], ...]
    voters: tuple[Reason, ...]


def vote(vectors: Vectors, examples: Vectors, labels: NDArray[np.bool_], *, k: int = VOTERS) -> Iterator[Vote]:
    """Yield the labels that the k nearest examples (n, dim) give each unit vector (m, dim), where an example may have
    several ``labels`` (n, labels): those with at least a share of ``SHARE``, and always the first.

    Bekamiri, Hain and Jurowetzki 2024, "PatentSBERTa"; votes weigh by cosine. UsageError without examples, for an
    example without a label, for two dimensions and for vectors that are not numbers.
    """
    if not len(examples) or not labels.any(axis=1).all():
        raise UsageError("Votes need at least one example, and a label for each.")
    rows, cosines = neighbours(examples, k, queries=vectors)
    weights = np.maximum(cosines.astype(np.float64), 1e-6) ** _STEEP
    for own, near, weight in zip(rows, cosines.tolist(), weights, strict=True):
        shares = weight @ labels[own] / weight.sum()
        places, values = best(shares, max(1, int((shares >= SHARE).sum())))
        voters = tuple(map(Reason, own.tolist(), near))
        yield Vote(tuple(zip(places.tolist(), values.tolist(), strict=True)), voters)


class Memory:
    """Labels, numbered from 0, with unit vectors of their examples and descriptions.

    ``examples`` (n, dim) have the labels ``of`` (n,); ``descriptions`` (labels, dim) has a row of zeros for a label
    without one. UsageError for vectors that
    are not numbers, for two dimensions, for no label, and for a label with neither example nor description.
    """

    def __init__(self, examples: Vectors, of: Rows, descriptions: Vectors) -> None:
        _check(examples, of, descriptions)
        self._order = np.argsort(of, kind="stable")
        self._examples, self._of = examples[self._order], of[self._order]
        self._descriptions = descriptions
        self._described = np.abs(descriptions).sum(axis=1) > 0
        labels = len(descriptions)
        self._counts = np.bincount(self._of, minlength=labels).astype(np.float64)
        self._ends = np.concatenate([[0], np.cumsum(self._counts)]).astype(np.int64)
        if len(empty := np.flatnonzero((self._counts == 0) & ~self._described)):
            raise UsageError(f"label {int(empty[0])} has neither an example nor a description")
        self._sums = np.zeros(descriptions.shape, dtype=np.float64)
        np.add.at(self._sums, self._of, self._examples)
        self._tie = self._tied()
        self._prototypes = self._directed(self._sums, self._counts)
        mean = len(examples) / labels
        self._weight = _FULL * mean / (mean + _MANY)
        self._level, self._unit = self._scale()
        self._trust = _NEAR * (len(examples) + _ASKED) / (len(examples) + 3 * _ASKED)

    def file(self, vectors: Vectors, *, nearest: int = 3) -> Iterator[Filing]:
        """Yield what the memory says of each unit vector (m, dim), with at most ``nearest`` labels. UsageError for
        another dimension or vectors that are not numbers."""
        _check_dim(vectors, self._descriptions)
        for start in range(0, len(vectors), _BLOCK):
            part = vectors[start : start + _BLOCK]
            products = _products(part, self._examples)
            scores = self._scores(part, products)
            for row, row_scores, confidence in zip(products, scores, self.confidences(scores), strict=True):
                places, values = best(row_scores, nearest)
                labels = tuple(zip(places.tolist(), values.tolist(), strict=True))
                yield Filing(labels, float(confidence), self._because(row, labels[0][0]))

    def scores(self, vectors: Vectors) -> Floats:
        """Return the score of each label for each unit vector (m, dim), float64 (m, labels): near a cosine with an
        example of it."""
        _check_dim(vectors, self._descriptions)
        return self._scores(vectors, _products(vectors, self._examples))

    def confidences(self, scores: Floats) -> Floats:
        """Return how likely the best label of each row of ``scores`` (m, labels) is right, float64 (m,): the logistic
        function of how high its score is, and how far ahead of the second. How high counts the less, the fewer examples
        say what is usual. A single label is compared with chance."""
        top = scores.max(axis=1)
        ahead = top - np.partition(scores, -2, axis=1)[:, -2] if scores.shape[1] > 1 else top - self._level
        drift = _START + (self._trust * (top - self._level) + _AHEAD * ahead) / self._unit
        return np.asarray(1 / (1 + np.exp(-np.clip(drift, -50, 50))))

    def _because(self, cosines: Vectors, label: int) -> tuple[Reason, ...]:
        first, end = self._ends[label], self._ends[label + 1]
        places, values = best(cosines[first:end], REASONS)
        rows = self._order[first + places].tolist()
        return tuple(Reason(row, cosine) for row, cosine in zip(rows, values.tolist(), strict=True))

    def _scores(self, vectors: Vectors, cosines: Vectors, own: Rows | None = None) -> Floats:
        """Scores (m, labels). ``own`` (m,): the vectors are these examples, and each is asked as if it were not here;
        a label that has nothing else scores minus infinity."""
        directions, factors = self._prototypes
        scores = (vectors @ directions.T.astype(np.float32)).astype(np.float64) * factors
        if own is not None:
            cosines = cosines.copy()
            cosines[np.arange(len(own)), own] = -np.inf
            labels = self._of[own]
            left, factor = self._directed(self._sums[labels] - vectors, self._counts[labels] - 1, labels)
            scores[np.arange(len(own)), labels] = np.vecdot(vectors, left) * factor
        return (1 - self._weight) * scores + self._weight * self._neighbours(vectors, cosines)

    def _directed(self, sums: Floats, counts: Floats, labels: Rows | None = None) -> tuple[Floats, Floats]:
        """Directions (k, dim) of the prototypes of labels (None: of all), and the factors (k,) that bring their cosines
        to the level of one example's: a mean of many is nearer to every text than any of them."""
        places = slice(None) if labels is None else labels
        given = self._described[places]
        whole = sums + _DESCRIPTION * self._descriptions[places]
        lengths = np.linalg.norm(whole, axis=1, keepdims=True)
        directions = np.divide(whole, lengths, out=np.zeros_like(whole), where=lengths > 0)
        share = _share(counts, given)
        return directions, np.sqrt(self._tie + (1 - self._tie) * share) ** _SIZE

    def _tied(self) -> float:
        """The mean cosine of two members of a label, as the lengths of the labels' sums show it."""
        share = _share(self._counts, self._described)
        many = share < 1
        if not many.any():
            return 0.5
        size = self._counts + _DESCRIPTION * self._described
        lengths = np.linalg.norm(self._sums + _DESCRIPTION * self._descriptions, axis=1) / size
        found = (lengths[many] ** 2 - share[many]) / (1 - share[many])
        return float(np.clip(found.mean(), 0.05, 0.95))

    def _neighbours(self, vectors: Vectors, cosines: Vectors) -> Floats:
        """The mean cosine (m, labels) with the nearest members of each label, its description among them."""
        out = np.full((len(vectors), len(self._counts)), -np.inf)
        described = vectors @ self._descriptions.T
        for label, (first, end) in enumerate(zip(self._ends, self._ends[1:], strict=False)):
            members = [cosines[:, first:end]]
            if self._described[label]:
                members.append(described[:, label : label + 1])
            out[:, label] = _mean_of_best(np.concatenate(members, axis=1))
        return out

    def _scale(self) -> tuple[float, float]:
        """The score that is expected of a text that belongs here, and the unit in which distances are measured."""
        known = self._chance()
        mean = float(known.mean()) if len(known) else _CHANCE
        variance = float(known.var()) if len(known) else 0.0
        unit = float(np.sqrt((len(known) * variance + _PAIRS * _SPREAD**2) / (len(known) + _PAIRS)))
        tops = self._tops()
        return float((tops.sum() + _ASKED * (mean + _FAR * unit)) / (len(tops) + _ASKED)), unit

    def _chance(self) -> Vectors:
        """The cosines of pairs of different labels, among examples and descriptions."""
        some = _spread(len(self._examples), _SAMPLE)
        told = np.flatnonzero(self._described)[: 2 * _SAMPLE]
        members = np.concatenate([self._examples[some], self._descriptions[told]])
        labels = np.concatenate([self._of[some], told])
        one, other = np.triu_indices(len(members), 1)
        apart = labels[one] != labels[other]
        return np.asarray((members @ members.T)[one[apart], other[apart]])

    def _tops(self) -> Floats:
        """The best score of each example of a sample, asked without itself."""
        own = _spread(len(self._examples), _SAMPLE)
        vectors = self._examples[own]
        tops = self._scores(vectors, vectors @ self._examples.T, own).max(axis=1, initial=-np.inf)
        return np.asarray(tops[np.isfinite(tops)])


def _share(counts: Floats, described: NDArray[np.bool_]) -> Floats:
    """How much of a sum's squared length is there even if its members have nothing in common: 1 of a single one."""
    size = counts + _DESCRIPTION * described
    return np.asarray(np.divide(counts + _DESCRIPTION**2 * described, size**2, out=np.ones_like(size), where=size > 0))


def _products(vectors: Vectors, rows: Vectors) -> Vectors:
    """The cosines (m, n) of unit vectors with unit rows; of a single one row by row, as ``cosines`` says why."""
    return cosines(rows, vectors[0])[None] if len(vectors) == 1 else vectors @ rows.T


def _mean_of_best(cosines: Vectors) -> Floats:
    """The mean of the highest finite values of each row (m, n); minus infinity where there are no values."""
    if cosines.shape[1] > REASONS:
        cosines = np.partition(cosines, -REASONS, axis=1)[:, -REASONS:]
    real = np.isfinite(cosines)
    count = real.sum(axis=1)
    total = np.where(real, cosines, 0).sum(axis=1, dtype=np.float64)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), -np.inf))


def _spread(count: int, most: int) -> Rows:
    """At most ``most`` places of ``count``, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64)) if count else np.empty(0, np.int64)


def _check(examples: Vectors, of: Rows, descriptions: Vectors) -> None:
    if not len(descriptions):
        raise UsageError("The memory has no labels: add a label with an example or a description.")
    if len(examples) != len(of):
        raise UsageError(f"The memory has {len(examples)} examples and {len(of)} labels of examples.")
    if len(of) and not (of.min() >= 0 and of.max() < len(descriptions)):
        raise UsageError(f"An example has the label {int(of.max())}; expected 0 to {len(descriptions) - 1}.")
    for each in (examples, descriptions):
        _check_dim(each, descriptions)


def _check_dim(vectors: Vectors, descriptions: Vectors) -> None:
    if vectors.ndim != 2 or vectors.shape[1] != descriptions.shape[1]:
        raise UsageError(
            f"The vectors have the shape {vectors.shape}, the memory's {descriptions.shape[1]} dimensions: encode both "
            "with one encoder."
        )
    if not np.isfinite(vectors).all():
        raise UsageError("Some vectors are not numbers (NaN or infinite): make them again, or leave those rows out.")
