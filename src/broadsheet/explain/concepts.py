"""The concepts of a Collection: the phrases of its topics, each with the papers that hold it.

topics -> their phrases, and names that an editor gave -> the papers with each phrase, by the Lexicon -> the mean of
their vectors -> ``core.concepts``: a vector says how much of each concept; two vectors, what each concept adds

No model is loaded and nothing is stored: axes are made when they are first needed, and again when topics change or the
Collection has grown by a fiftieth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.concepts import Axes, Floats, axes
from broadsheet.core.errors import CollectionError, UsageError, nearest
from broadsheet.core.recent import Recent
from broadsheet.core.text import plain
from broadsheet.core.topic import Topic
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.space import Snapshot
from broadsheet.topics.about import centres, reason

SHOWN = 8
"""Concepts that are shown of a text or a match."""
_MOST = 800  # concepts: more are not needed to tell papers apart, and each costs a search for its phrase
_LEAST, _READ = 5, 64  # papers that a concept has at least, and of which its vector is made at most
_SAMPLE = 2_000  # papers whose mean is what all papers share
_GROWN = 0.02  # of the papers, after which the axes are made again
_SAID, _ADDED = 0.4, 0.1  # of the largest weight, and part: what is less is not named, since it says little
_LITTLE = 0.005  # a weight or part below it is not named
_TURN = 0.4  # of the length of a query: how far it moves towards a concept that is turned up, or away from it


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text, or a match, says of a concept."""

    concept: str
    weight: float


@dataclass(frozen=True, slots=True)
class Shares:
    """What makes up a cosine: ``common``, what all papers share; ``concepts`` and their weights, the largest first;
    ``others``, the sum of the concepts that are not listed; ``rest``, what no concept says. They sum to ``cosine``."""

    cosine: float
    common: float
    concepts: tuple[Weight, ...]
    others: float
    rest: float

    @property
    def score(self) -> float:
        """Return the score by concepts: the cosine without the rest."""
        return self.common + sum(each.weight for each in self.concepts) + self.others


