"""Topics of two corpora together: clusters of their vectors, the share of each corpus in them, and their words.

both corpora -> k-means of their vectors (``topics.cells``) -> for each cluster the share of each corpus, with an
interval of the difference that holds for all topics at once (Bonferroni) -> its noun phrases: those that say best what
it is about
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.topics.cells import centres, kmeans
from broadsheet.topics.naming import Paper, name_topics

_MOST = 20_000  # texts that are clustered; others join the nearest centre
_NAMES = 6  # phrases of a topic


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its ``words``, noun phrases: the share of each corpus in it, how much larger the second is with the
    interval of all topics at once, and an example: the text nearest to its centre."""

    words: tuple[str, ...]
    one: float
    other: float
    change: float
    low: float
    high: float
    example: str

    @property
    def moved(self) -> bool:
        """Return whether the interval of its change excludes 0."""
        return self.low > 0 or self.high < 0


def topics(
    one: tuple[Sequence[str], Vectors], other: tuple[Sequence[str], Vectors], *, count: int, seed: int = 0
) -> list[Topic]:
    """Return ``count`` topics of two corpora, each its texts (n) and unit vectors (n, dim), the largest change first;
    fewer where fewer vectors differ.

    UsageError for a count below 2 or above the number of texts.
    """
    texts, vectors = [*one[0], *other[0]], np.concatenate([one[1], other[1]])
    middles = clusters(vectors, count, seed=seed)
    count, scores = len(middles), vectors @ middles.T
    member = scores.argmax(axis=1)
    z = NormalDist().inv_cdf(1 - 0.025 / count)
    n, m = len(one[0]), len(other[0])
    named = _named(texts, member, count)
    found = []
    for topic in range(count):
        inside = member == topic
        shares = float(inside[:n].mean()), float(inside[n:].mean())
        width = z * float(np.sqrt(sum(_variance(share, size) for share, size in zip(shares, (n, m), strict=True))))
        change = shares[1] - shares[0]
        example = int(np.argmax(np.where(inside, scores[:, topic], -np.inf)))
        found.append(Topic(named[topic], *shares, change, change - width, change + width, texts[example]))
    return sorted(found, key=lambda topic: -abs(topic.change))


def clusters(vectors: Vectors, count: int, *, seed: int = 0) -> Vectors:
    """Return the centres (count or fewer, dim) of k-means of unit vectors (n, dim), as unit rows."""
    if not 2 <= count <= len(vectors):
        raise UsageError(f"The number of topics is {count}; expected 2 to {len(vectors):,}, the number of texts.")
    some = vectors[np.sort(np.random.default_rng(seed).permutation(len(vectors))[:_MOST])]
    return centres(some, kmeans(some, count, seed=seed))


def _variance(share: float, size: int) -> float:
    """Of a share of texts; one of 0 or 1 has the variance of one text more on either side (Agresti and Caffo 2000)."""
    counted = (share * size + 1) / (size + 2)
    return counted * (1 - counted) / (size + 2)


def _named(texts: Sequence[str], member: Rows, count: int) -> list[tuple[str, ...]]:
    """The phrases of each topic, as topics of a Collection have them."""
    papers = (Paper(topic, count, "", text) for text, topic in zip(texts, member.tolist(), strict=True))
    names = name_topics(papers)
    return [names[topic].phrases[:_NAMES] if topic in names else () for topic in range(count)]
