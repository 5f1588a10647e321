"""What trends: a score that is stored and never changes with time, and what stands in for votes still to come.

    total = 1 for being listed + votes expected + votes + comments + saves, each halved every half-life
    score = log2(total at any moment) + that moment / half-life: the same number at every moment, so it can be stored
    expected = PRIOR * 2 ** (what the text says, or how much its topic grows)

At the moment of listing this is ``log2(1 + expected + votes + ...) + listed / half-life``, the form of Reddit's "hot"
with a half-life of days for papers, over forward-decayed counts (Cormode et al. 2009, "Forward decay"). Days are
floats, counted from 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from math import exp2, log2
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.metrics import ranks, spearman
from broadsheet.core.vectors import Vectors
from broadsheet.trending.wording import Words, mean_worths, worths

HALF_LIFE = 1.5
"""Days in which interest halves: a paper of today with 80 votes ranks just above one of two days ago with 200."""
PRIOR = 1.0
"""Votes expected of an unknown paper, so few that the opinion of a few readers outweighs them."""
WEIGHTS = {"votes": 1.0, "comments": 0.5, "saves": 1.5}
"""What an event is worth in votes. Chosen, not fitted: no public data records saves."""

PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""The candidates from which a ridge chooses its penalty."""
NEAR = 0.02
"""The share of a Collection's past that counts as near a paper: on average the nearest 2 in 100."""
DOUBT = 3.0
"""Papers added to both counts, found and expected, before they are compared, so that few papers prove little."""

Kind = Literal["votes", "comments", "saves"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counter:
    """Weights of events, each halved every half-life: their sum was ``value`` on the day ``at``. One step per event."""

    value: float = 0.0
    at: float = 0.0

    def add(self, at: float, weight: float = 1.0, *, half_life: float = HALF_LIFE) -> Counter:
        """Add an event, which may be older than the newest; a negative weight takes back one of that moment."""
        newest = max(self.at, at) if self.value else at
        faded = weight * exp2((at - newest) / half_life)
        return Counter(max(0.0, self.worth(newest, half_life=half_life) + faded), newest)

    def worth(self, day: float, *, half_life: float = HALF_LIFE) -> float:
        """Return the sum on a day that is not before the newest event."""
        return self.value * exp2((self.at - day) / half_life) if self.value else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a score is made of on one day, in votes of that day: the terms of ``total``. ``text`` and ``topic`` are the
    powers of two by which ``expected`` was raised or lowered; None where they were not known or not used. ``around``:
    see ``Trend``."""

    day: float
    listing: float
    expected: float
    votes: float
    comments: float
    saves: float
    text: float | None
    topic: float | None
    score: float
    around: tuple[float, float] | None = None

    @property
    def total(self) -> float:
        """The interest left on that day."""
        return self.listing + self.expected + self.votes + self.comments + self.saves


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Everything the score of a paper needs. ``text`` is what a prior predicts and ``topic`` how much its topic grows,
    both as powers of two; the topic counts only where there is no prediction from the text. ``around``: how many other
    papers of the week up to its day are near it, and how many the weeks before predict. Counters hold weighted
    events."""

    listed: float
    text: float | None = None
    topic: float | None = None
    around: tuple[float, float] | None = None
    votes: Counter = Counter()
    comments: Counter = Counter()
    saves: Counter = Counter()
    half_life: float = HALF_LIFE

    @property
    def expected(self) -> float:
        """Votes expected of the paper before it has any, as a Bayesian prior."""
        return PRIOR * exp2(self.text if self.text is not None else self.topic or 0.0)

    @property
    def score(self) -> float:
        """The value to sort by. It changes with events and never with time."""
        return log2(sum(self._terms(self.newest))) + self.newest / self.half_life

    @property
    def newest(self) -> float:
        """The day of the newest event, the listing included."""
        return max([self.listed, *(each.at for each in (self.votes, self.comments, self.saves) if each.value)])

    def with_event(self, kind: Kind, at: float, count: float = 1.0) -> Trend:
        """Return the trend after ``count`` events of a kind on the day ``at``, but not before the listing."""
        changed = getattr(self, kind).add(max(at, self.listed), count * WEIGHTS[kind], half_life=self.half_life)
        return replace(self, **{kind: changed})

    def parts(self, day: float) -> Parts:
        """Return what is left of each term on ``day``, or on the day of the newest event if that is later."""
        day = max(day, self.newest)
        listing, expected, votes, comments, saves = self._terms(day)
        return Parts(
            day=day, listing=listing, expected=expected, votes=votes, comments=comments, saves=saves,
            text=self.text, topic=self.topic if self.text is None else None, score=self.score,
            around=self.around if self.text is None else None,
        )  # fmt: skip

    def _terms(self, day: float) -> tuple[float, ...]:
        faded = exp2((self.listed - day) / self.half_life)
        counted = (each.worth(day, half_life=self.half_life) for each in (self.votes, self.comments, self.saves))
        return (faded, self.expected * faded, *counted)


def day_of(moment: date | datetime) -> float:
    """Return a moment as days since 1970 in UTC; a date counts as its beginning."""
    whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)
    return whole.timestamp() / 86_400


