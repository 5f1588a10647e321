"""Cells of a vector space: k-means, nearest neighbours, and vectors that are smoothed over theirs.

unit vectors (n, dim) -> their 64 strongest axes (Pearson 1901) -> near ones, searched among those of the nearest
cells (an inverted file: Jégou et al. 2011) -> each becomes the mean of itself and its neighbours, a few times over, as
in mean shift (Fukunaga and Hostetler 1975) -> k-means (Lloyd 1982), begun as Arthur and Vassilvitskii 2007 say

scikit-learn is loaded where it is called, and all runs in one thread: what is added up in several depends on their
order, so that equal vectors would give other cells on another number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from broadsheet.core.vectors import Rows, Vectors, unit

_AXES = 64
_NEIGHBOURS, _ROUNDS = 20, 4  # of smoothing
_CELL, _PROBES, _POOL = 500, 8, 8_000  # rows of a cell, cells that are searched, rows that are compared at most
_STEPS, _EASY = 50, 20_000  # of k-means; rows below which it starts several times
_BLOCK = 1 << 22  # cosines that are computed at a time: 16 MB


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which numpy and scikit-learn compute in one thread."""
    import threadpoolctl

    untyped: Any = threadpoolctl
    limits: AbstractContextManager[Any] = untyped.threadpool_limits(1)
    return limits


def kmeans(vectors: Vectors, count: int, *, seed: int = 0, weights: Rows | None = None) -> Rows:
    """Return the cell (n,) of each vector (n, dim), from 0 upwards without a gap: ``count`` cells, fewer where fewer
    vectors differ. ``weights`` (n,) say how often each counts."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    untyped: Any = KMeans
    starts = 4 if len(vectors) < _EASY else 1
    model = untyped(min(count, len(vectors)), n_init=starts, max_iter=_STEPS, random_state=seed)
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer vectors differ than there are cells
        labels = model.fit(vectors, sample_weight=weights).labels_
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def centres(vectors: Vectors, labels: Rows) -> Vectors:
    """Return the direction (count, dim) of the mean of the vectors (n, dim) of each label, from 0 upwards."""
    sums = np.zeros((int(labels.max()) + 1, vectors.shape[1]))
    np.add.at(sums, labels, vectors)
    return unit(sums)


def cosines(vectors: Vectors, middles: Vectors) -> Iterator[Vectors]:
    """Yield the cosines of unit vectors with unit middles, in the order of the vectors, some rows at a time."""
    step = max(1, _BLOCK // max(1, len(middles)))
    for start in range(0, len(vectors), step):
        yield vectors[start : start + step] @ middles.T


def nearest(vectors: Vectors, middles: Vectors) -> Rows:
    """Return the row of the nearest of unit middles (m, dim) to each of unit vectors (n, dim)."""
    return np.concatenate([block.argmax(axis=1) for block in cosines(vectors, middles)])


def smoothed(vectors: Vectors, *, seed: int = 0) -> Vectors:
    """Return unit vectors (n, dim) in their strongest axes, each drawn towards the vectors near to it, (n, 64 or less).

    A vector has up to 20 neighbours, and fewer than a quarter of the papers of a topic; equal vectors count as one.
    """
    with one_thread():
        distinct, place = np.unique(vectors, axis=0, return_inverse=True)
        rows = _strongest(distinct)
        count = min(_NEIGHBOURS, len(rows) - 1, max(2, round(0.3 * float(np.sqrt(len(rows))))))
        near = neighbours(rows, count, seed=seed) if count > 0 else np.empty((len(rows), 0), dtype=np.int64)
        for _ in range(_ROUNDS):
            total = rows.copy()
            for column in near.T:
                total += rows[column]
            rows = unit(total)
    return np.asarray(rows[place], dtype=np.float32)


def neighbours(rows: Vectors, count: int, *, seed: int = 0) -> Rows:
    """Return the rows of ``count`` near ones of each of unit rows (n, dim), (n, count), in no order: of those in the
    nearest cells, and where these hold very many, of every second, third ... of them. A row may be its own neighbour.
    """
    cells = max(1, len(rows) // _CELL)
    some = rows[np.random.default_rng(seed).permutation(len(rows))[: 50 * cells]]
    middles = centres(some, kmeans(some, cells, seed=seed))
    member = nearest(rows, middles)
    order, near = np.argsort(member, kind="stable"), np.empty((len(rows), count), dtype=np.int64)
    edges = np.searchsorted(member[order], np.arange(len(middles) + 1))
    for cell, probes in enumerate(np.argsort(-(middles @ middles.T), axis=1, kind="stable")):
        inside = order[edges[cell] : edges[cell + 1]]
        if not len(inside):
            continue
        pool = _pool([order[edges[each] : edges[each + 1]] for each in probes], count)
        found = [np.argpartition(-block, count - 1, axis=1)[:, :count] for block in cosines(rows[inside], rows[pool])]
        near[inside] = pool[np.concatenate(found)]
    return near


def _pool(cells: list[Rows], count: int) -> Rows:
    """The rows of the first cells, and of more where these hold fewer than ``count``, thinned evenly to a bound."""
    taken = _PROBES
    while sum(map(len, cells[:taken])) < count:
        taken += _PROBES
    rows = np.concatenate(cells[:taken])
    return rows[:: -(-len(rows) // _POOL)]


def _strongest(vectors: Vectors) -> Vectors:
    """Unit rows in the strongest principal axes of the vectors."""
    middle = vectors.mean(axis=0, dtype=np.float64)
    moved = vectors - middle.astype(np.float32)
    axes = np.linalg.eigh((moved.T @ moved).astype(np.float64))[1][:, ::-1][:, :_AXES]
    return unit(moved @ axes.astype(np.float32))
