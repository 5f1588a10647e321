"""Interests: what a reader likes as several directions rather than one, and papers picked for each by its share.

unit vectors, minus what all papers have in common -> liked ones merged into few interests, named ones kept apart
papers -> how near each is to each interest and to the liked papers in it, minus how near it is to declined ones
one pick at a time: the best paper for any interest, minus what the interest had beyond its share, minus repetition

Picking for several interests in proportion to their smoothed weights is the idea of kNN-Embed (El-Kishky et al.
2022, arXiv:2205.06205); the penalty on repetition comes from maximal marginal relevance (Carbonell and Goldstein
1998); the mean is removed as by Mu and Viswanath (2018, "All-but-the-Top"). ``lab.readers`` chose the settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Rows, Vectors, cosines, products, unit

MOST = 6  # interests found in unnamed likes; named interests are added to these
SMOOTH = 0.5  # power of an interest's weight: 1 is in proportion, 0 is all equal
SHRINK = 6.0  # how many liked papers the reader's mean counts as, to steady a small interest
NEAREST, CLOSE = 3, 4.0  # nearest liked papers of an interest, and the weight of their cosine against the centre's
EXCESS = 0.0175  # what each pick beyond its share costs an interest
SURE = 0.5  # part of its share that each interest gets first, if it has papers good enough
RELEVANCE = 0.95  # weight of relevance in a pick; the rest is for not repeating earlier ones
DECLINE = 0.25  # weight of how much nearer a declined paper is than the liked ones
BANDS = (0.9, 0.98, 0.995)  # a strong paper beats 199 in 200, a good one 49 in 50, a fair one 9 in 10
WORTH = 1  # the band, from 0, that a paper must reach for a sure place
_FEW = 100  # papers whose mean is half trusted
_CLUSTERED = 400  # liked papers that are clustered; the others join the nearest centre

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interests:
    """A reader's interests, all vectors as ``centred``.

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
        """Return the places of an interest's liked papers."""
        low, high = np.searchsorted(self.member, [interest, interest + 1])
        return slice(int(low), int(high))


def common(vectors: Vectors) -> Vectors:
    """Return what unit vectors (n, dim) have in common, (dim,): their mean, trusted less the fewer they are."""
    n = len(vectors)
    return np.asarray(vectors.sum(axis=0, dtype=np.float64) / max(n + _FEW, 1), dtype=np.float32)


def centre(vectors: Vectors, mean: Vectors) -> Vectors:
    """Subtract ``mean`` (dim,) from vectors (n, dim) and bring them to length 1 again."""
    return unit(vectors - mean)


def find_interests(
    liked: Vectors, *, weights: NDArray[np.float64], groups: Sequence[str], declined: Vectors
) -> tuple[Interests, Rows]:
    """Find the interests in ``liked`` (n, dim), and the order (n,) in which they hold its rows.

    Rows of one name in ``groups`` are one interest; rows without a name (empty) are clustered. Named interests come
    first, in the order of their first row; then clusters, the heaviest first. ``weights`` are above 0.
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
    """Return the rows, ascending, that are among the ``most`` highest of any interest by ``cosines`` (n, interests)
    with the centres: out of very many papers, the ones to look at closely."""
    if len(cosines) <= most:
        return np.arange(len(cosines))
    return np.unique(np.argpartition(-cosines, most - 1, axis=0)[:most])


def scores(interests: Interests, rows: Vectors) -> Vectors:
    """Return how much each of ``rows`` (n, dim) suits each interest, (n, k): the weighted mean of the cosine with its
    centre and the mean cosine with its nearest liked papers. Where a declined paper is nearer than these, the
    difference counts against the row."""
    close = np.empty((len(rows), len(interests)), dtype=np.float32)
    for interest in range(len(interests)):
        own = products(rows, interests.liked[interests.of(interest)])
        most = min(NEAREST, own.shape[1])
        close[:, interest] = np.partition(own, -most, axis=1)[:, -most:].mean(axis=1)
    out = (products(rows, interests.centres) + CLOSE * close) / (1 + CLOSE)
    if len(interests.declined):
        refused = products(rows, interests.declined).max(axis=1)
        out -= DECLINE * np.maximum(refused[:, None] - close, 0)
    return np.asarray(out, dtype=np.float32)


def bands(interests: Interests, sample: Vectors) -> Vectors:
    """Return the scores (interests, 3) from which a paper is fair, good and strong: the quantiles ``BANDS`` of a
    ``sample`` (m, dim) of all papers."""
    return np.asarray(np.quantile(scores(interests, sample), BANDS, axis=0).T, dtype=np.float32)


def pick(
    suits: Vectors, shares: NDArray[np.float64], rows: Vectors, k: int, *, least: Vectors | None = None
) -> tuple[Rows, Rows]:
    """Pick at most k of ``rows`` (n, dim), given how much they suit each interest (``suits``, (n, interests)). Return
    the row and the interest of each pick, in the order made.

    Each place goes to the pair of paper and interest with the highest score, minus what the interest had beyond its
    share of the places so far, and minus the paper's likeness to earlier picks. But an interest that had less than
    ``SURE`` of its share comes first, as long as it has papers that reach its ``least`` (interests,; None: any). So no
    interest is crowded out, and one with nothing good today is not filled with bad papers.
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
        repeats = np.maximum(repeats, cosines(rows, rows[row]))
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
    """Cluster unit rows (n, dim) and return labels (n,) from 0: Ward's clusters (1963), at most ``most``, cut where the
    mean silhouette is highest (Rousseeuw 1987); one cluster when no cut has a positive one. Of more than some hundred
    rows, the others join the cluster of the nearest centre."""
    first = rows[:: -(-len(rows) // _CLUSTERED)] if len(rows) > _CLUSTERED else rows
    exact = first.astype(np.float64)
    apart = 1 - products(exact, exact)
    best, labels = 0.0, np.zeros(len(first), dtype=np.int64)
    for cut in ward(first, most):
        value = silhouette(apart, cut)
        if value > best:
            best, labels = value, cut
    if len(first) == len(rows):
        return labels
    centres = unit(np.stack([first[labels == each].mean(axis=0) for each in range(labels.max() + 1)]))
    return np.asarray(np.argmax(products(rows, centres), axis=1), dtype=np.int64)


def ward(rows: Vectors, most: int) -> list[Labels]:
    """Return Ward's cuts of rows (n, dim) into two to ``most`` clusters of at least two rows on average, the fewest
    clusters first; ties merge the earlier rows."""
    n = len(rows)
    squares = np.einsum("nd,nd->n", rows, rows, dtype=np.float64)
    exact = rows.astype(np.float64)
    cost = np.maximum(squares[:, None] + squares - 2 * products(exact, exact), 0) / 2
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
    """Return the mean silhouette of labels (n,) of two or more clusters, by distances (n, n); a lone row counts 0."""
    n = np.arange(len(labels))
    size = np.bincount(labels)
    sums = np.stack([apart[:, labels == each].sum(axis=1) for each in range(len(size))], axis=1)
    within = sums[n, labels] / np.maximum(size[labels] - 1, 1)
    means = sums / size
    means[n, labels] = np.inf
    other = means.min(axis=1)
    value = (other - within) / np.maximum(np.maximum(other, within), 1e-12)
    return float(np.where(size[labels] > 1, value, 0).mean())
