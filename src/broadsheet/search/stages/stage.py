"""A stage of search: a further look at the first papers of a list, which adds a part of its own to each score.

candidates (row numbers, their scores so far, the sides that made them) -> a stage -> raw scores, ranks, what it adds
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.fusion import Floats, z_scores
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.search.ranking import Side


class LateError(TimeoutError):
    """A stage takes longer than it may."""


class Deadline:
    """The moment at which a stage gives up, ``seconds`` from now by ``clock``."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._seconds, self._clock = seconds, clock
        self._end = clock() + seconds

    def renewed(self) -> Deadline:
        """Return one that begins now: loading a model is no query's time."""
        return Deadline(self._seconds, self._clock)

    def check(self) -> None:
        """Raise LateError when the moment has passed; a stage asks between its steps."""
        if self._clock() > self._end:
            raise LateError(f"it took longer than {1000 * self._seconds:.0f} ms")


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a stage looks at: the ``words`` of the query and its unit ``vector`` (dim,); row ``numbers`` (n,), best
    first; their ``scores`` (n,) so far, and the ``sides`` that these are the sum of, by name."""

    words: str
    vector: Vectors
    numbers: Rows
    scores: Floats
    sides: Mapping[str, Side]


class Stage(Protocol):
    """Adds a part to the score of candidates. ``name`` is the key of its part in a Result; ``budget`` is the time that
    it may take, in seconds."""

    name: str
    budget: float

    def look(self, collection: Collection, candidates: Candidates, deadline: Deadline) -> Side | None:
        """Return what this stage says of each candidate, in their order; None when it has nothing to go by here.

        BroadsheetError when it cannot be done, LateError when it takes too long: then the list stays as it is, and
        a note says so.
        """
        ...


def side_from(scores: NDArray[np.floating], adds: Floats) -> Side:
    """Return a side from raw scores (n,) and what they add (n,), both NaN for a candidate that was not looked at: to
    that one nothing is added."""
    there = np.isfinite(scores) & np.isfinite(adds)
    ranks, places = np.zeros(len(scores), dtype=np.int64), np.flatnonzero(there)
    ranks[places[np.argsort(-scores[there], kind="stable")]] = np.arange(1, len(places) + 1)
    return Side(np.where(there, scores, np.nan).astype(np.float32), ranks, np.where(there, adds, 0.0))


def side_of(scores: NDArray[np.floating], weight: float) -> Side:
    """Return a side from raw scores (n,), NaN for a candidate that was not looked at: what it adds is ``weight`` times
    its z-score among those that were, and 0 for the others."""
    there, adds = np.isfinite(scores), np.zeros(len(scores))
    adds[there] = weight * z_scores(scores[there])
    return side_from(scores, adds)
