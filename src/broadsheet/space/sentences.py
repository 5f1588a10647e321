"""Sentences: the vectors of each paper's sentences with the roles that they have in it. Made by a command alone; if
deleted, the command makes them again.

Files of a generation, a row a paper: numbers (int64; negative: removed), keys (16 bytes: content key), ends (int64: how
many sentences there are up to this paper's last). A row a sentence: roles (4 bytes: 255 times the probability of task,
method, data, result), spans (2 uint32: its characters in the text that is encoded), codes (one bit per dimension) and
vectors (int8: 127 at the largest of a row, which has the length 1 again when it is read).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from broadsheet import files
from broadsheet.core.aspects import ASPECTS, Aspect
from broadsheet.core.errors import CollectionError
from broadsheet.core.index.scan import CANDIDATES, ScanIndex
from broadsheet.core.recent import Memories
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Rows, Vectors, best, cosines, sign_codes, unit
from broadsheet.space.columns import KEY, living, opened, require_numbers, rows_of
from broadsheet.space.generations import Generations
from broadsheet.space.pointer import Pointer, facts_of, read_manifest

FORMAT = 1
_BLOCK = 65_536  # sentences that are copied at a time
_MOST = 2**40  # sentences that a damaged file may claim
_T = TypeVar("_T")
_Columns = dict[str, tuple[np.dtype[Any], int]]
_PAPERS: _Columns = {"numbers": (np.dtype("<i8"), 1), "keys": (KEY, 1), "ends": (np.dtype("<i8"), 1)}


def _sentence_columns(dim: int) -> _Columns:
    return {
        "roles": (np.dtype("u1"), len(ASPECTS)),
        "spans": (np.dtype("<u4"), 2),
        "codes": (np.dtype("<u8"), -(-dim // 64)),
        "vectors": (np.dtype("i1"), dim),
    }


class Parts(NamedTuple):
    """The sentences of a paper: ``roles`` float32 (n, 4), the probability of each of ASPECTS; ``spans`` int64 (n, 2),
    their characters in the paper's content, from and to; ``vectors``, unit rows, float32 (n, dim)."""

    roles: NDArray[np.float32]
    spans: NDArray[np.int64]
    vectors: Vectors