@dataclass(frozen=True, slots=True)
class Concepts:
    """The ``names`` of concepts and their ``axes``, in the same order."""

    names: tuple[str, ...]
    axes: Axes

    def of(self, vector: Vectors, most: int = SHOWN) -> tuple[Weight, ...]:
        """Describe a vector (dim,) by at most so many concepts, the weightiest first; only weights above 0."""
        return self._first(self.axes.of(vector), most, _SAID)

    def shares(self, one: Vectors, other: Vectors, most: int = SHOWN) -> Shares:
        """Split the cosine of two unit vectors (dim,) among concepts."""
        parts = self.axes.of(one) * self.axes.of(other)
        cosine, common = float(one.astype(np.float64) @ other), self.axes.shared(one, other)
        first = self._first(parts, most, _ADDED)
        whole = float(parts.sum())
        listed = sum(each.weight for each in first)
        return Shares(cosine, common, first, whole - listed, cosine - common - whole)

    def more(self, one: Vectors, other: Vectors, most: int = SHOWN) -> tuple[Weight, ...]:
        """Return the concepts of which the first vector (dim,) says more than the second, by how much more."""
        return self._first(self.axes.of(one) - self.axes.of(other), most, _SAID)

    def turned(self, vector: Vectors, turns: Turns) -> Vectors:
        """Return a query's vector (dim,) with concepts turned up, down, or off: off, it says nothing of them.
        UsageError for a concept that is not there."""
        turned = vector
        for wanted, by in ((turns.more, _TURN), (turns.less, -_TURN)):
            for name in wanted:
                turned = self.axes.turned(turned, self.places(name), by)
        off = sorted({place for name in turns.without for place in self.places(name)})
        return self.axes.without(turned, off) if off else turned

    def places(self, name: str) -> list[int]:
        """Return the places of the concept with this name, else of all whose names hold its words. UsageError for a
        name that fits none."""
        wanted = plain(name)
        same = [place for place, each in enumerate(self.names) if plain(each) == wanted]
        words = set(wanted.split())
        found = same or [place for place, each in enumerate(self.names) if words and words <= set(plain(each).split())]
        if not found:
            raise UsageError(f"no concept is called {name[:60]!r}. {nearest(name[:60], self.names)}")
        return found

    def _first(self, weights: Floats, most: int, share: float) -> tuple[Weight, ...]:
        """The largest weights above 0, as far as each is at least this share of the largest."""
        order = np.argsort(-weights, kind="stable")[:most]
        least = max(_LITTLE, share * float(weights.max(initial=0.0)))
        return tuple(Weight(self.names[place], float(weights[place])) for place in order if weights[place] >= least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The concepts that a reader turns up (``more``), down (``less``) and off (``without``)."""

    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.more or self.less or self.without)


_Known = Recent[str, tuple[Any, int, Concepts]]  # of a Space: the topics, how many papers it had, its concepts


def concepts_of(collection: Collection) -> Concepts:
    """Return the concepts of a Collection. CollectionError says why there are none: no vectors, no Lexicon, no
    topics."""
    snapshot = collection.space.snapshot()
    topics = sorted(collection.store.topics.all(), key=lambda each: (-each.papers, each.id))
    basis = tuple((each.id, each.name, each.phrases) for each in topics)
    memory: _Known = collection.memory("concepts", lambda: Recent(2, size=64_000_000))
    known = memory.get(snapshot.manifest.key)
    if known is None or known[0] != basis or abs(snapshot.count - known[1]) > _GROWN * known[1]:
        made = _made(collection, snapshot, topics)
        known = basis, snapshot.count, made
        memory.keep(snapshot.manifest.key, known, size=made.axes.rows.nbytes)
    return known[2]


def _made(collection: Collection, snapshot: Snapshot, topics: Sequence[Topic]) -> Concepts:
    named = dict(_named(collection, snapshot, topics))
    if not named:
        raise CollectionError(reason(collection) or "There are no concepts yet: no phrase of a topic is in 5 papers.")
    mean = _vectors(snapshot, snapshot.numbers[snapshot.live], _SAMPLE).mean(axis=0)
    return Concepts(tuple(named), axes(np.stack(list(named.values())), mean))


def _named(collection: Collection, snapshot: Snapshot, topics: Sequence[Topic]) -> Iterator[tuple[str, Vectors]]:
    """Each concept with the mean vector of papers that hold its phrase; an editor's name with its topic's centre."""
    seen: set[str] = set()
    middles: Mapping[int, Vectors] | None = None
    wanted = chain.from_iterable(zip_longest(*map(_names, topics)))
    for topic, name in filter(None, wanted):  # the first name of each topic, then the second of each
        if len(seen) >= _MOST or plain(name) in seen:
            continue
        vectors = _vectors(snapshot, collection.lexicon.having([name]), _READ)
        if len(vectors) >= _LEAST:
            seen.add(plain(name))
            yield name, vectors.mean(axis=0)
        elif name != topic.own_name and name == topic.name:
            middles = _centres(collection, topics) if middles is None else middles
            if topic.id in middles:
                seen.add(plain(name))
                yield name, middles[topic.id]


def _names(topic: Topic) -> list[tuple[Topic, str]]:
    """A topic with its name, and with each of its phrases."""
    return [(topic, name) for name in dict.fromkeys((topic.name, *topic.phrases))]


def _centres(collection: Collection, topics: Sequence[Topic]) -> Mapping[int, Vectors]:
    known, homes = {each.id: each for each in topics}, collection.store.topics.homes()
    return centres(collection, known, homes) | centres(collection, known, homes, level="field")


def _vectors(snapshot: Snapshot, numbers: Rows, most: int) -> Vectors:
    """The finite vectors of some of these papers, evenly spread."""
    vectors = snapshot.of(numbers[:: max(1, -(-len(numbers) // most))])
    return vectors[np.isfinite(vectors).all(axis=1)]
