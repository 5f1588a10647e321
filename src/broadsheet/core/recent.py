"""A cache of recent values, bounded by their number and by their approximate size in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


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

    @property
    def held(self) -> int:
        """Return the approximate number of bytes in the cache."""
        return self._held

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