@dataclass(frozen=True, slots=True)
class Ridge:
    """A linear guess: ``(features - mean) @ weights``, and the mean of what a paper's words are worth (``worth``) above
    that of the papers learned from (``usual``); ``scale`` turns it into powers of two of votes. ``agreement`` is the
    mean Spearman on days that were not learned from, which chose the penalty; None without such days."""

    mean: Floats
    weights: Floats
    scale: float
    penalty: float
    agreement: float | None = None
    worth: Mapping[str, float] = field(default_factory=dict)
    usual: float = 0.0

    def guess(self, features: NDArray[np.floating], papers: Sequence[Words] = ()) -> Floats:
        """Predict from features (n, d), and from words if the ridge learned words, how many votes papers will have
        relative to others of their day, as powers of two (n,)."""
        return self.scale * self.order(features, papers)

    def order(self, features: NDArray[np.floating], papers: Sequence[Words] = ()) -> Floats:
        """Predict without the scale, (n,): only the order means anything."""
        linear = (np.asarray(features, dtype=np.float64) - self.mean) @ self.weights
        return linear + (mean_worths(papers, self.worth) - self.usual) if self.worth else linear


def standing(votes: Floats, days: Sequence[object]) -> Floats:
    """Return the rank of each paper by votes within its day, as a normal score (n,): 0 in the middle, ties alike."""
    out = np.zeros(len(votes))
    bell = NormalDist()
    for rows in by_day(days):
        out[rows] = [bell.inv_cdf(rank) for rank in (ranks(votes[rows]) - 0.5) / len(rows)]
    return out


def train(
    features: NDArray[np.floating], votes: Floats, days: Sequence[object], *, papers: Sequence[Words] = ()
) -> Ridge:
    """Train a ridge regression in closed form from features (n, d) to the standing by votes; ``days`` (n,) ascend.
    With the words of the ``papers`` (n), their worth counts as much as the features: both are scaled to a spread of 1.

    The penalty is the one that orders the last fifth of the days best after learning from the others; how much of the
    guess to believe (``scale``) is measured on those days too, and is 0 when the guess is worthless.
    """
    targets, groups = standing(votes, days), by_day(days)
    cut = groups[int(len(groups) * 0.8)][0] if len(groups) > 1 else len(votes)
    held_out = [rows - cut for rows in groups if rows[0] >= cut]
    penalty, scale, agreement = PENALTIES[-1], 0.0, None
    if held_out and cut:
        early = _Solved(features[:cut], targets[:cut], papers[:cut])
        guesses = [early(each).order(features[cut:], papers[cut:]) for each in PENALTIES]
        agreements = [
            float(np.mean([spearman(guess[rows], votes[cut:][rows]) for rows in held_out])) for guess in guesses
        ]
        best = int(np.argmax(agreements))
        penalty, scale = PENALTIES[best], _slope(guesses[best], votes[cut:], held_out)
        agreement = agreements[best]
    final = _Solved(features, targets, papers)(penalty)
    return replace(final, scale=scale, agreement=agreement)


