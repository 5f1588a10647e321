"""A Space: the vectors of one encoder over the Store, with codes and manifest. Derived: delete it, sync, have it again.

    append rows to files -> fsync -> switch the pointer (generation, rows, change number) -> every reader sees it
    a later row of a number stands in for an earlier one; a row of a negative number takes that number out
    compact: live rows into a new generation beside the old, switch the pointer, remove the old

Files of a generation, n rows each: numbers (int64), keys (16 bytes: content key), cut (1 byte: text was longer than the
encoder reads), codes (one bit a dimension), vectors (float32). Only what the pointer counts exists.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.errors import CollectionError, ModelError
from broadsheet.index.scan import ScanIndex
from broadsheet.types import Manifest
from broadsheet.vectors import Rows, Vectors, cosines, sign_codes

FORMAT = 1
_POINTER = "current.json"
_KEY = np.dtype("V16")
_FEW = 200  # papers whose cosines with one another show what chance gives
# Weights (SHA-256) -> bands. MiniLM on SciFact's train claims: a tenth of the relevant abstracts lie below 0.36, a
# quarter below 0.47, half above 0.58; of the others one in a hundred lies above 0.39, one in a thousand above 0.51.
_BANDS = {"53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": (0.36, 0.47, 0.58)}


@dataclass(frozen=True)
class Pointer:
    """What a reader may believe: that ``rows`` of ``generation`` hold the Store up to ``change``."""

    generation: int
    rows: int
    change: int
    format: int = FORMAT


def _columns(dim: int) -> dict[str, tuple[np.dtype[Any], int]]:
    """File name -> (kind, items a row)."""
    return {
        "numbers": (np.dtype("<i8"), 1),
        "keys": (_KEY, 1),
        "cut": (np.dtype("u1"), 1),
        "codes": (np.dtype("<u8"), -(-dim // 64)),
        "vectors": (np.dtype("<f4"), dim),
    }


class Snapshot:
    """One pointer's worth of a Space, unchanging: what a search works on while a sync goes on."""

    def __init__(self, folder: Path, pointer: Pointer, manifest: Manifest) -> None:
        self.pointer = pointer
        self.manifest = manifest
        # All files are opened at once: a compaction may remove the folder before they are read.
        self._files = {name: self._opened(folder / name, *shape) for name, shape in _columns(manifest.dim).items()}
        self.numbers: Rows = self._read("numbers")
        self.live, self.row_of = _living(self.numbers)
        self.count = int(np.count_nonzero(self.live))

    def _opened(self, path: Path, kind: np.dtype[Any], items: int) -> NDArray[Any]:
        """A column (rows, items), memory-mapped."""
        rows = self.pointer.rows
        if not rows:
            return np.empty((0, items), dtype=kind)
        if not path.is_file() or path.stat().st_size < rows * kind.itemsize * items:
            raise CollectionError(f"{path} is shorter than its Space says: delete {path.parent.parent} and run sync")
        return np.memmap(path, dtype=kind, mode="r", shape=(rows, items))

    def _read(self, name: str) -> NDArray[Any]:
        """A column of one item a row, in memory."""
        return np.array(self._files[name])[:, 0]

    @property
    def vectors(self) -> Vectors:
        """(rows, dim), memory-mapped, dead rows included."""
        return self._files["vectors"]

    @property
    def codes(self) -> NDArray[np.uint64]:
        """(rows, words of 64 bits), memory-mapped, dead rows included."""
        return self._files["codes"]

    @cached_property
    def keys(self) -> NDArray[Any]:
        """(rows,) of 16 bytes."""
        return self._read("keys")

    @cached_property
    def cut(self) -> int:
        """How many living texts were longer than the encoder reads."""
        return int(np.count_nonzero(self._read("cut")[self.live]))

    @cached_property
    def index(self) -> ScanIndex:
        """Over all rows; pass ``live`` as the mask."""
        return ScanIndex(np.asarray(self.vectors), np.ascontiguousarray(self._files["codes"].T))

    @cached_property
    def bands(self) -> tuple[float, float, float]:
        """The cosines from which a match is called fair, good and strong. Every encoder's lie in a band of their own:
        as measured for its weights, else as far above the cosines of papers taken at random as those lie."""
        if self.manifest.weights in _BANDS:
            return _BANDS[self.manifest.weights]
        living = np.flatnonzero(self.live)
        some = self.vectors[living[:: max(1, len(living) // _FEW)][:_FEW]]
        chance = (some @ some.T)[np.triu_indices(len(some), 1)]
        mean, spread = (float(chance.mean()), float(chance.std())) if len(some) > 10 else (0.1, 0.1)
        return mean + 2.5 * spread, mean + 3.5 * spread, mean + 4.5 * spread

    def rows(self, numbers: Rows) -> Rows:
        """The living row of each number, -1 where it has none."""
        inside = (numbers > 0) & (numbers < len(self.row_of))
        return np.where(inside, self.row_of[np.where(inside, numbers, 0)], -1)

    def mask(self, allowed: Rows | None) -> NDArray[np.bool_] | None:
        """Rows that may be found: the living, or the living among ``allowed`` numbers; None when all may."""
        if allowed is None:
            return None if self.count == len(self.live) else self.live
        mask = np.zeros(len(self.live), dtype=np.bool_)
        rows = self.rows(allowed)
        mask[rows[rows >= 0]] = True
        return mask

    def search(self, vector: Vectors, k: int, *, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Numbers and cosines of the (at most k) nearest to a unit vector (dim,) among ``allowed``, best first."""
        rows, scores = self.index.nearest(vector, k, self.mask(allowed))
        return self.numbers[rows], scores

    def scores(self, vector: Vectors, numbers: Rows) -> Vectors:
        """Cosines (n,) with the stored vectors of these numbers; NaN where there is none."""
        rows = self.rows(numbers)
        out = np.full(len(numbers), np.nan, dtype=np.float32)
        known = rows >= 0
        out[known] = cosines(self.vectors[rows[known]], vector)
        return out

    def of(self, numbers: Rows) -> Vectors:
        """The stored vectors of those numbers that have one, in the order given."""
        rows = self.rows(numbers)
        return np.asarray(self.vectors[rows[rows >= 0]])


def _living(numbers: Rows) -> tuple[NDArray[np.bool_], Rows]:
    """Which rows count (the last of each number, unless that row takes it out), and number -> row (-1: none)."""
    size = int(np.abs(numbers).max(initial=0)) + 1
    last = np.full(size, -1, dtype=np.int64)
    last[np.abs(numbers)] = np.arange(len(numbers))  # later rows overwrite earlier ones
    removed = last[last >= 0][numbers[last[last >= 0]] < 0]
    live = np.zeros(len(numbers), dtype=np.bool_)
    live[last[last >= 0]] = True
    live[removed] = False
    last[np.abs(numbers[removed])] = -1
    return live, last


class Space:
    """Reads follow the pointer at every call, so that another process's sync is seen at once. One writer at a time:
    callers hold the Collection's lock around ``append``, ``remove``, ``commit`` and ``compact``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._refreshing = threading.Lock()
        # Rows on disk by this process behind a pointer; others behind it are a dead process's.
        self._written: tuple[Pointer, int] | None = None

    @property
    def exists(self) -> bool:
        """Whether a sync ever finished a first step here."""
        return (self.folder / _POINTER).is_file()

    @property
    def newer(self) -> bool:
        """Whether a newer version of this program wrote it."""
        try:
            return int(json.loads((self.folder / _POINTER).read_text("utf-8"))["format"]) > FORMAT
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def create(self, manifest: Manifest) -> None:
        """Begin an empty generation for an encoder, in place of whatever is here."""
        generation = 1 + max((int(old.name[1:]) for old in self.folder.glob("g[0-9]*")), default=0)
        self._begin(generation, manifest)
        self._switch(Pointer(generation, 0, 0))
        self._clean(generation)

    def snapshot(self) -> Snapshot:
        """The present state; CollectionError when the Space is missing or damaged (a sync makes it anew)."""
        try:
            facts = (self.folder / _POINTER).stat()
        except OSError:
            raise CollectionError(f"no vectors in {self.folder}: run sync") from None
        seen = (facts.st_mtime_ns, facts.st_ino)
        if self._snapshot is None or seen != self._seen:
            with self._refreshing:
                if self._snapshot is None or seen != self._seen:
                    self._snapshot = self._load()
                    self._seen = seen
        return self._snapshot

    def check(self, manifest: Manifest) -> None:
        """ModelError unless vectors made under ``manifest`` may meet the ones here."""
        here = self.snapshot().manifest
        if here.key != manifest.key:
            raise ModelError(
                f"{self.folder} holds vectors of {here.encoder} ({here.key}), not {manifest.encoder} ({manifest.key}): "
                "open the Collection with that encoder, or run sync --rebuild"
            )

    def append(self, numbers: Sequence[int], vectors: Vectors, keys: Sequence[str], cut: NDArray[np.bool_]) -> None:
        """Write rows behind those that count: ``vectors`` (n, dim). They begin to count at ``commit``."""
        self._write(
            {
                "numbers": np.asarray(numbers, dtype="<i8"),
                "keys": np.frombuffer(b"".join(bytes.fromhex(key) for key in keys), dtype=_KEY),
                "cut": cut.astype("u1"),
                "codes": sign_codes(vectors).astype("<u8"),
                "vectors": vectors.astype("<f4"),
            }
        )

    def remove(self, numbers: Sequence[int]) -> None:
        """Take numbers out; those that are not in are passed over."""
        state = self.snapshot()
        gone = np.asarray(numbers, dtype=np.int64)
        gone = gone[state.rows(gone) >= 0]
        if len(gone):
            nothing = np.zeros((len(gone), state.manifest.dim), dtype=np.float32)
            self.append((-gone).tolist(), nothing, ["00" * 16] * len(gone), np.zeros(len(gone), dtype=np.bool_))

    def commit(self, change: int) -> None:
        """Make all written rows count, as holding the Store up to ``change``."""
        pointer = self.snapshot().pointer
        self._switch(Pointer(pointer.generation, self._end(pointer), change))

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living rows into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        dead = state.pointer.rows - state.count
        if dead <= least or dead <= share * state.pointer.rows:
            return False
        old, generation = self._generation(state.pointer.generation), state.pointer.generation + 1
        new, live = self._begin(generation, state.manifest), np.flatnonzero(state.live)
        for name, (kind, items) in _columns(state.manifest.dim).items():
            rows = np.memmap(old / name, dtype=kind, mode="r", shape=(state.pointer.rows, items))
            with (new / name).open("wb") as file:
                for start in range(0, len(live), 65_536):
                    file.write(np.ascontiguousarray(rows[live[start : start + 65_536]]).tobytes())
                _settle(file)
        self._switch(Pointer(generation, len(live), state.pointer.change))
        self._clean(generation)
        return True

    def _write(self, columns: dict[str, NDArray[Any]]) -> None:
        state = self.snapshot()
        folder = self._generation(state.pointer.generation)
        kinds = _columns(state.manifest.dim)
        at = self._end(state.pointer)
        for name, (kind, items) in kinds.items():
            path = folder / name
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.truncate(at * kind.itemsize * items)
                file.seek(0, os.SEEK_END)
                file.write(np.ascontiguousarray(columns[name]).tobytes())
                _settle(file)
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
            facts = json.loads((folder / "manifest.json").read_text("utf-8"))
            return Snapshot(folder, pointer, Manifest(**facts))
        except (OSError, ValueError, TypeError) as error:
            raise CollectionError(f"{folder} is damaged ({error}): delete {self.folder} and run sync") from error

    def _read_pointer(self) -> Pointer:
        path = self.folder / _POINTER
        if self.newer:
            raise CollectionError(
                f"{self.folder} was written by a newer Broadsheet: run `pip install --upgrade broadsheet`"
            )
        try:
            return Pointer(**{name: int(value) for name, value in json.loads(path.read_text("utf-8")).items()})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise CollectionError(f"{path} cannot be read ({error}): delete {self.folder} and run sync") from error

    def _begin(self, generation: int, manifest: Manifest) -> Path:
        folder = self._generation(generation)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        with (folder / "manifest.json").open("wb") as file:
            file.write(json.dumps(asdict(manifest), indent=1).encode())
            _settle(file)
        return folder

    def _switch(self, pointer: Pointer) -> None:
        temporary = self.folder / (_POINTER + ".new")
        with temporary.open("wb") as file:
            file.write(json.dumps(asdict(pointer)).encode())
            _settle(file)
        temporary.replace(self.folder / _POINTER)
        _settle_folder(self.folder)
        self._written = None

    def _clean(self, keep: int) -> None:
        for old in self.folder.glob("g*"):
            if old != self._generation(keep):
                shutil.rmtree(
                    old, ignore_errors=True
                )  # a reader elsewhere may hold it open; the next compaction tries again

    def _generation(self, number: int) -> Path:
        return self.folder / f"g{number:06d}"


def _settle(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _settle_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
