"""What a cosine with the text of an alert means: how probable it is that the paper is relevant, and from where a match
is fair, good and strong.

each text's unit vector -> its best cosines in the Space, its cosines with papers at random (``memory``)
a cosine -> by how many spreads it is above papers at random, and above the best ten -> a logistic curve (Platt 1999)
-> times the probability that anything here is about the text -> the words are read off it, as everywhere

Two wordings of one wish lie at different distances from every paper, so that one cosine for both would send many papers
for one and none for the other: here each is measured against its own list. Words that paper and alert share count for
nothing, since a sentence shares fewer than a few plain words do. The curve was fitted to topics that authors filed
papers under: ``benchmarks/standing.py``, docs/benchmarks.md.

Papers were not judged for papers, so of a followed paper no probability is known: strong begins where papers are of one
kind (``near.novelty``, which measured it), good and fair where a match is strong and good anywhere (``of_papers``).

``by_bands`` is the rule from before words were read off probabilities: the trial of an alert shows what it would have
sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from broadsheet.alerts.memory import query_shapes
from broadsheet.collection import Collection
from broadsheet.core.relevance import EDGES, Curve
from broadsheet.core.vectors import Vectors, products
from broadsheet.near.novelty import level_of
from broadsheet.search.relevance import calibration_of

CURVE = Curve(-4.44, {"above": 1.11, "lead": 0.37})
"""Log-odds of a paper by the spreads that its cosine is above that of papers at random, and above the mean of the best
ten."""
_SAMPLE, _ENOUGH = 1_000, 100  # papers that show what chance gives; fewer would not
_STAND_OUT = (2.5, 3.25, 4.0)  # spreads above the mean cosine of papers at random: fair, good, strong
_FLAT = 1e-6  # the least spread

Bands = tuple[float, float, float]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What cosines with n texts mean: from which a match is fair, good and strong (``edges``, (n, 3); infinite where
    nothing is), the same for papers that have all words of the text (``raised``), and mean and spread of the cosines of
    papers at random (``chance``, (n, 2)). ``odds`` (n, 3): of each text the constant and the slope of the log-odds of a
    cosine, and the probability that anything here is about the text; None, or NaN in a row, where nothing tells."""

    edges: Numbers
    raised: Numbers
    chance: Numbers
    odds: Numbers | None = None

    def outstanding(self, cosines: NDArray[np.floating], row: int) -> Numbers:
        """Return how many spreads cosines with a text are above those of random papers."""
        return np.asarray((cosines - self.chance[row, 0]) / self.chance[row, 1])

    def relevance(self, cosine: float, row: int) -> float | None:
        """Return the probability that a paper with this cosine is relevant."""
        if self.odds is None or np.isnan(self.odds[row, 0]):
            return None
        constant, slope, answerable = self.odds[row].tolist()
        return float(answerable / (1 + np.exp(-np.clip(constant + slope * cosine, -50, 50))))

    def followed_by(self, other: Scale) -> Scale:
        """Return the Scale of these texts and then those of another."""
        odds = [np.full((len(each.edges), 3), np.nan) if each.odds is None else each.odds for each in (self, other)]
        return Scale(
            edges=np.concatenate([self.edges, other.edges]),
            raised=np.concatenate([self.raised, other.raised]),
            chance=np.concatenate([self.chance, other.chance]),
            odds=np.concatenate(odds),
        )


class Measure(Protocol):
    """Make the Scale of texts from their unit vectors (n, dim)."""

    def __call__(self, collection: Collection, texts: Sequence[str], vectors: Vectors) -> Scale: ...


def by_relevance(collection: Collection, texts: Sequence[str], vectors: Vectors) -> Scale:
    """Return the Scale of texts by the probability of relevance. CollectionError without a synced Space."""
    space = collection.space.snapshot()
    made = calibration_of(collection, space)
    shapes = query_shapes(collection, texts, vectors)
    facts = np.array([(each.mean, each.spread, each.near, made.answerable(each)) for each in shapes])
    mean, spread, near, answerable = facts.reshape(-1, 4).T
    chance = np.stack([mean, np.maximum(spread, _FLAT)], axis=1)
    usual, width = space.pairs  # where many papers are about a text, papers at random are near to it as well
    mean, spread = np.minimum(mean, usual), np.maximum(np.minimum(spread, width), _FLAT)
    above, lead = CURVE.weights["above"], CURVE.weights["lead"]
    slope = (above + lead) / spread
    constant = CURVE.constant - (above * mean + lead * near) / spread
    share = np.array(EDGES) / np.maximum(answerable, 1e-12)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.where(share < 1, (np.log(share / (1 - share)) - constant[:, None]) / slope[:, None], np.inf)
    return Scale(
        edges=edges,
        raised=edges,
        chance=chance,
        odds=np.stack([constant, slope, answerable], axis=1),
    )


def of_papers(collection: Collection, *, count: int) -> Scale:
    """Return the Scale of so many vectors of papers. CollectionError without a synced Space."""
    space = collection.space.snapshot()
    _, good, strong = space.bands
    mean, spread = space.pairs
    edges = np.tile((good, strong, level_of(space)), (count, 1))
    return Scale(edges=edges, raised=edges, chance=np.tile((mean, max(spread, _FLAT)), (count, 1)))


def by_bands(collection: Collection, texts: Sequence[str], vectors: Vectors) -> Scale:
    """Return the Scale of texts by the bands of the Space; or lower, by one band at most, where a cosine stands out
    from those of random papers. A paper that has all the words is one step stronger. CollectionError without a synced
    Space."""
    space = collection.space.snapshot()
    chance = np.tile((0.0, 1.0), (len(texts), 1))
    edges = np.tile(space.bands, (len(texts), 1))
    living = np.flatnonzero(space.live)
    if len(living) >= _ENOUGH:
        some = products(space.vectors[living[:: -(-len(living) // _SAMPLE)]], vectors)  # (papers at random, texts)
        chance[:, 0], chance[:, 1] = some.mean(axis=0), np.maximum(some.std(axis=0), _FLAT)
        edges = _lowered(space.bands, chance)
    return Scale(edges=edges, raised=np.column_stack([2 * edges[:, 0] - edges[:, 1], edges[:, :2]]), chance=chance)


def _lowered(bands: Bands, chance: Numbers) -> Numbers:
    out = chance[:, :1] + chance[:, 1:] * _STAND_OUT
    return np.minimum(bands, np.maximum((step_below(bands), *bands[:2]), out))


def step_below(bands: Bands) -> float:
    """Return the cosine that is as far below fair as good is above it."""
    return 2 * bands[0] - bands[1]
