"""A Snapshot: one state of a Space, which does not change while others write."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import CollectionError
from broadsheet.core.index.scan import ScanIndex
from broadsheet.core.recent import Memories
from broadsheet.core.rotation import rotated
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Rows, Vectors, best, cosines, sign_codes
from broadsheet.space.columns import KEY, living, opened, require_numbers, rows_of
from broadsheet.space.pointer import Pointer

_T = TypeVar("_T")
_SAMPLE = 64  # rows whose codes are compared with their vectors when a state is opened
_BLOCK = 65_536  # rows that are read at a time when all are
_HIGHEST = 1_000.0  # of a cosine: unit vectors give 1 at most, an encoder that breaks its promise more, damage anything
_ASKED, _NEAREST = 40, 10  # papers that show how well the scan finds near ones, and how many near ones
_PROBED = 100_000  # rows among which they are looked for
_AT_RANDOM = 1_000  # papers that show which cosines a text has with any paper
_SOME_PAIRS, _MANY_PAIRS = 45, 10_000  # of papers, below which their cosines say too little
_FEW = 200  # papers whose cosines with one another show what chance gives
# Weights (SHA-256) -> bands. MiniLM on SciFact's train claims: a tenth of the relevant abstracts lie below 0.36, a
# quarter below 0.47, half above 0.58; of the others one in a hundred lies above 0.39, one in a thousand above 0.51.
_BANDS = {"53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": (0.36, 0.47, 0.58)}


def columns_of(manifest: Manifest) -> dict[str, tuple[np.dtype[Any], int]]:
    """Return the columns of a Space: file name -> (dtype, items per row)."""
    dim = manifest.dim
    return {
        "numbers": (np.dtype("<i8"), 1),
        "keys": (KEY, 1),
        "cut": (np.dtype("u1"), 1),
        "codes": (np.dtype("<u8"), -(-dim * manifest.turns // 64)),
        "vectors": (np.dtype("<f4"), dim),
    }


class Snapshot:
    """Hold one unchanging state of a Space, which a search reads while a sync continues. ValueError for damaged files:
    rows are missing, a number is impossible, or vectors are not those that the codes were made of."""

    def __init__(self, folder: Path, pointer: Pointer, manifest: Manifest) -> None:
        self.pointer = pointer
        self.manifest = manifest
        self._memories = Memories()
        # All files are opened at once: a compaction may remove the folder before they are read.
        columns = columns_of(manifest).items()
        self._files = {name: opened(folder / name, kind, pointer.rows, items=items) for name, (kind, items) in columns}
        self.numbers: Rows = self._read("numbers")
        self._check()
        self.live, self.row_of = living(self.numbers)
        self.count = int(np.count_nonzero(self.live))

    def _check(self) -> None:
        """Raise ValueError for numbers that no paper has, and for files of which most rows do not fit together."""
        require_numbers(self.numbers, self.pointer)
        rows = np.arange(0, self.pointer.rows, max(1, self.pointer.rows // _SAMPLE))
        unlike = (self.codes_of(np.asarray(self.vectors[rows])) != self.codes[rows]).any(axis=1)
        if 2 * np.count_nonzero(unlike) > len(rows):
            raise ValueError(f"its vectors of {self.manifest.dim} dimensions are not those of its codes")

    @property
    def sizes(self) -> dict[str, int]:
        """Return how many bytes of each file count."""
        rows = self.pointer.rows
        return {name: rows * kind.itemsize * items for name, (kind, items) in columns_of(self.manifest).items()}

    @property
    def sound(self) -> bool:
        """Return whether all vectors are finite; this reads every row."""
        return all(
            np.isfinite(np.einsum("ij,ij->i", part, part)).all()
            for start in range(0, self.pointer.rows, _BLOCK)
            if len(part := self.vectors[start : start + _BLOCK])
        )

    def _read(self, name: str) -> NDArray[Any]:
        """Return a column of one item per row, in memory."""
        return np.array(self._files[name])[:, 0]

    @property
    def vectors(self) -> Vectors:
        """Return the vectors (rows, dim), memory-mapped, dead rows included."""
        return self._files["vectors"]

    def codes_of(self, vectors: Vectors) -> NDArray[np.uint64]:
        """Return the codes (n, words) that vectors (n, dim) have here."""
        return sign_codes(rotated(vectors, self.manifest.rotation, self.manifest.turns))

    @property
    def codes(self) -> NDArray[np.uint64]:
        """Return the codes (rows, words of 64 bits), memory-mapped, dead rows included."""
        return self._files["codes"]

    @cached_property
    def keys(self) -> NDArray[Any]:
        """Return the content keys (rows,), 16 bytes each."""
        return self._read("keys")

    @cached_property
    def cut(self) -> int:
        """Count the living texts that were longer than the encoder reads."""
        return int(np.count_nonzero(self._read("cut")[self.live]))

    @cached_property
    def index(self) -> ScanIndex:
        """Return an index over all rows; pass ``live`` as the mask."""
        columns = np.ascontiguousarray(self._files["codes"].T)
        return ScanIndex(np.asarray(self.vectors), columns, self.manifest.rotation, self.manifest.turns)

    def recall(self, rotation: int = 0, turns: int = 1) -> float:
        """Measure recall@10 of the scan: the mean share of the ten nearest of some papers that it finds, with the
        codes as they are, or as they would be in the axes of a seed, so many turns from it."""
        live, vectors = self.live[:_PROBED], np.asarray(self.vectors[:_PROBED])
        if rotation:
            index = ScanIndex.of(vectors, rotation, turns)
        else:
            here = self.manifest
            index = ScanIndex(vectors, np.ascontiguousarray(self.codes[:_PROBED].T), here.rotation, here.turns)
        rows, shares = np.flatnonzero(live), []
        for row in rows[:: max(1, len(rows) // _ASKED)][:_ASKED]:
            others = rows[rows != row]  # it is nearest to itself, and always found
            exact, _ = best(cosines(vectors, vectors[row])[others], _NEAREST, others)
            shares.append(float(np.isin(exact, index.nearest(vectors[row], _NEAREST + 1, live)[0]).mean()))
        return float(np.mean(shares)) if shares else 1.0

    @cached_property
    def bands(self) -> tuple[float, float, float]:
        """Return the cosines from which a match is called fair, good and strong. They differ between encoders: as
        measured for its weights, otherwise 2.5, 3.5 and 4.5 standard deviations above the mean of random pairs."""
        if self.manifest.weights in _BANDS:
            return _BANDS[self.manifest.weights]
        mean, spread = self._pairs(of=_SOME_PAIRS)
        return mean + 2.5 * spread, mean + 3.5 * spread, mean + 4.5 * spread

    @cached_property
    def pairs(self) -> tuple[float, float]:
        """Return mean and standard deviation of the cosines of pairs of papers; 0.1 both for fewer than 142 papers,
        which may all be about one subject and so say nothing of papers at large."""
        return self._pairs(of=_MANY_PAIRS)

    def _pairs(self, *, of: int) -> tuple[float, float]:
        chance = self.chance
        return (float(chance.mean()), float(chance.std())) if len(chance) > of else (0.1, 0.1)

    @cached_property
    def sample(self) -> Vectors:
        """Return the vectors of up to 1,000 papers, spread over the rows: what a text is compared with to see which
        cosines it has with papers at random."""
        living = np.flatnonzero(self.live)
        some = np.asarray(self.vectors[living[:: max(1, -(-len(living) // _AT_RANDOM))]])
        return some[np.isfinite(some).all(axis=1)]

    @cached_property
    def chance(self) -> Vectors:
        """Return the cosines of all pairs of up to 200 papers, spread over the rows, ascending: what chance gives."""
        living = np.flatnonzero(self.live)
        some = self.vectors[living[:: max(1, len(living) // _FEW)][:_FEW]]
        some = some[np.isfinite(some).all(axis=1)]
        return np.sort((some @ some.T)[np.triu_indices(len(some), 1)])

    def memory(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return the value that a part of the program keeps for this state under ``key``. The first call makes it with
        ``make``; it is dropped with the Snapshot."""
        return self._memories.get(key, make)

    def rows(self, numbers: Rows) -> Rows:
        """Return the living row of each number, -1 for a number without one."""
        return rows_of(numbers, self.row_of)

    def mask(self, allowed: Rows | None) -> NDArray[np.bool_] | None:
        """Return a mask (rows,) of the living rows, only of ``allowed`` numbers if given; None for all rows."""
        if allowed is None:
            return None if self.count == len(self.live) else self.live
        mask = np.zeros(len(self.live), dtype=np.bool_)
        rows = self.rows(allowed)
        mask[rows[rows >= 0]] = True
        return mask

    def search(self, vector: Vectors, k: int, *, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return numbers and cosines of the at most k nearest to a unit vector (dim,) among ``allowed``, best first.
        CollectionError when stored vectors turn out to be damaged."""
        with np.errstate(invalid="ignore", over="ignore"):
            rows, scores = self.index.nearest(vector, k, self.mask(allowed))
        if not (np.abs(scores) < _HIGHEST).all():
            raise CollectionError("vectors of the Space are damaged: run sync to rebuild it")
        return self.numbers[rows], scores

    def scores(self, vector: Vectors, numbers: Rows) -> Vectors:
        """Return the cosines (n,) with the stored vectors of these numbers; NaN for a number without a vector."""
        rows = self.rows(numbers)
        out = np.full(len(numbers), np.nan, dtype=np.float32)
        known = rows >= 0
        out[known] = cosines(self.vectors[rows[known]], vector)
        return out

    def of(self, numbers: Rows) -> Vectors:
        """Return the stored vectors of these numbers in the order given, without the numbers that have none."""
        rows = self.rows(numbers)
        return np.asarray(self.vectors[rows[rows >= 0]])
