"""Interests: what somebody likes as several directions rather than one, and papers picked for each in its share.

unit vectors, less what all papers have in common -> liked ones merged into few interests, those named kept apart
papers -> how near each is to each interest and to the liked papers in it, less how near to what was declined
one pick at a time: the best paper for any interest, less what that interest had beyond its share, less repetition

Retrieving from several interests in proportion to their smoothed weights is the idea of kNN-Embed (El-Kishky et al.
2022, arXiv:2205.06205); penalising repetition that of maximal marginal relevance (Carbonell and Goldstein 1998); the
mean is taken off as by Mu and Viswanath (2018, "All-but-the-Top"). The settings were chosen by ``lab.readers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Rows, Vectors, unit

MOST = 6  # interests that are found by themselves; those named come on top
SMOOTH = 0.5  # power of an interest's weight: 1 is in proportion, 0 all alike
SHRINK = 6.0  # liked papers' worth of the reader's mean that steadies a small interest
NEAREST, CLOSE = 3, 4.0  # so many liked papers of an interest, and what their cosine counts beside the centre's
EXCESS = 0.0175  # what each pick beyond its share costs an interest
SURE = 0.5  # of its share that an interest has before all others, if it has papers worth it
RELEVANCE = 0.95  # of a pick; the rest is for not repeating those before it
DECLINE = 0.25  # of how much nearer a declined paper is than liked ones, what it takes off
BANDS = (0.9, 0.98, 0.995)  # a paper is strong when it suits more than 199 in 200 do; good: 49 in 50; fair: 9 in 10
WORTH = 1  # the band, from 0, that a paper must reach to be sure of its place
_FEW = 100  # papers whose mean is trusted by half
_CLUSTERED = 400  # liked papers that are clustered; the others join the nearest centre

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interests:
    """Somebody's interests, all vectors as ``centred``.

    ``centres`` (k, dim) of length 1 and their ``shares`` (k,), which add up to 1; ``liked`` (n, dim), those of the
    first interest first, with ``member`` (n,), the interest of each; ``declined`` (m, dim).
    """

    centres: Vectors
    shares: NDArray[np.float64]
    liked: Vectors
    member: Labels
    declined: Vectors

    def __len__(self) -> int:
        return len(self.centres)

    def of(self, interest: int) -> slice:
        """Where the liked papers of an interest stand."""
        low, high = np.searchsorted(self.member, [interest, interest + 1])
        return slice(int(low), int(high))


def common(vectors: Vectors) -> Vectors:
    """What unit vectors (n, dim) have in common, (dim,): their mean, the less trusted the fewer they are."""
    n = len(vectors)
    return np.asarray(vectors.sum(axis=0, dtype=np.float64) / max(n + _FEW, 1), dtype=np.float32)


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors (n, dim) less ``mean`` (dim,), of length 1 again."""
    return unit(vectors - mean)


def found(
    liked: Vectors, *, weights: NDArray[np.float64], groups: Sequence[str], declined: Vectors
) -> tuple[Interests, Rows]:
    """The interests in ``liked`` (n, dim), and the order (n,) in which they keep those.

    Those of one ``groups`` name are one interest; those without a name (empty) are clustered. Named interests come
    first, in the order of their first item; then clusters, the heaviest first. ``weights`` are above 0.
    """
    member = _members(liked, weights, groups)
    order = np.argsort(member, kind="stable")
    rows, weight, member = liked[order], weights[order], member[order]
    k = int(member[-1]) + 1
    sums = np.zeros((k, liked.shape[1]))
    np.add.at(sums, member, rows * weight[:, None])
    heavy = np.bincount(member, weights=weight, minlength=k)
    overall = sums.sum(axis=0) / heavy.sum()
    named = np.array([bool(groups[order[place]]) for place in np.searchsorted(member, np.arange(k))])
    steadied = sums + np.where(named, 0.0, SHRINK)[:, None] * overall
    shares = heavy**SMOOTH
    return Interests(unit(steadied), shares / shares.sum(), rows, member, declined), order


def shortlist(cosines: Vectors, most: int) -> Rows:
    """The rows, ascending, that are among the ``most`` highest of any interest by ``cosines`` (n, interests) with the
    centres: of very many papers those worth a closer look."""
    if len(cosines) <= most:
        return np.arange(len(cosines))
    return np.unique(np.argpartition(-cosines, most - 1, axis=0)[:most])


def scores(interests: Interests, rows: Vectors) -> Vectors:
    """How much each of ``rows`` (n, dim) suits each interest, (n, k): the cosine with its centre and the mean cosine
    with the nearest of its liked papers, weighed. Where a declined paper is nearer than those, the difference counts
    against it."""
    close = np.empty((len(rows), len(interests)), dtype=np.float32)
    for interest in range(len(interests)):
        own = rows @ interests.liked[interests.of(interest)].T
        most = min(NEAREST, own.shape[1])
        close[:, interest] = np.partition(own, -most, axis=1)[:, -most:].mean(axis=1)
    out = (rows @ interests.centres.T + CLOSE * close) / (1 + CLOSE)
    if len(interests.declined):
        refused = (rows @ interests.declined.T).max(axis=1)
        out -= DECLINE * np.maximum(refused[:, None] - close, 0)
    return np.asarray(out, dtype=np.float32)


def bands(interests: Interests, sample: Vectors) -> Vectors:
    """The scores (interests, 3) from which a paper is fair, good and strong: above so many of a ``sample`` (m, dim) of
    all papers as ``BANDS`` says."""
    return np.asarray(np.quantile(scores(interests, sample), BANDS, axis=0).T, dtype=np.float32)


