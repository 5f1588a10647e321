"""Learned weights of words: the weighted terms of every paper under one sparse encoder. A further kind of Space.

    numbers, keys: as in a Space; lengths: how many terms the paper has
    terms, weights: those of one paper after another
    append papers to files -> fsync -> switch the pointer;  a later row of a number replaces an earlier one

Formal et al. 2021, "SPLADE". The folder is derived: delete it, and a sync makes it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet import files
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.protocols import SparseVectors
from broadsheet.core.sparse import reordered
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Rows
from broadsheet.space.columns import KEY, living, opened, require_numbers, rows_of
from broadsheet.space.generations import Generations
from broadsheet.space.pointer import Pointer, facts_of, read_manifest

_KINDS: dict[str, np.dtype[Any]] = {
    "numbers": np.dtype("<i8"), "keys": KEY, "lengths": np.dtype("<u4"), "terms": np.dtype("<u4"),
    "weights": np.dtype("<f2"),
}  # fmt: skip
_BY_PAPER = ("numbers", "keys", "lengths")
_BLOCK = 4_096  # papers that are copied at a time
_HIGHEST = float(np.finfo(np.float16).max)


class SparseSnapshot:
    """Hold one unchanging state of the weights. ValueError for damaged files."""

    def __init__(self, folder: Path, pointer: Pointer, manifest: Manifest) -> None:
        self.pointer, self.manifest = pointer, manifest
        # All files are opened at once: a compaction may remove the folder before they are read.
        own = {name: opened(folder / name, _KINDS[name], pointer.rows)[:, 0] for name in _BY_PAPER}
        self.numbers: Rows = np.array(own["numbers"])
        self.keys: NDArray[Any] = np.array(own["keys"])
        require_numbers(self.numbers, pointer)
        self.starts: Rows = np.concatenate([np.zeros(1, np.int64), np.cumsum(own["lengths"], dtype=np.int64)])
        count = int(self.starts[-1])
        self._terms, self._weights = (opened(folder / name, _KINDS[name], count)[:, 0] for name in ("terms", "weights"))
        self.live, self._row_of = living(self.numbers)
        self.count = int(np.count_nonzero(self.live))

    @property
    def sizes(self) -> dict[str, int]:
        """Return how many bytes of each file count."""
        rows, terms = self.pointer.rows, int(self.starts[-1])
        return {name: (rows if name in _BY_PAPER else terms) * kind.itemsize for name, kind in _KINDS.items()}

    def rows(self, numbers: Rows) -> Rows:
        """Return the living row of each number, -1 for a number without one."""
        return rows_of(numbers, self._row_of)

    def of(self, rows: Rows) -> SparseVectors:
        """Return the weighted terms of some rows, in the order given. CollectionError where they are damaged."""
        every = SparseVectors(self.starts, self._terms, self._weights, self.manifest.dim)
        some = reordered(every, rows)
        weights, terms = some.weights.astype(np.float32), some.terms.astype(np.int64)
        if not (np.isfinite(weights).all() and (terms < some.size).all()):
            raise CollectionError("its weights are damaged: run `broadsheet sync --rebuild`")
        return SparseVectors(some.starts, terms.astype(np.int32), weights, some.size)


class SparseSpace(Generations[SparseSnapshot]):
    """Read and write the weights of one sparse encoder over the Store."""

    highest = 1
    what = "learned weights"

    def state(self, folder: Path, pointer: Pointer) -> SparseSnapshot:
        """Return what a generation folder holds at a pointer."""
        return SparseSnapshot(folder, pointer, read_manifest(folder / "manifest.json"))

    def create(self, manifest: Manifest) -> None:
        """Begin an empty generation; it replaces the present one."""
        self._first(facts_of(manifest))

    def check(self, manifest: Manifest) -> None:
        """Raise ModelError unless weights made under ``manifest`` can be compared with these."""
        here = self.snapshot().manifest
        if here.key != manifest.key:
            raise ModelError(
                f"{self.folder} contains weights of {here.encoder} ({here.key}), not {manifest.encoder} "
                f"({manifest.key}): run `broadsheet sync` to make them again"
            )

    def append(self, numbers: Sequence[int], vectors: SparseVectors, keys: Sequence[str]) -> None:
        """Write papers after the ones that count. They count from the next ``commit``."""
        self._grow(
            {
                "numbers": np.asarray(numbers, _KINDS["numbers"]).tobytes(),
                "keys": b"".join(bytes.fromhex(key) for key in keys),
                "lengths": np.diff(vectors.starts).astype(_KINDS["lengths"]).tobytes(),
                "terms": vectors.terms.astype(_KINDS["terms"]).tobytes(),
                "weights": np.minimum(vectors.weights, _HIGHEST).astype(_KINDS["weights"]).tobytes(),
            },
            len(numbers),
        )

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove numbers; ignore numbers that are not here."""
        state = self.snapshot()
        gone = np.asarray(numbers, dtype=np.int64)
        gone = gone[state.rows(gone) >= 0]
        if len(gone):
            starts, none = np.zeros(len(gone) + 1, np.int64), np.empty(0)
            nothing = SparseVectors(starts, none.astype(np.int32), none.astype(np.float32), state.manifest.dim)
            self.append((-gone).tolist(), nothing, ["00" * 16] * len(gone))

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living papers into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        if not self._worn(state, share=share, least=least):
            return False
        generation, rows = state.pointer.generation + 1, np.flatnonzero(state.live)
        folder = self._begin(generation, facts_of(state.manifest))
        for start in range(0, len(rows), _BLOCK):
            _add(folder, state, rows[start : start + _BLOCK])
        self._switch(Pointer(generation, len(rows), state.pointer.change, format=self.highest))
        self._clean(generation)
        return True

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(f"the weights in {self.folder} are damaged ({reason}): run sync to make them again")


def _add(folder: Path, state: SparseSnapshot, rows: Rows) -> None:
    """Write some papers of a state behind the files of another generation."""
    vectors = state.of(rows)
    columns = {
        "numbers": state.numbers[rows], "keys": state.keys[rows], "lengths": np.diff(vectors.starts),
        "terms": vectors.terms, "weights": vectors.weights,
    }  # fmt: skip
    for name, column in columns.items():
        with (folder / name).open("ab") as file:
            file.write(np.ascontiguousarray(column, dtype=_KINDS[name]).tobytes())
            files.flush(file)
