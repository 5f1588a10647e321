"""What the tasks on a set have in common: its name, its hash, and what to be warned of."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Figure


class Judged:
    """A task on a set of judged items. Its rows are read when they are needed for the first time."""

    kind: str
    figures: tuple[Figure, ...]

    def __init__(self, data: Set) -> None:
        self.name, self._set = data.name, data
        self._notes: list[str] = []

    @property
    def set(self) -> Set:
        """Return the set that it is about."""
        return self._set

    @property
    def data(self) -> str:
        """Return a hash of all that is read."""
        return self._set.data

    @property
    def warnings(self) -> tuple[str, ...]:
        """Read the set, and return what a reader of its values should know."""
        self.read()
        return tuple(dict.fromkeys(self._notes))

    @abstractmethod
    def read(self) -> Sequence[object]:
        """Return the judged items, read once. SourceError for what cannot be measured."""

    def _note(self, count: int, what: str) -> None:
        """Warn of a number of items, if there are any."""
        if count:
            self._notes.append(f"{self.name}: {count:,} {what}.")

    def _number(self, row: int, name: str, value: Any) -> float:
        """Return a judged number. SourceError for anything else."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = np.nan
        if not np.isfinite(number):
            raise SourceError(f"{self.name}, row {row}: the {name} is {value!r}, expected a number.")
        return number

    def _some(self, items: Sequence[object], what: str) -> None:
        """Raise SourceError when there are no items; warn of one."""
        if not items:
            raise SourceError(f"{self.name} has no {what} that count: look at `where` and `columns` of the set.")
        if len(items) == 1:
            self._notes.append(f"{self.name}: one item says nothing about others; its interval is empty.")


def unique(names: Iterable[str]) -> list[str]:
    """Return names for items, a number added to those that came before: ``a``, ``a#2``."""
    seen = Counter[str]()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return out


def repeated(keys: Iterable[Hashable]) -> int:
    """Return how many items are like an earlier one."""
    return sum(count - 1 for count in Counter(keys).values())


def drawn(names: Sequence[str], most: int) -> list[int]:
    """Return the places of ``most`` items, ascending, drawn by a hash of their names: the same ones each time."""
    return sorted(order(names)[:most])


def order(names: Sequence[str]) -> list[int]:
    """Return the places of items in the order of a hash of their names: as by chance, and the same each time."""
    digests = [hashlib.blake2b(name.encode("utf-8", "replace")).digest() for name in names]
    return sorted(range(len(names)), key=digests.__getitem__)


def argbest(scores: Floats, k: int) -> tuple[np.ndarray, Floats]:
    """Return the columns of the k highest of each row of scores (m, n), best first, and the scores, (m, at most k)."""
    k = min(k, scores.shape[1])
    some = np.argpartition(-scores, k - 1, axis=1)[:, :k] if k < scores.shape[1] else np.argsort(-scores, axis=1)
    values = np.take_along_axis(scores, some, axis=1)
    best = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(some, best, axis=1), np.take_along_axis(values, best, axis=1)


def won(gap: float) -> float:
    """Return 1 where the right one is ahead, 0 where it is behind, one half for a draw."""
    return (float(np.sign(gap)) + 1) / 2