def by_day(days: Sequence[object]) -> list[NDArray[np.int64]]:
    """Split rows by day, for equal days in a row."""
    edges = [row for row in range(1, len(days)) if days[row] != days[row - 1]]
    return np.split(np.arange(len(days)), edges) if len(days) else []


class _Solved:
    """The eigenvectors of a regression, from which each penalty's weights come at once, and what words are worth."""

    def __init__(self, features: NDArray[np.floating], targets: Floats, papers: Sequence[Words]) -> None:
        rows = np.asarray(features, dtype=np.float64)
        self.mean, self.count = rows.mean(axis=0), len(rows)
        centred = rows - self.mean
        self.values, self.axes = np.linalg.eigh(centred.T @ centred)
        self.sums = self.axes.T @ (centred.T @ targets)
        worth = worths(papers, targets) if papers else {}
        heard = mean_worths(papers, worth) if worth else np.zeros(1)
        spread = _some(heard.std())
        self.worth, self.usual = {word: each / spread for word, each in worth.items()}, float(heard.mean()) / spread

    def __call__(self, penalty: float) -> Ridge:
        along = self.sums / (np.maximum(self.values, 0) + penalty)
        spread = _some(np.sqrt(np.maximum(self.values, 0) @ along**2 / self.count)) if self.worth else 1.0
        return Ridge(self.mean, self.axes @ along / spread, 1.0, penalty, worth=self.worth, usual=self.usual)


def _some(spread: float) -> float:
    """A spread to divide by: 1 where there is only rounding error (real predictions have a spread of about 1)."""
    return float(spread) if spread > 1e-6 else 1.0


def _slope(guess: Floats, votes: Floats, groups: Sequence[NDArray[np.int64]]) -> float:
    """By how many powers of two votes really rise with the guess within a day; never below 0."""
    powers = np.log2(1 + votes)
    x = np.concatenate([guess[rows] - guess[rows].mean() for rows in groups])
    y = np.concatenate([powers[rows] - powers[rows].mean() for rows in groups])
    return max(0.0, float(x @ y / (x @ x))) if x.any() else 0.0


@dataclass(frozen=True, slots=True)
class Acceleration:
    """For n papers: how many others near them are new (``found``), how many the past predicts (``expected``), and the
    ratio of the two as a power of two shrunk towards 0 (``growth``)."""

    found: Floats
    expected: Floats
    growth: Floats
    near: float


def acceleration(points: Vectors, recent: Vectors, past: Vectors, *, near: float | None = None) -> Acceleration:
    """Measure topic acceleration: how much denser ``recent`` papers are around each of ``points`` than ``past`` ones.

    All are unit rows (n, d), (r, d), (p, d), and the points are among the recent. ``near`` is the cosine from which
    papers are neighbours; by default the one that a share NEAR of the past exceeds. Costs n * (r + p) * d
    multiplications and holds one block of them at a time.
    """
    if not len(past) or not len(points):
        nothing = np.zeros(len(points))
        return Acceleration(nothing, nothing, nothing, near or 1.0)
    edge = _edge(points, past) if near is None else near
    counts = np.maximum(0, _near(points, recent, edge) - 1)  # each is its own neighbour
    expected = _near(points, past, edge) * (max(0, len(recent) - 1) / len(past))
    return Acceleration(counts, expected, np.log2((counts + DOUBT) / (expected + DOUBT)), edge)


def _near(points: Vectors, others: Vectors, edge: float) -> Floats:
    return np.concatenate([(part @ others.T >= edge).sum(axis=1) for part in _blocks(points)]).astype(np.float64)


def _edge(points: Vectors, past: Vectors) -> float:
    some, others = points[:: -(-len(points) // 300)], past[:: -(-len(past) // 3_000)]
    return float(np.quantile(some @ others.T, 1 - NEAR))


def _blocks(rows: Vectors) -> list[Vectors]:
    return np.array_split(rows, -(-len(rows) // 512))
