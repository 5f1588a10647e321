"""A folder of generations: files that only grow, and a pointer that says how much of them counts.

    append to files -> fsync -> switch the pointer (generation, rows, change number) -> every reader sees it
    compact: what lives into a new generation next to the old, switch the pointer, remove the old

Whatever is derived from the Store paper by paper can be stored so: it is incremental, and resumable after a kill.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from broadsheet import files
from broadsheet.core.errors import CollectionError
from broadsheet.space.pointer import Pointer, read_format, read_pointer

_POINTER = "current.json"


class State(Protocol):
    """One unchanging state of the folder."""

    pointer: Pointer

    @property
    def count(self) -> int:
        """Return how many rows live."""
        ...

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return how many bytes of each file count."""
        ...


S = TypeVar("S", bound=State)


class Generations(ABC, Generic[S]):
    """Read and write such a folder. Each call follows the pointer and sees another process's sync at once.

    One writer at a time: callers hold the Collection's lock around whatever writes.
    """

    highest: ClassVar[int]
    """The highest format that is read."""
    what: ClassVar[str]
    """What is stored, as messages call it."""
    way_out: ClassVar[str] = "run sync"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = os.path.join(folder, _POINTER)  # noqa: PTH118
        self._seen: tuple[int, int] | None = None
        self._snapshot: S | None = None
        self._refreshing = threading.Lock()
        # Rows and sizes on disk by this process behind a pointer; others behind it are a dead process's.
        self._written: tuple[Pointer, int, dict[str, int]] | None = None

    @abstractmethod
    def state(self, folder: Path, pointer: Pointer) -> S:
        """Return what a generation folder holds at a pointer; OSError or ValueError where it is damaged."""

    @property
    def exists(self) -> bool:
        """Return whether a sync has ever finished its first step here."""
        return (self.folder / _POINTER).is_file()

    @property
    def ready(self) -> bool:
        """Return whether it can be read: it exists, and is neither damaged nor of a newer version."""
        try:
            return bool(self.snapshot())
        except CollectionError:
            return False

    @property
    def change(self) -> int:
        """Return the Store's change number that was reached; 0 when it is missing or damaged."""
        try:
            return self.snapshot().pointer.change
        except CollectionError:
            return 0

    @property
    def newer(self) -> bool:
        """Return whether a newer version of this program wrote it."""
        return read_format(self.folder / _POINTER) > self.highest

    def snapshot(self) -> S:
        """Return the present state; CollectionError when it is missing or damaged (a sync makes it again)."""
        try:
            facts = os.stat(self._pointer)  # noqa: PTH116 - asked several times for each search
        except OSError:
            raise CollectionError(f"{self.folder} does not contain any {self.what} yet: {self.way_out}") from None
        if not stat.S_ISREG(facts.st_mode):
            raise self._damaged(f"{_POINTER} is not a file")
        seen = (facts.st_mtime_ns, facts.st_ino)
        if self._snapshot is None or seen != self._seen:
            with self._refreshing:
                if self._snapshot is None or seen != self._seen:
                    self._snapshot = self._load()
                    self._seen = seen
        return self._snapshot

    def commit(self, change: int) -> None:
        """Make all written rows count, and record that they hold the Store up to ``change``."""
        self._switch(self._next(change))

    def _next(self, change: int) -> Pointer:
        """The pointer at which all written rows count."""
        pointer = self.snapshot().pointer
        return replace(pointer, rows=self._end(pointer), change=change)

    def _first(self, facts: Mapping[str, Any], *, form: int = 1) -> None:
        """Begin an empty generation with a manifest; it replaces the present one."""
        if not self.exists:
            files.remove(self.folder / _POINTER)
        names = (old.name[1:] for old in self.folder.glob("g[0-9]*"))
        generation = 1 + max((int(name) for name in names if name.isdecimal() and len(name) < 16), default=0)
        self._begin(generation, facts)
        self._switch(Pointer(generation, 0, 0, format=form))
        self._clean(generation)

    def _grow(self, more: Mapping[str, bytes], rows: int) -> None:
        """Write bytes behind those of each file that count; ``rows`` is how many rows they are."""
        state = self.snapshot()
        end, sizes = self._end(state.pointer), self._ends(state)
        for name, data in more.items():
            path = self._generation(state.pointer.generation) / name
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.truncate(sizes[name])
                file.seek(0, os.SEEK_END)
                file.write(data)
                files.flush(file)
        self._written = state.pointer, end + rows, {name: sizes[name] + len(data) for name, data in more.items()}

    def _end(self, pointer: Pointer) -> int:
        """The row behind which to write."""
        return self._written[1] if self._written and self._written[0] == pointer else pointer.rows

    def _ends(self, state: S) -> Mapping[str, int]:
        """The byte of each file behind which to write."""
        return self._written[2] if self._written and self._written[0] == state.pointer else state.sizes

    def _load(self) -> S:
        while True:
            pointer = self._read_pointer()
            try:
                return self._at(pointer)
            except CollectionError:
                if self._read_pointer() == pointer:  # else another process has gone on from it meanwhile
                    raise

    def _at(self, pointer: Pointer) -> S:
        try:
            return self.state(self._generation(pointer.generation), pointer)
        except (OSError, ValueError) as error:
            raise self._damaged(error) from error

    def _read_pointer(self) -> Pointer:
        if self.newer:
            raise CollectionError(
                f"{self.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`"
            )
        try:
            return read_pointer(self.folder / _POINTER)
        except (OSError, ValueError) as error:
            raise self._damaged(error) from error

    @abstractmethod
    def _damaged(self, reason: object) -> CollectionError:
        """The error that says what is damaged, and what makes it again."""

    def _worn(self, state: S, *, share: float, least: int) -> bool:
        """Whether more than ``share`` of the rows, and more than ``least``, are dead."""
        dead = state.pointer.rows - state.count
        return dead > least and dead > share * state.pointer.rows

    def _begin(self, generation: int, facts: Mapping[str, Any]) -> Path:
        folder = self._generation(generation)
        if not self.folder.is_dir():
            files.remove(self.folder)
        files.remove(folder)
        folder.mkdir(parents=True)
        files.write(folder / "manifest.json", json.dumps(facts, indent=1))
        return folder

    def _switch(self, pointer: Pointer) -> None:
        files.write(self.folder / _POINTER, json.dumps(asdict(pointer)))
        self._written = None

    def _clean(self, keep: int) -> None:
        for old in self.folder.glob("g*"):
            if old != self._generation(keep):
                files.remove(old)  # a reader elsewhere may hold it open; the next compaction tries again

    def _generation(self, number: int) -> Path:
        return self.folder / f"g{number:06d}"
