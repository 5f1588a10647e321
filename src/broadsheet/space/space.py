"""A Space: the vectors of one encoder over the Store, with codes and manifest. If deleted, a sync makes it again.

    append rows to files -> fsync -> switch the pointer (generation, rows, change number) -> every reader sees it
    a later row of a number replaces an earlier one; a row of a negative number removes that number
    compact: live rows into a new generation next to the old, switch the pointer, remove the old

Files of a generation, n rows each: numbers (int64), keys (16 bytes: content key), cut (1 byte: text was longer than the
encoder reads), codes (one bit per dimension), vectors (float32). Only what the pointer counts exists.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet import files
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.index.scan import EXACT_BELOW
from broadsheet.core.rotation import rotated
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors, sign_codes
from broadsheet.space.pointer import FORMAT, Pointer, format_of, read_format, read_manifest, read_pointer
from broadsheet.space.snapshot import KEY, Snapshot, columns_of

_POINTER = "current.json"
ENOUGH = 0.995
"""Recall@10 of the scan, below which codes are made in other axes."""
_SURE = 0.998  # the recall at which further axes are not tried: what is measured on a few papers may be luck
_ROTATION = 1  # the seed of these
_TURNS = (1, 2, 4)  # of them that are tried: each adds a bit for every axis


class Space:
    """Read and write a Space. Each call follows the pointer and sees another process's sync at once.

    One writer at a time: callers hold the Collection's lock around ``append``, ``remove``, ``commit`` and ``compact``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = os.path.join(folder, _POINTER)  # noqa: PTH118
        self._seen: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()
        # Rows on disk by this process behind a pointer; others behind it are a dead process's.
        self._written: tuple[Pointer, int] | None = None

    @property
    def exists(self) -> bool:
        """Return whether a sync has ever finished its first step here."""
        return (self.folder / _POINTER).is_file()

    @property
    def ready(self) -> bool:
        """Return whether it can be searched: it exists, and is neither damaged nor of a newer version."""
        try:
            return bool(self.snapshot())
        except CollectionError:
            return False

    @property
    def change(self) -> int:
        """Return the Store's change number that the Space reached; 0 when it is missing or damaged."""
        try:
            return self.snapshot().pointer.change
        except CollectionError:
            return 0

    @property
    def newer(self) -> bool:
        """Return whether a newer version of this program wrote it."""
        return read_format(self.folder / _POINTER) > FORMAT

    def create(self, manifest: Manifest) -> None:
        """Begin an empty generation for an encoder; it replaces the present one."""
        if not self.exists:
            files.remove(self.folder / _POINTER)
        names = (old.name[1:] for old in self.folder.glob("g[0-9]*"))
        generation = 1 + max((int(name) for name in names if name.isdecimal() and len(name) < 16), default=0)
        self._begin(generation, manifest)
        self._switch(Pointer(generation, 0, 0))
        self._clean(generation)

    def snapshot(self) -> Snapshot:
        """Return the present state; CollectionError when the Space is missing or damaged (a sync makes it again)."""
        try:
            facts = os.stat(self._pointer)  # noqa: PTH116 - asked several times for each search
        except OSError:
            raise CollectionError(f"{self.folder} does not contain any vectors yet: run sync") from None
        if not stat.S_ISREG(facts.st_mode):
            raise self._damaged(f"{_POINTER} is not a file")
        seen = (facts.st_mtime_ns, facts.st_ino)
        if self._snapshot is None or seen != self._seen:
            with self._refreshing:
                if self._snapshot is None or seen != self._seen:
                    self._snapshot = self._load()
                    self._seen = seen
        return self._snapshot

    def check(self, manifest: Manifest) -> None:
        """Raise ModelError unless vectors made under ``manifest`` can be compared with the ones here."""
        here = self.snapshot().manifest
        if here.key != manifest.key:
            raise ModelError(
                f"{self.folder} contains vectors of {here.encoder} ({here.key}), not {manifest.encoder} "
                f"({manifest.key}): open the Collection with that encoder, or run sync --rebuild"
            )

    def append(self, numbers: Sequence[int], vectors: Vectors, keys: Sequence[str], cut: NDArray[np.bool_]) -> None:
        """Write rows after the ones that count: ``vectors`` (n, dim). They count from the next ``commit``."""
        self._write(
            {
                "numbers": np.asarray(numbers, dtype="<i8"),
                "keys": np.frombuffer(b"".join(bytes.fromhex(key) for key in keys), dtype=KEY),
                "cut": cut.astype("u1"),
                "codes": self.snapshot().codes_of(vectors).astype("<u8"),
                "vectors": vectors.astype("<f4"),
            }
        )

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove numbers; ignore numbers that are not here."""
        state = self.snapshot()
        gone = np.asarray(numbers, dtype=np.int64)
        gone = gone[state.rows(gone) >= 0]
        if len(gone):
            nothing = np.zeros((len(gone), state.manifest.dim), dtype=np.float32)
            self.append((-gone).tolist(), nothing, ["00" * 16] * len(gone), np.zeros(len(gone), dtype=np.bool_))

    def commit(self, change: int) -> None:
        """Make all written rows count, and record that they hold the Store up to ``change``."""
        pointer = self.snapshot().pointer
        self._switch(replace(pointer, rows=self._end(pointer), change=change))

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living rows into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        dead = state.pointer.rows - state.count
        if dead <= least or dead <= share * state.pointer.rows:
            return False
        self._rewrite(state, state.manifest)
        return True

    def tune(self) -> bool:
        """Make the codes again, in other axes, if the scan misses too many near rows and misses fewer so; return
        whether it did. Vectors and their order stay. Cheap where the codes are good, and where there are few rows."""
        state = self.snapshot()
        here = state.manifest
        more = [turns for turns in _TURNS if not here.rotation or turns > here.turns]
        if not more or state.count <= EXACT_BELOW or (reached := state.recall()) >= ENOUGH:
            return False
        chosen = None
        for turns in more:
            if (recall := state.recall(_ROTATION, turns)) > reached:
                chosen, reached = replace(here, rotation=_ROTATION, turns=turns), recall
            if reached >= _SURE:
                break
        if chosen:
            self._rewrite(state, chosen)
        return chosen is not None

    def _rewrite(self, state: Snapshot, manifest: Manifest) -> None:
        """Copy the living rows into a new generation, with the codes of a manifest, and switch to it."""
        old, generation = self._generation(state.pointer.generation), state.pointer.generation + 1
        new, live = self._begin(generation, manifest), np.flatnonzero(state.live)
        columns = columns_of(manifest)
        for name in columns:
            made = name == "codes" and manifest != state.manifest
            source = "vectors" if made else name
            kind, items = columns[source]
            rows = np.memmap(old / source, dtype=kind, mode="r", shape=(state.pointer.rows, items))
            with (new / name).open("wb") as file:
                for start in range(0, len(live), 65_536):
                    part = np.ascontiguousarray(rows[live[start : start + 65_536]])
                    part = sign_codes(rotated(part, manifest.rotation, manifest.turns)).astype("<u8") if made else part
                    file.write(part.tobytes())
                files.flush(file)
        self._switch(Pointer(generation, len(live), state.pointer.change, format=format_of(manifest)))
        self._clean(generation)

    def _write(self, columns: dict[str, NDArray[Any]]) -> None:
        state = self.snapshot()
        folder = self._generation(state.pointer.generation)
        kinds = columns_of(state.manifest)
        at = self._end(state.pointer)
        for name, (kind, items) in kinds.items():
            path = folder / name
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.truncate(at * kind.itemsize * items)
                file.seek(0, os.SEEK_END)
                file.write(np.ascontiguousarray(columns[name]).tobytes())
                files.flush(file)
        self._written = state.pointer, at + len(columns["numbers"])

    def _end(self, pointer: Pointer) -> int:
        """The row behind which to write."""
        return self._written[1] if self._written and self._written[0] == pointer else pointer.rows

    def _load(self) -> Snapshot:
        while True:
            pointer = self._read_pointer()
            try:
                return self._at(pointer)
            except CollectionError:
                if self._read_pointer() == pointer:  # else another process has gone on from it meanwhile
                    raise

    def _at(self, pointer: Pointer) -> Snapshot:
        folder = self._generation(pointer.generation)
        try:
            return Snapshot(folder, pointer, read_manifest(folder / "manifest.json"))
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

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(f"the Space in {self.folder} is damaged ({reason}): run sync to rebuild it")

    def _begin(self, generation: int, manifest: Manifest) -> Path:
        folder = self._generation(generation)
        if not self.folder.is_dir():
            files.remove(self.folder)
        files.remove(folder)
        folder.mkdir(parents=True)
        plain = {"rotation": 0, "turns": 1}  # not written, so that a Space without them is what it always was
        facts = {name: value for name, value in asdict(manifest).items() if value != plain.get(name, ...)}
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
