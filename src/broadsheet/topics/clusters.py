"""Topics from vectors: a tree of two levels, fields over topics, that is fitted once, placed in, grown and matched.

unit vectors -> k-means (Lloyd 1982; begun as Arthur and Vassilvitskii 2007), about 0.8 sqrt(n) topics -> their centres
in fields -> Tree;  new vectors -> the nearest centre, or none;  what fits nowhere -> new topics;  another fit of the
same papers -> which of its topics continues which of the old ones

Pure functions of arrays. scikit-learn is loaded only where topics are fitted, and runs in one thread: what it sums up
in several depends on their order, so that equal vectors would give other topics on another number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Rows, Vectors, unit

LEAST = 30  # papers with vectors below which there are no topics yet
_TOPICS, _FIELDS = 256, 16  # at most, by ``fit``
_SAMPLE = 200_000  # vectors that topics are fitted to
_STEPS, _STARTS = 50, 2  # of k-means
_CELLS = 1 << 22  # cosines that are computed at a time: 16 MB
_GROWTH = 1.0  # of what a middling topic is worth: what a new one must be worth
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
    if len(rows) < LEAST or _alike(rows):
        return Tree(np.empty((0, vectors.shape[1]), dtype=np.float32), np.empty(0, dtype=np.int64), {})
    centres, sizes = clusters(rows, _topic_count(len(rows)), seed=seed)
    field = _fields(centres, sizes, seed)
    order = np.lexsort((-sizes, field))
    start = first + int(field.max()) + 1
    ids = np.arange(start, start + len(centres), dtype=np.int64)
    return Tree(centres[order], ids, dict(zip(ids.tolist(), (first + field[order]).tolist(), strict=True)))


def clusters(vectors: Vectors, count: int, *, seed: int = 0) -> tuple[Vectors, Rows]:
    """Return the centres (count or fewer, dim) of k-means of unit vectors (n, dim), as unit rows, and how many vectors
    lie nearest to each. Equal vectors never fill two centres, so few different ones give few centres."""
    model = _kmeans(vectors, count, seed)
    centres = unit(model.cluster_centers_)
    sizes = np.bincount(model.labels_, minlength=len(centres))
    return centres[sizes > 0], sizes[sizes > 0]


def place(tree: Tree, vectors: NDArray[np.floating]) -> tuple[Rows, Vectors]:
    """Return the topic of each vector (n, dim) and its cosine with the nearest centre of that topic, both (n,).

    Topic 0 is for what fits nowhere; the cosine is that of the nearest centre nevertheless, and 0 for a row that is
    zero or not finite. Computed in blocks of bounded size.
    """
    topics, nearness = np.zeros(len(vectors), dtype=np.int64), np.zeros(len(vectors), dtype=np.float32)
    if not len(tree.centres):
        return topics, nearness
    good, bar = np.flatnonzero(_good(vectors)), _bar(tree.centres)
    step = max(1, _CELLS // len(tree.centres))
    for start in range(0, len(good), step):
        some = good[start : start + step]
        cosines = unit(vectors[some]) @ tree.centres.T
        nearness[some] = cosines.max(axis=1)
        topics[some] = np.where(nearness[some] >= bar, tree.topics[cosines.argmax(axis=1)], 0)
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
    bar = _GROWTH * float(np.median(_worth(rows, tree.centres, tree.topics)[np.unique(tree.topics)]))
    centres, _ = clusters(rows, _topic_count(len(rows)), seed=seed)
    centres = _needed(rows, tree, centres, bar)
    if not len(centres):
        return tree
    new = np.arange(first, first + len(centres), dtype=np.int64)
    joined = Tree(np.concatenate([tree.centres, centres]), np.concatenate([tree.topics, new]), tree.fields)
    return Tree(joined.centres, joined.topics, {**tree.fields, **_homes(joined, new, (rows, topics[chosen]), seed)})


def split(vectors: NDArray[np.floating], *, seed: int = 0) -> NDArray[np.bool_]:
    """Return which of the members (n, dim) of one topic leave when it is split in two: the smaller part. None leaves
    where all have one direction."""
    leaves, good = np.zeros(len(vectors), dtype=np.bool_), _good(vectors)
    rows = unit(vectors[good])
    if len(rows) < 2 or _alike(rows):
        return leaves
    labels = _kmeans(rows, 2, seed).labels_
    leaves[good] = labels == np.bincount(labels, minlength=2).argmin()
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


def _worth(rows: Vectors, centres: Vectors, topics: Rows) -> NDArray[np.float64]:
    """What each topic is worth, by its id: how much cosine its vectors would lose if it were not there."""
    worth = np.zeros(int(topics.max()) + 1)
    for cosines in _blocks(rows, centres):
        best, own = cosines.max(axis=1), topics[cosines.argmax(axis=1)]
        cosines[own[:, None] == topics[None, :]] = -1
        np.add.at(worth, own, best - cosines.max(axis=1))
    return worth


def _needed(rows: Vectors, tree: Tree, centres: Vectors, bar: float) -> Vectors:
    """Those of new centres that are worth ``bar`` next to the tree and to one another; the least go first."""
    while len(centres):
        after = int(tree.topics.max()) + 1
        ids = np.concatenate([tree.topics, np.arange(after, after + len(centres))])
        worth = _worth(rows, np.concatenate([tree.centres, centres]), ids)[after:]
        low = worth < bar
        if not low.any():
            break
        centres = centres[~(low & (worth <= np.quantile(worth[low], 0.5)))]
    return centres


def _homes(joined: Tree, new: Rows, papers: tuple[Vectors, Rows], seed: int) -> dict[int, int]:
    """The field of each new topic: a new one where fields, fitted again, put it among topics most of whose papers are in
    new topics; else the field where most of its papers are now."""
    nearest = np.concatenate([cosines.argmax(axis=1) for cosines in _blocks(papers[0], joined.centres)])
    sizes = np.bincount(nearest, minlength=len(joined.centres))
    group, young = _fields(joined.centres, sizes, seed), np.isin(joined.topics, new)
    share = np.bincount(group, sizes * young) / np.maximum(np.bincount(group, sizes), 1)
    fields = {int(kind): int(new[-1]) + 1 + place for place, kind in enumerate(np.flatnonzero(share > 0.5))}
    homes = {}
    for row in np.flatnonzero(young).tolist():
        before = [joined.fields[topic] for topic in papers[1][nearest == row].tolist() if topic in joined.fields]
        closest = joined.fields[int(joined.topics[~young][np.argmax(joined.centres[~young] @ joined.centres[row])])]
        usual = max(sorted(set(before)), key=before.count, default=closest)
        homes[int(joined.topics[row])] = fields.get(int(group[row]), usual)
    return homes


def _blocks(rows: Vectors, centres: Vectors) -> Iterator[Vectors]:
    """The cosines of rows with centres (at most ``_CELLS`` of them at a time), in the order of the rows."""
    step = max(1, _CELLS // len(centres))
    for start in range(0, len(rows), step):
        yield rows[start : start + step] @ centres.T


def _topic_count(n: int) -> int:
    return min(_TOPICS, round(0.8 * float(np.sqrt(n))))


def _alike(rows: Vectors) -> bool:
    """Whether unit rows have one direction, but for rounding: then their mean is of length 1."""
    return bool(np.linalg.norm(rows.mean(axis=0, dtype=np.float64)) > 1 - 1e-6)


def _fields(centres: Vectors, sizes: Rows, seed: int) -> Rows:
    """The field of each centre, from 0 upwards: k-means of the centres, by how many papers each has."""
    count = min(_FIELDS, max(1, round(float(np.sqrt(len(centres))))))
    labels = _kmeans(centres, count, seed, weights=sizes).labels_
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _kmeans(vectors: Vectors, count: int, seed: int, *, weights: Rows | None = None) -> Any:
    """scikit-learn's k-means, fitted in one thread; a warning that fewer vectors differ than centres is not one."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    one: Any = threadpool_limits
    with one(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model: Any = KMeans
        made = model(min(count, len(vectors)), n_init=_STARTS, max_iter=_STEPS, random_state=seed)
        return made.fit(vectors, sample_weight=weights)


def _good(vectors: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which rows have a direction: finite, and not zero."""
    return np.asarray(np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1))


def _chosen(vectors: NDArray[np.floating], seed: int) -> Rows:
    """Which rows topics are fitted to: those with a direction, or a sample of them."""
    rows = np.flatnonzero(_good(vectors))
    return rows if len(rows) <= _SAMPLE else np.sort(np.random.default_rng(seed).permutation(rows)[:_SAMPLE])


def _bar(centres: Vectors) -> float:
    """The cosine that a vector must have with a centre to lie there: the mean of those of centres with one another."""
    m = len(centres)
    total = float(np.linalg.norm(centres.sum(axis=0, dtype=np.float64)) ** 2)
    return (total - m) / (m * (m - 1)) if m > 1 else -1.0


def _sizes(topics: Rows, kinds: Rows) -> NDArray[np.float64]:
    ordered = np.sort(topics)
    return (np.searchsorted(ordered, kinds, "right") - np.searchsorted(ordered, kinds, "left")).astype(np.float64)
