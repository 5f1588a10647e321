"""Caches: things made once for their owner, and the most recent of many values within bounds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


class Recent(Generic[K, V]):
    """Values by key. Beyond ``most`` of them, or ``size`` bytes as their callers state it, the least
    recently used go first; the newest stays, whatever its size. Thread-safe."""

    def __init__(self, most: int, *, size: int) -> None:
        self.most, self.size = most, size
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return the value of this key, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: K, value: V, *, size: int) -> None:
        """Store a value of about ``size`` bytes, replacing the one under its key."""
        with self._lock:
            self._held += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = value, size
            while len(self._kept) > max(1, self.most) or (self._held > self.size and len(self._kept) > 1):
                self._held -= self._kept.popitem(last=False)[1][1]


class Memories:
    """What parts of the program made for one owner (a Collection, a Snapshot), gone with it. Safe for threads."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is remembered under ``key``; ``make`` makes it first where nothing is. Threads that ask at once
        may each make one, and all get the same."""
        known: T | None = self._made.get(key)
        return self._made.setdefault(key, make()) if known is None else known

    def clear(self) -> None:
        """Forget everything."""
        self._made.clear()
