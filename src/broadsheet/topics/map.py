"""The map of topics: a place on the plane for each, so that topics of near meaning lie near one another.

the centres of all topics -> a neighbour embedding (t-SNE: van der Maaten and Hinton 2008), begun at the two widest axes
of the centres, so that it is the same each time -> places between 0 and 1 -> the Store, until topics are found again
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Vectors
from broadsheet.store import Store
from broadsheet.topics.cells import one_thread

FACT = "topics.map"
LEAST = 20  # topics from which on neighbours are embedded: fewer lie better along their two widest axes
_PERPLEXITY = 3.0, 12.0  # a fifth of the topics, but between these: see benchmarks/topics_map.py
_BEGIN = 1e-4  # spread of the first places, as van der Maaten and Hinton chose it
Places = NDArray[np.float64]


def layout(vectors: Vectors) -> Places:
    """Return a place (n, 2) in the unit square for each of the vectors (n, dim), of length 1, by their neighbours."""
    flat = _widest(vectors)
    if len(vectors) < LEAST or not flat.any():
        return _in_square(flat)
    from sklearn.manifold import TSNE

    untyped: Any = TSNE
    low, high = _PERPLEXITY
    model = untyped(
        2, perplexity=min(max(low, len(vectors) / 5), high, len(vectors) - 2), metric="euclidean", method="exact",
        init=(flat / flat[:, 0].std() * _BEGIN).astype(np.float32), learning_rate="auto", random_state=0,
    )  # fmt: skip
    with one_thread():
        return _in_square(np.asarray(model.fit_transform(np.asarray(vectors)), dtype=np.float64))


def renew(store: Store, space: str) -> None:
    """Make the map of the topics that have a centre under a Space's manifest key, and keep it in the Store."""
    topics, vectors = store.topics.centres(space)
    if not len(topics):
        store.journal.set_fact(FACT, None)
        return
    places = np.round(layout(vectors), 4).tolist()
    at = {str(topic): place for topic, place in zip(topics.tolist(), places, strict=True)}
    store.journal.set_fact(FACT, {"space": space, "of": store.topics.centred(space), "at": at})


def is_current(store: Store, space: str) -> bool:
    """Tell whether the map was made of exactly the topics that have a centre under a Space's manifest key."""
    fact = store.journal.fact(FACT)
    of = fact.get("of") if isinstance(fact, dict) and fact.get("space") == space else None
    return (of or []) == store.topics.centred(space)


def places(store: Store) -> dict[int, tuple[float, float]]:
    """Return the place of each topic on the map, between 0 and 1 on both axes; what is damaged is left out. Topics that
    were merged into others still have theirs."""
    fact = store.journal.fact(FACT)
    at = fact.get("at") if isinstance(fact, dict) else None
    if not isinstance(at, Mapping):
        return {}
    return {int(topic): (place[0], place[1]) for topic, place in at.items() if topic.isdecimal() and _is_place(place)}


def _widest(vectors: Vectors) -> Places:
    """The vectors (n, dim) along the two axes in which they differ most, (n, 2): principal components (Pearson 1901).
    Each axis points to the side of its largest value."""
    centred = np.asarray(vectors, dtype=np.float64) - vectors.mean(axis=0)
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    flat = np.zeros((len(vectors), 2))
    axes = min(2, left.shape[1])
    flat[:, :axes] = left[:, :axes] * spread[:axes]
    flat[np.abs(flat) < 1e-9] = 0.0
    for axis in range(2):
        if flat[np.abs(flat[:, axis]).argmax(), axis] < 0:
            flat[:, axis] *= -1
    return flat


def _in_square(flat: Places) -> Places:
    """Places (n, 2) moved and scaled into the unit square, each axis by its own range."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    return np.where(high > low, (flat - low) / np.where(high > low, high - low, 1.0), 0.5)


def _is_place(place: Any) -> bool:
    numbers = isinstance(place, list) and len(place) == 2 and all(isinstance(each, int | float) for each in place)
    return numbers and all(isfinite(each) and 0 <= each <= 1 for each in place)
