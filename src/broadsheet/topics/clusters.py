"""Topics from vectors: a tree of two levels, fields over topics, that is fitted once, placed in, grown and matched.

unit vectors -> smoothed over their neighbours (``cells``) -> k-means, about 0.8 sqrt(n) topics -> their centres, and
k-means of these into fields -> Tree
new vectors -> the nearest centre, or none;  what no topic serves -> new topics;  another fit of the same papers ->
which of its topics continues which of the old ones

Pure functions of arrays, in one thread where topics are fitted: equal vectors give equal topics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.topics.cells import centres, cosines, kmeans, nearest, smoothed

LEAST = 30  # papers with vectors below which there are no topics yet
_TOPICS, _FIELDS = 256, 16  # at most, by ``fit``
_SAMPLE, _ROWS = 200_000, 20_000  # vectors that topics are fitted to, and that are placed at a time, at most
_GROWTH = 0.75  # of what a middling topic is worth: what a new one must be worth
_FLOOR = 0.3  # Jaccard: of the papers of two topics together, the share of those in both, below which none continues


@dataclass(frozen=True, slots=True)
class Tree:
    """Topics by their ``centres`` (m, dim), unit rows; ``topics`` (m,) holds the topic of each, one topic may have
    several; ``fields`` holds the field of each topic. One counter numbers both levels, from 1; 0 is no topic."""

    centres: Vectors
    topics: Rows
    fields: Mapping[int, int]

    def __len__(self) -> int:
        """Return the number of topics."""
        return len(self.fields)


def fit(vectors: NDArray[np.floating], *, seed: int = 0, first: int = 1) -> Tree:
    """Return the topics of vectors (n, dim), fields numbered from ``first``, then topics, field by field.

    The number of topics grows with the square root of the number of papers, as does that of papers in one; the number
    of fields is the square root of that of topics: at 100,000 papers 253 and 16. Rows that are zero or not finite
    are left out. A Tree without topics where fewer than ``LEAST`` rows remain, or all have one direction.
    """
    rows = unit(vectors[_chosen(vectors, seed)])
    labels = np.zeros(0, dtype=np.int64)
    if len(rows) >= LEAST and not _alike(rows):
        near = smoothed(rows, seed=seed)
        labels = kmeans(near, _topic_count(len(rows)), seed=seed)
    if labels.max(initial=0) == 0:
        return Tree(np.empty((0, vectors.shape[1]), dtype=np.float32), np.empty(0, dtype=np.int64), {})
    sizes, field = np.bincount(labels), _fields(near, labels, seed)
    order = np.lexsort((-sizes, field))
    start = first + int(field.max()) + 1
    ids = np.arange(start, start + len(order), dtype=np.int64)
    fields = dict(zip(ids.tolist(), (first + field[order]).tolist(), strict=True))
    return Tree(centres(rows, labels)[order], ids, fields)


def place(tree: Tree, vectors: NDArray[np.floating]) -> tuple[Rows, Vectors]:
    """Return the topic of each vector (n, dim) and its cosine with the nearest centre of that topic, both (n,).

    Topic 0 is for what fits nowhere; the cosine is that of the nearest centre nevertheless, and 0 for a row that is
    zero or not finite. Computed in blocks of bounded size.
    """
    topics, nearness = np.zeros(len(vectors), dtype=np.int64), np.zeros(len(vectors), dtype=np.float32)
    if not len(tree.centres):
        return topics, nearness
    good, bar, start = np.flatnonzero(_good(vectors)), _bar(tree.centres), 0
    for rows in np.array_split(good, 1 + len(good) // _ROWS):
        for block in cosines(unit(vectors[rows]), tree.centres):
            some = good[start : (start := start + len(block))]
            nearness[some] = block.max(axis=1)
            topics[some] = np.where(nearness[some] >= bar, tree.topics[block.argmax(axis=1)], 0)
    return topics, nearness


def grow(tree: Tree, vectors: NDArray[np.floating], topics: Rows, *, first: int, seed: int = 0) -> Tree:
    """Return the tree with more topics, numbered from ``first``, where vectors (n, dim) of all papers, or of a sample,
    need them; ``topics`` (n,) are their present ones. All that was there is as it was.

    Fit again, then take those of the new centres that the old ones do not replace: each is worth what its vectors would
    lose in cosine if it were not there, and the least of the new is worth as much as a middling one of the old.
    """
    chosen = _chosen(vectors, seed)
    if len(chosen) < LEAST or not len(tree):
        return tree
    rows = unit(vectors[chosen])
    near = smoothed(rows, seed=seed)
    labels = kmeans(near, _topic_count(len(rows)), seed=seed)
    added = _needed(rows, tree, centres(rows, labels))
    if not len(added):
        return tree
    new = np.arange(first, first + len(added), dtype=np.int64)
    joined = Tree(np.concatenate([tree.centres, added]), np.concatenate([tree.topics, new]), tree.fields)
    return Tree(joined.centres, joined.topics, {**tree.fields, **_homes(joined, (rows, near, topics[chosen]), seed)})


def split(vectors: NDArray[np.floating], *, seed: int = 0) -> NDArray[np.bool_]:
    """Return which of the members (n, dim) of one topic leave when it is split in two: the smaller part. None leaves
    where all have one direction."""
    leaves, good = np.zeros(len(vectors), dtype=np.bool_), _good(vectors)
    rows = unit(vectors[good])
    if len(rows) < 2 or _alike(rows):
        return leaves
    labels = kmeans(rows, 2, seed=seed)
    leaves[good] = labels == np.bincount(labels).argmin()
    return leaves


def match(before: Rows, after: Rows) -> dict[int, int]:
    """Return which topics of ``after`` (n,) continue which of ``before`` (n,), two trees' topics of the same papers, 0
    for none: pairs one to one that share the most papers (Kuhn 1955), each at least ``_FLOOR`` of both together.

    A topic of ``after`` that continues none has no entry.
    """
    from scipy import optimize

    untyped: Any = optimize
    both = (before > 0) & (after > 0)
    old, row = np.unique(before[both], return_inverse=True)
    new, column = np.unique(after[both], return_inverse=True)
    shared = np.zeros((len(old), len(new)))
    np.add.at(shared, (row, column), 1)
    either = _sizes(before, old)[:, None] + _sizes(after, new)[None, :] - shared
    pairs = zip(*untyped.linear_sum_assignment(-shared), strict=True)
    return {int(new[j]): int(old[i]) for i, j in pairs if shared[i, j] >= _FLOOR * either[i, j]}


def renumbered(tree: Tree, names: Mapping[int, int]) -> Tree:
    """Return the tree with other ids of topics and fields; an id that has no entry in ``names`` stays."""
    topics = np.array([names.get(topic, topic) for topic in tree.topics.tolist()], dtype=np.int64)
    fields = {names.get(topic, topic): names.get(field, field) for topic, field in tree.fields.items()}
    return Tree(tree.centres, topics, fields)


def _worth(rows: Vectors, middles: Vectors, topics: Rows) -> NDArray[np.float64]:
    """What each topic is worth, by its id: how much cosine its vectors would lose if it were not there."""
    worth = np.zeros(int(topics.max()) + 1)
    for block in cosines(rows, middles):
        best, own = block.max(axis=1), topics[block.argmax(axis=1)]
        block[own[:, None] == topics[None, :]] = -1
        np.add.at(worth, own, best - block.max(axis=1))
    return worth


def _needed(rows: Vectors, tree: Tree, added: Vectors) -> Vectors:
    """Those of new centres that are worth enough next to the tree and to one another; the least go first."""
    bar = _GROWTH * float(np.median(_worth(rows, tree.centres, tree.topics)[np.unique(tree.topics)]))
    bar, first = max(bar, 1e-9), int(tree.topics.max()) + 1
    while len(added):
        ids = np.concatenate([tree.topics, np.arange(first, first + len(added))])
        worth = _worth(rows, np.concatenate([tree.centres, added]), ids)[first:]
        low = worth < bar
        if not low.any():
            break
        added = added[~(low & (worth <= np.median(worth[low])))]
    return added


def _homes(joined: Tree, papers: tuple[Vectors, Vectors, Rows], seed: int) -> dict[int, int]:
    """The field of each topic that has none: a new one where fields, found again, put it among topics most of whose
    papers are in such topics; else the field where most of its papers are now. ``papers``: rows, smoothed, topics."""
    rows, near, before = papers
    kinds, labels = np.unique(nearest(rows, joined.centres), return_inverse=True)
    group, sizes = _fields(near, labels, seed), np.bincount(labels)
    young = ~np.isin(joined.topics[kinds], list(joined.fields))
    share = np.bincount(group, sizes * young) / np.bincount(group, sizes)
    first, old = int(joined.topics.max()) + 1, joined.centres[np.isin(joined.topics, list(joined.fields))]
    fields = {int(kind): first + place for place, kind in enumerate(np.flatnonzero(share > 0.5))}
    homes = {}
    for label in np.flatnonzero(young).tolist():
        known = [joined.fields[topic] for topic in before[labels == label].tolist() if topic in joined.fields]
        closest = [joined.fields[int(joined.topics[np.argmax(old @ joined.centres[kinds[label]])])]]
        usual = max(sorted(set(known or closest)), key=(known or closest).count)
        homes[int(joined.topics[kinds[label]])] = fields.get(int(group[label]), usual)
    return homes


def _topic_count(n: int) -> int:
    return min(_TOPICS, round(0.8 * float(np.sqrt(n))))


def _alike(rows: Vectors) -> bool:
    """Whether unit rows have one direction, but for rounding: then their mean is of length 1."""
    return bool(np.linalg.norm(rows.mean(axis=0, dtype=np.float64)) > 1 - 1e-6)


def _fields(near: Vectors, labels: Rows, seed: int) -> Rows:
    """The field of each label, from 0 upwards: k-means of the middles of smoothed vectors, by how many each has."""
    sizes = np.bincount(labels)
    return kmeans(centres(near, labels), min(_FIELDS, round(float(np.sqrt(len(sizes))))), seed=seed, weights=sizes)


def _good(vectors: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which rows have a direction: finite, and not zero."""
    return np.asarray(np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1))


def _chosen(vectors: NDArray[np.floating], seed: int) -> Rows:
    """Which rows topics are fitted to: those with a direction, or a sample of them."""
    rows = np.flatnonzero(_good(vectors))
    return rows if len(rows) <= _SAMPLE else np.sort(np.random.default_rng(seed).permutation(rows)[:_SAMPLE])


def _bar(middles: Vectors) -> float:
    """The cosine that a vector must have with its nearest centre: half of what centres have with one another in the
    mean. Less have what no one would call a paper, and one paper in a hundred of small or hashed Collections."""
    m = len(middles)
    total = float(np.linalg.norm(middles.sum(axis=0, dtype=np.float64)) ** 2)
    return (total - m) / (m * (m - 1)) / 2 if m > 1 else -1.0


def _sizes(topics: Rows, kinds: Rows) -> NDArray[np.float64]:
    ordered = np.sort(topics)
    return (np.searchsorted(ordered, kinds, "right") - np.searchsorted(ordered, kinds, "left")).astype(np.float64)
