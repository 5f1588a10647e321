"""What the files of every kind of Space share: how a column is opened, which rows count, and which are a number's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.types import Change, Document
from broadsheet.core.vectors import Rows
from broadsheet.space.pointer import Pointer

KEY = np.dtype("V16")
"""A content key."""


class Kept(Protocol):
    """What is derived paper by paper: which row each paper has, and of what content it was made."""

    @property
    def keys(self) -> NDArray[Any]:
        """Return the content keys (rows,), 16 bytes each."""
        ...

    def rows(self, numbers: Rows) -> Rows:
        """Return the living row of each number, -1 for a number without one."""
        ...


def opened(path: Path, kind: np.dtype[Any], rows: int, *, items: int = 1) -> NDArray[Any]:
    """Return the first rows of a column (rows, items), memory-mapped; ValueError where rows are missing."""
    if not rows:
        return np.empty((0, items), dtype=kind)
    if not path.is_file() or path.stat().st_size < rows * kind.itemsize * items:
        raise ValueError(f"the file {path.name} is missing rows")
    return np.memmap(path, dtype=kind, mode="r", shape=(rows, items))


def require_numbers(numbers: Rows, pointer: Pointer) -> None:
    """Raise ValueError for numbers that no paper has: a table of the highest one could not be made."""
    highest = 4 * (pointer.change + pointer.rows) + 1_000_000
    if not ((numbers != 0) & (numbers > -highest) & (numbers < highest)).all():
        raise ValueError("the file numbers has numbers that no paper has")


def living(numbers: Rows) -> tuple[NDArray[np.bool_], Rows]:
    """Return which rows count (the last of each number, unless it removes the number), and number -> row (-1: none)."""
    size = int(np.abs(numbers).max(initial=0)) + 1
    last = np.full(size, -1, dtype=np.int64)
    last[np.abs(numbers)] = np.arange(len(numbers))  # later rows overwrite earlier ones
    removed = last[last >= 0][numbers[last[last >= 0]] < 0]
    live = np.zeros(len(numbers), dtype=np.bool_)
    live[last[last >= 0]] = True
    live[removed] = False
    last[np.abs(numbers[removed])] = -1
    return live, last


def rows_of(numbers: Rows, row_of: Rows) -> Rows:
    """Return the living row of each number by the second table of ``living``, -1 for a number without one."""
    inside = (numbers > 0) & (numbers < len(row_of))
    return np.where(inside, row_of[np.where(inside, numbers, 0)], -1)


def decide(state: Kept, changes: Sequence[Change]) -> tuple[list[tuple[int, Document]], list[int]]:
    """Return the documents that must be encoded (no row yet, or other content than was encoded), with their numbers,
    and the numbers to remove."""
    rows = state.rows(np.array([change.number for change in changes], dtype=np.int64))
    fresh: list[tuple[int, Document]] = []
    gone: list[int] = []
    for change, row in zip(changes, rows.tolist(), strict=True):
        if change.document is None:
            if row >= 0:
                gone.append(change.number)
        elif row < 0 or state.keys[row].tobytes().hex() != change.document.content_key:
            fresh.append((change.number, change.document))
    return fresh, gone