def pick(
    suits: Vectors, shares: NDArray[np.float64], rows: Vectors, k: int, *, least: Vectors | None = None
) -> tuple[Rows, Rows]:
    """At most k picks among ``rows`` (n, dim) that suit the interests as ``scores`` (n, interests) says, in the order
    made: (which row, for which interest).

    Each place falls to the pair of paper and interest whose score is highest, less what the interest had beyond its
    share of the places so far, and less the paper's likeness to those picked before. But an interest that had fewer
    than ``SURE`` of its share comes first, as long as it has papers of at least its ``least`` (interests,; None: any).
    So none is crowded out, and one that has nothing good today is not filled with what is bad.
    """
    worth = RELEVANCE * suits.astype(np.float64)
    enough = np.ones_like(worth, dtype=np.bool_) if least is None else suits >= least
    count = min(k, len(rows))
    chosen, interests = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    had, repeats = np.zeros(len(shares)), np.zeros(len(rows))
    for place in range(count):
        due = shares * (place + 1)
        each = worth - EXCESS * np.maximum(had - due, 0) - (1 - RELEVANCE) * repeats[:, None]
        starved = np.floor(SURE * due) > had
        if starved.any() and (of := enough & starved).any():
            each = np.where(of, each, -np.inf)
        row, interest = divmod(int(np.argmax(each)), len(shares))
        chosen[place], interests[place] = row, interest
        had[interest] += 1
        worth[row], enough[row] = -np.inf, False
        repeats = np.maximum(repeats, rows @ rows[row])
    return chosen, interests


def _members(liked: Vectors, weights: NDArray[np.float64], groups: Sequence[str]) -> Labels:
    """The interest of each liked paper: named groups, then clusters by weight."""
    names = list(dict.fromkeys(name for name in groups if name))
    member = np.array([names.index(name) if name else -1 for name in groups], dtype=np.int64)
    free = np.flatnonzero(member < 0)
    if len(free):
        labels = clusters(liked[free])
        heavy = np.argsort(-np.bincount(labels, weights=weights[free]), kind="stable")
        member[free] = len(names) + np.argsort(heavy)[labels]
    return member


def clusters(rows: Vectors, most: int = MOST) -> Labels:
    """Labels (n,) from 0 for unit rows (n, dim): Ward's clusters (1963), as many, up to ``most``, as have the highest
    mean silhouette (Rousseeuw 1987); one when no cut has a positive one. Beyond some hundreds the further rows join
    the cluster of the nearest centre."""
    first = rows[:: -(-len(rows) // _CLUSTERED)] if len(rows) > _CLUSTERED else rows
    apart = 1 - first.astype(np.float64) @ first.T
    best, labels = 0.0, np.zeros(len(first), dtype=np.int64)
    for cut in ward(first, most):
        value = silhouette(apart, cut)
        if value > best:
            best, labels = value, cut
    if len(first) == len(rows):
        return labels
    centres = unit(np.stack([first[labels == each].mean(axis=0) for each in range(labels.max() + 1)]))
    return np.asarray(np.argmax(rows @ centres.T, axis=1), dtype=np.int64)


def ward(rows: Vectors, most: int) -> list[Labels]:
    """Ward's cuts of rows (n, dim) into at most ``most`` and at least two clusters of two rows on average, the fewest
    clusters first; ties merge the earlier rows."""
    n = len(rows)
    squares = np.einsum("nd,nd->n", rows, rows, dtype=np.float64)
    cost = np.maximum(squares[:, None] + squares - 2 * rows.astype(np.float64) @ rows.T, 0) / 2
    np.fill_diagonal(cost, np.inf)
    size, label = np.ones(n), np.arange(n)
    cuts: list[Labels] = []
    for count in range(n - 1, 1, -1):
        one, other = divmod(int(np.argmin(cost)), n)
        _merge(cost, size, one, other)
        label[label == label[other]] = label[one]
        if count <= min(most, n // 2):
            cuts.append(np.unique(label, return_inverse=True)[1].astype(np.int64))
    return cuts[::-1]


def _merge(cost: NDArray[np.float64], size: NDArray[np.float64], one: int, other: int) -> None:
    """Take the cluster ``other`` into ``one``: costs of further merges by the formula of Lance and Williams (1967)."""
    both = size[one] + size[other]
    apart = cost[one, other]
    joined = ((size + size[one]) * cost[one] + (size + size[other]) * cost[other] - size * apart) / (size + both)
    joined[[one, other]] = np.inf
    joined[np.isinf(cost[one]) | np.isinf(cost[other])] = np.inf
    cost[one], cost[:, one] = joined, joined
    cost[other], cost[:, other] = np.inf, np.inf
    size[one] = both


def silhouette(apart: NDArray[np.float64], labels: Labels) -> float:
    """The mean silhouette of labels (n,) from 0, of two clusters or more, by distances (n, n); 0 for one alone."""
    n = np.arange(len(labels))
    size = np.bincount(labels)
    sums = np.stack([apart[:, labels == each].sum(axis=1) for each in range(len(size))], axis=1)
    within = sums[n, labels] / np.maximum(size[labels] - 1, 1)
    means = sums / size
    means[n, labels] = np.inf
    other = means.min(axis=1)
    value = (other - within) / np.maximum(np.maximum(other, within), 1e-12)
    return float(np.where(size[labels] > 1, value, 0).mean())
