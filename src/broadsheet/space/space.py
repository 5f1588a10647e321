"""A Space: the vectors of one encoder over the Store, with codes and manifest. If deleted, a sync makes it again.

    append rows to files -> fsync -> switch the pointer (generation, rows, change number) -> every reader sees it
    a later row of a number replaces an earlier one; a row of a negative number removes that number
    compact: live rows into a new generation next to the old, switch the pointer, remove the old

Files of a generation, n rows each: numbers (int64), keys (16 bytes: content key), cut (1 byte: text was longer than the
encoder reads), codes (one bit per dimension), vectors (float32). Only what the pointer counts exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from broadsheet.space.columns import KEY
from broadsheet.space.generations import Generations
from broadsheet.space.pointer import FORMAT, Pointer, facts_of, format_of, read_manifest
from broadsheet.space.snapshot import Snapshot, columns_of

ENOUGH = 0.995
"""Recall@10 of the scan, below which codes are made in other axes."""
_SURE = 0.998  # the recall at which further axes are not tried: what is measured on a few papers may be luck
_ROTATION = 1  # the seed of these
_TURNS = (1, 2, 4)  # of them that are tried: each adds a bit for every axis


class Space(Generations[Snapshot]):
    """Read and write a Space. Each call follows the pointer and sees another process's sync at once.

    One writer at a time: callers hold the Collection's lock around ``append``, ``remove``, ``commit`` and ``compact``.
    """

    highest = FORMAT
    what = "vectors"

    def state(self, folder: Path, pointer: Pointer) -> Snapshot:
        """Return the Snapshot of a generation folder at a pointer."""
        return Snapshot(folder, pointer, read_manifest(folder / "manifest.json"))

    def create(self, manifest: Manifest) -> None:
        """Begin an empty generation for an encoder; it replaces the present one."""
        self._first(facts_of(manifest))

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

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living rows into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        if not self._worn(state, share=share, least=least):
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
        new, live = self._begin(generation, facts_of(manifest)), np.flatnonzero(state.live)
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
        self._grow(
            {name: np.ascontiguousarray(each).tobytes() for name, each in columns.items()}, len(columns["numbers"])
        )

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(f"the Space in {self.folder} is damaged ({reason}): run sync to rebuild it")