class Sentences(Generations["SentenceState"]):
    """Read and write the sentences of all papers under one encoder. Each call follows the pointer and sees another
    process's writing at once. One writer at a time: callers hold the Collection's lock."""

    highest = FORMAT
    what = "vectors of sentences"
    way_out = "run `broadsheet aspects build`"

    def state(self, folder: Path, pointer: Pointer) -> SentenceState:
        """Return what a generation folder holds at a pointer."""
        return SentenceState(folder, pointer, read_manifest(folder / "manifest.json"))

    def create(self, manifest: Manifest) -> None:
        """Begin an empty generation for an encoder and its roles; it replaces the present one."""
        self._first(facts_of(manifest))

    def append(self, numbers: Sequence[int], papers: Sequence[Parts], keys: Sequence[str]) -> None:
        """Write the sentences of papers; they count from the next ``commit``, in the place of earlier ones."""
        state = self.snapshot()
        dim = state.manifest.dim
        vectors = np.concatenate([np.empty((0, dim), np.float32), *(each.vectors for each in papers)])
        roles = np.concatenate([np.empty((0, len(ASPECTS)), np.float32), *(each.roles for each in papers)])
        spans = np.concatenate([np.empty((0, 2), np.int64), *(each.spans for each in papers)])
        before = self._ends(state)["roles"] // len(ASPECTS)
        columns = {
            "numbers": np.asarray(numbers, "<i8"),
            "keys": np.frombuffer(b"".join(bytes.fromhex(key) for key in keys), KEY),
            "ends": np.asarray(before + np.cumsum([len(each.spans) for each in papers]), "<i8"),
            "roles": np.round(255 * roles).astype("u1"),
            "spans": spans.astype("<u4"),
            "codes": sign_codes(vectors).astype("<u8"),
            "vectors": _small(vectors),
        }
        self._grow(
            {name: np.ascontiguousarray(each).tobytes() for name, each in columns.items()}, len(columns["numbers"])
        )

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove papers; ignore numbers that are not here."""
        state = self.snapshot()
        gone = np.asarray(numbers, dtype=np.int64)
        gone = gone[state.rows(gone) >= 0]
        if len(gone):
            self.append((-gone).tolist(), [nothing(state.manifest.dim)] * len(gone), ["00" * 16] * len(gone))

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living rows into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        if not self._worn(state, share=share, least=least):
            return False
        generation = state.pointer.generation + 1
        folder, live = self._begin(generation, facts_of(state.manifest)), np.flatnonzero(state.live)
        lengths = np.diff(state.ends, prepend=0)[live]
        rows = {**dict.fromkeys(_PAPERS, live), **dict.fromkeys(_sentence_columns(1), state.sentences(live))}
        for name, chosen in rows.items():
            with (folder / name).open("wb") as file:
                for start in range(0, 0 if name == "ends" else len(chosen), _BLOCK):
                    file.write(np.ascontiguousarray(state.files[name][chosen[start : start + _BLOCK]]).tobytes())
                if name == "ends":
                    file.write(np.cumsum(lengths).astype("<i8").tobytes())
                files.flush(file)
        self._switch(replace(state.pointer, generation=generation, rows=len(live)))
        self._clean(generation)
        return True

    def drop(self) -> None:
        """Delete all of it; readers that have it open go on with what they have."""
        files.remove(self.folder)

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(f"the sentences in {self.folder} are damaged ({reason}): {self.way_out} --rebuild")


class SentenceState:
    """Hold one unchanging state of Sentences. ValueError for damaged files."""

    def __init__(self, folder: Path, pointer: Pointer, manifest: Manifest) -> None:
        self.pointer = pointer
        self.manifest = manifest
        self._memories = Memories()
        self.files = _files(folder, _PAPERS, pointer.rows)
        self.ends: Rows = np.array(self.files["ends"][:, 0], dtype=np.int64)
        if len(self.ends) and (self.ends[0] < 0 or self.ends[-1] > _MOST or (np.diff(self.ends) < 0).any()):
            raise ValueError("the file ends does not ascend")
        self.count_of_sentences = int(self.ends[-1]) if len(self.ends) else 0
        self.files |= _files(folder, _sentence_columns(manifest.dim), self.count_of_sentences)
        self.numbers: Rows = np.array(self.files["numbers"][:, 0])
        require_numbers(self.numbers, pointer)
        self.live, self.row_of = living(self.numbers)
        self.count = int(np.count_nonzero(self.live))

    @property
    def sizes(self) -> dict[str, int]:
        """Return how many bytes of each file count."""
        return {name: each.dtype.itemsize * each.size for name, each in self.files.items()}

    @cached_property
    def keys(self) -> NDArray[Any]:
        """Return the content keys (rows,), 16 bytes each."""
        return np.array(self.files["keys"])[:, 0]

    def memory(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what a part of the program keeps for this state under ``key``, made by ``make`` at first."""
        return self._memories.get(key, make)

    def rows(self, numbers: Rows) -> Rows:
        """Return the living row of each number, -1 for a number without one."""
        return rows_of(numbers, self.row_of)

    def sentences(self, rows: Rows) -> Rows:
        """Return the places of the sentences of some rows, row after row."""
        lengths = np.diff(self.ends, prepend=0)[rows]
        own = np.cumsum(lengths) - lengths
        places: Rows = np.arange(lengths.sum()) + np.repeat(self.ends[rows] - lengths - own, lengths)
        return places

    def of(self, numbers: Rows) -> list[Parts]:
        """Return the sentences of each paper by its number; none for a number that is not here."""
        rows = self.rows(np.asarray(numbers, dtype=np.int64))
        here = rows[rows >= 0]
        lengths = np.zeros(len(rows), np.int64)
        lengths[rows >= 0] = np.diff(self.ends, prepend=0)[here]
        places = self.sentences(here)
        roles = (self.files["roles"][places] / 255).astype(np.float32)
        spans = self.files["spans"][places].astype(np.int64)
        vectors = unit(self.files["vectors"][places].astype(np.float32))
        ends = np.cumsum(lengths)
        return [
            Parts(roles[end - length : end], spans[end - length : end], vectors[end - length : end])
            for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
        ]

    def nearest(self, vector: Vectors, k: int, aspect: Aspect, *, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """Return the numbers (at most k) of the papers that have a sentence of the role ``aspect`` near a unit vector
        (dim,), with the cosine of the nearest such sentence, best first."""
        mask = self._of_role(aspect)
        if allowed is not None:
            rows = np.zeros(len(self.live), np.bool_)
            chosen = self.rows(allowed)
            rows[chosen[chosen >= 0]] = True
            mask = mask & rows[self._owners]
        found, _ = self._index.nearest(vector, max(k, CANDIDATES), mask)
        found = np.sort(found)
        scores = cosines(unit(self.files["vectors"][found].astype(np.float32)), vector) if len(found) else np.empty(0)
        papers, inverse = np.unique(self._owners[found], return_inverse=True)
        highest = np.full(len(papers), -np.inf, np.float32)
        np.maximum.at(highest, inverse, scores.astype(np.float32))
        chosen, values = best(highest, k, papers)
        return self.numbers[chosen], values

    def having(self, aspect: Aspect) -> int:
        """Count the living papers that have a sentence of a role."""
        return len(np.unique(self._owners[self._of_role(aspect)]))

    @cached_property
    def _owners(self) -> Rows:
        """The row of each sentence's paper."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))

    def _of_role(self, aspect: Aspect) -> NDArray[np.bool_]:
        """Which living sentences have a role more than any other."""
        place = ASPECTS.index(aspect)
        return self.memory(("role", place), lambda: (self._roles == place) & self.live[self._owners])

    @cached_property
    def _roles(self) -> Rows:
        return np.asarray(self.files["roles"].argmax(axis=1))

    @cached_property
    def _index(self) -> ScanIndex:
        vectors = cast("Vectors", self.files["vectors"])  # products with a float32 vector are float32
        return ScanIndex(vectors, np.ascontiguousarray(self.files["codes"].T))


def nothing(dim: int) -> Parts:
    """Return the sentences of a paper that has none."""
    return Parts(np.empty((0, len(ASPECTS)), np.float32), np.empty((0, 2), np.int64), np.empty((0, dim), np.float32))


def _small(vectors: Vectors) -> NDArray[np.int8]:
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.round(127 * vectors / np.where(largest > 0, largest, 1)).astype(np.int8)


def _files(folder: Path, columns: _Columns, rows: int) -> dict[str, NDArray[Any]]:
    return {name: opened(folder / name, kind, rows, items=items) for name, (kind, items) in columns.items()}
