"""Token vectors: those of every token of each paper, under one encoder, in few bits. A second kind of Space.

    append papers to files -> fsync -> count in how many papers each token is -> switch the pointer
    numbers, keys: as in a Space; tokens, distinct: how many rows of codes and of terms belong to the paper
    codes: a vector a token, in order (``core.codes``); terms: each token of the paper once, by the hash of its name
    frequencies: in how many living papers each token is; made again from terms where it does not fit

Khattab and Zaharia 2020, "ColBERT"; bits as in Santhanam et al. 2022, "ColBERTv2", without its centroids. The folder is
derived: delete it, and ``broadsheet tokens build`` makes it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet import files
from broadsheet.core.codes import Codes, packed, unpacked, width
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError
from broadsheet.core.protocols import TokenVectors
from broadsheet.core.rotation import rotated
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.space.columns import KEY, living, opened, require_numbers, rows_of
from broadsheet.space.generations import Generations
from broadsheet.space.pointer import Pointer, TokenManifest, read_token_manifest

Terms = NDArray[np.uint32]
_TERM = np.dtype("<u4")
_COUNT = np.dtype("<i8")
_ROWS = {"numbers": (np.dtype("<i8"), 1), "keys": (KEY, 1), "tokens": (_TERM, 1), "distinct": (_TERM, 1)}
_BLOCK = 4_096  # papers that are copied at a time


class Frequencies(NamedTuple):
    """In how many papers each token is: ``terms`` ascending, and their ``counts``."""

    terms: Terms
    counts: NDArray[np.int64]

    def of(self, terms: Terms) -> NDArray[np.int64]:
        """Return the counts of some terms, 0 for one that no paper has."""
        if not len(self.terms):
            return np.zeros(len(terms), np.int64)
        places = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        return np.where(self.terms[places] == terms, self.counts[places], 0)

    def changed(self, more: Terms, less: Terms) -> Frequencies:
        """Return the table with some papers' terms added and others' taken away, one for each paper that has it."""
        terms, places = np.unique(np.concatenate([self.terms, more, less]), return_inverse=True)
        worth = np.concatenate([self.counts, np.ones(len(more), np.int64), -np.ones(len(less), np.int64)])
        counts = np.bincount(places, weights=worth, minlength=len(terms)).astype(np.int64)
        return Frequencies(terms[counts > 0], counts[counts > 0])


class TokenSnapshot:
    """Hold one unchanging state of the token vectors. ValueError for damaged files."""

    def __init__(self, folder: Path, pointer: Pointer, manifest: TokenManifest) -> None:
        self.pointer, self.manifest = pointer, manifest
        # All files are opened at once: a compaction may remove the folder before they are read.
        columns = {name: opened(folder / name, kind, pointer.rows)[:, 0] for name, (kind, _) in _ROWS.items()}
        self.numbers: Rows = np.array(columns["numbers"])
        self.keys: NDArray[Any] = columns["keys"]
        require_numbers(self.numbers, pointer)
        self.starts, self._terms_from = _ends(columns["tokens"]), _ends(columns["distinct"])
        if (columns["distinct"] > columns["tokens"]).any():
            raise ValueError("the file distinct has more than tokens has")
        self._codes = opened(folder / "codes", np.dtype("u1"), int(self.starts[-1]), items=self.width)
        self._terms = opened(folder / "terms", _TERM, int(self._terms_from[-1]))[:, 0]
        self.live, self._row_of = living(self.numbers)
        self.count = int(np.count_nonzero(self.live))
        self._stored = _read_frequencies(folder / "frequencies", pointer.rows)

    @property
    def width(self) -> int:
        """Return the bytes of a token's code."""
        return width(self.manifest.dim, self.manifest.bits)

    @property
    def sizes(self) -> dict[str, int]:
        """Return how many bytes of each file count."""
        sizes = {name: self.pointer.rows * kind.itemsize for name, (kind, _) in _ROWS.items()}
        codes, terms = int(self.starts[-1]) * self.width, int(self._terms_from[-1]) * _TERM.itemsize
        return {**sizes, "codes": codes, "terms": terms}

    @property
    def distinct(self) -> Terms:
        """Return how many terms each row has."""
        return np.diff(self._terms_from).astype(_TERM)

    @property
    def tokens(self) -> int:
        """Count the tokens of all living papers."""
        return int(np.diff(self.starts)[self.live].sum())

    @cached_property
    def frequencies(self) -> Frequencies:
        """Return in how many living papers each token is: as stored, or counted where that does not fit."""
        if self._stored is not None:
            return self._stored
        of_living = np.repeat(self.live, np.diff(self._terms_from))
        return Frequencies(*np.unique(np.asarray(self._terms)[of_living], return_counts=True))

    def idf(self, tokens: Sequence[str]) -> Vectors:
        """Return the inverse document frequency of tokens by name, float32 (n,): log((papers + 1) / (papers that have
        it + 1)), 0 for one that every paper has (Sparck Jones 1972)."""
        counts = self.frequencies.of(terms_of(tokens))
        return np.log((self.count + 1) / (np.minimum(counts, self.count) + 1)).astype(np.float32)

    def rows(self, numbers: Rows) -> Rows:
        """Return the living row of each number, -1 for a number without one."""
        return rows_of(numbers, self._row_of)

    def has(self, number: int, key: str) -> bool:
        """Return whether the paper with this number has tokens of the text with this content key."""
        row = int(self.rows(np.array([number]))[0])
        return row >= 0 and bool(self.keys[row].tobytes().hex() == key)

    def of(self, numbers: Rows) -> tuple[Codes, Rows]:
        """Return the codes (tokens, width) of the papers with these numbers, one below the other, and where those of
        each begin and end, int64 (n + 1,). A number that is not here has none."""
        rows = self.rows(numbers).tolist()
        parts = [self.codes_at(row) for row in rows if row >= 0]
        lengths = np.array([0, *(self.starts[row + 1] - self.starts[row] if row >= 0 else 0 for row in rows)], np.int64)
        codes = np.concatenate(parts) if parts else np.empty((0, self.width), np.uint8)
        return codes, np.cumsum(lengths)

    def codes_at(self, row: int) -> Codes:
        """Return the codes (tokens, width) of one row."""
        return np.asarray(self._codes[self.starts[row] : self.starts[row + 1]])

    def terms_at(self, rows: Rows) -> Terms:
        """Return the terms of some rows, one after the other."""
        parts = [self._terms[self._terms_from[row] : self._terms_from[row + 1]] for row in rows.tolist()]
        return np.concatenate([np.empty(0, _TERM), *parts])

    def codes_of(self, vectors: Vectors) -> Codes:
        """Return the codes (n, width) that vectors (n, dim) have here; BroadsheetError for another dimension, or for
        what is not finite."""
        manifest = self.manifest
        if vectors.ndim != 2 or vectors.shape[1] != manifest.dim or not np.isfinite(vectors).all():
            raise BroadsheetError(
                f"encoder {manifest.encoder} returned token vectors of shape {vectors.shape} or values that are not "
                f"finite; expected (tokens, {manifest.dim}) finite numbers"
            )
        return packed(self.turned(unit(vectors)), manifest.bits)

    def turned(self, vectors: Vectors) -> Vectors:
        """Return vectors (n, dim) in the axes of the codes."""
        return rotated(vectors, self.manifest.rotation)

    def unpacked(self, codes: Codes) -> Vectors:
        """Return the vectors (n, dim) that codes stand for, in the axes of the codes."""
        return unpacked(codes, self.manifest.dim, self.manifest.bits)


class TokenSpace(Generations[TokenSnapshot]):
    """Read and write the token vectors of a Collection's encoder."""

    highest = 1
    what = "token vectors"
    way_out = "run `broadsheet tokens build`"

    def state(self, folder: Path, pointer: Pointer) -> TokenSnapshot:
        """Return what a generation folder holds at a pointer."""
        return TokenSnapshot(folder, pointer, read_token_manifest(folder / "manifest.json"))

    def create(self, manifest: TokenManifest) -> None:
        """Begin an empty generation; it replaces the present one."""
        width(manifest.dim, manifest.bits)
        self._first(asdict(manifest))

    def check(self, key: str, encoder: str) -> None:
        """Raise ModelError unless token vectors of the encoder with this manifest's key can be compared with these."""
        here = self.snapshot().manifest
        if here.key != key:
            raise ModelError(
                f"{self.folder} contains token vectors of {here.encoder} ({here.key}), not {encoder} ({key}): "
                "run `broadsheet tokens build` to make them again with this model"
            )

    def append(self, numbers: Sequence[int], papers: Sequence[TokenVectors], keys: Sequence[str]) -> None:
        """Write papers after the ones that count: the tokens of each. They count from the next ``commit``.
        BroadsheetError for vectors of another dimension, or that are not finite."""
        state, terms = self.snapshot(), [np.unique(terms_of(each.tokens)) for each in papers]
        self._write(numbers, keys, [state.codes_of(each.vectors) for each in papers], terms)

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove numbers; ignore numbers that are not here."""
        state = self.snapshot()
        gone = np.asarray(numbers, dtype=np.int64)
        gone = gone[state.rows(gone) >= 0]
        codes, terms = np.empty((0, state.width), np.uint8), np.empty(0, _TERM)
        if len(gone):
            many = len(gone)
            self._write((-gone).tolist(), ["00" * 16] * many, [codes] * many, [terms] * many)

    def commit(self, change: int) -> None:
        """Make all written papers count, and record that they hold the Store up to ``change``."""
        before, pointer = self.snapshot(), self._next(change)
        folder = self._generation(pointer.generation)
        after = self._at(pointer)
        old = len(before.live)
        more = after.terms_at(np.flatnonzero(after.live[old:]) + old)
        less = after.terms_at(np.flatnonzero(before.live & ~after.live[:old]))
        _write_frequencies(folder, before.frequencies.changed(more, less), pointer.rows)
        self._switch(pointer)

    def compact(self, *, share: float = 0.25, least: int = 1_000) -> bool:
        """Copy the living papers into a new generation if more than ``share`` of the rows (and ``least``) are dead."""
        state = self.snapshot()
        if not self._worn(state, share=share, least=least):
            return False
        generation, rows = state.pointer.generation + 1, np.flatnonzero(state.live)
        folder = self._begin(generation, asdict(state.manifest))
        for name in state.sizes:
            with (folder / name).open("wb") as file:
                for start in range(0, len(rows), _BLOCK):
                    file.write(_column(state, name, rows[start : start + _BLOCK]))
                files.flush(file)
        _write_frequencies(folder, state.frequencies, len(rows))
        self._switch(Pointer(generation, len(rows), state.pointer.change, format=self.highest))
        self._clean(generation)
        return True

    def drop(self) -> None:
        """Delete all token vectors."""
        files.remove(self.folder / "current.json")  # first: what is left after a kill does not count
        files.remove(self.folder)

    def _write(
        self, numbers: Sequence[int], keys: Sequence[str], codes: Sequence[Codes], terms: Sequence[Terms]
    ) -> None:
        more = {
            "numbers": np.asarray(numbers, "<i8").tobytes(),
            "keys": b"".join(bytes.fromhex(key) for key in keys),
            "tokens": np.array([len(each) for each in codes], _TERM).tobytes(),
            "distinct": np.array([len(each) for each in terms], _TERM).tobytes(),
            "codes": b"".join(each.tobytes() for each in codes),
            "terms": b"".join(each.astype(_TERM).tobytes() for each in terms),
        }
        self._grow(more, len(numbers))

    def _damaged(self, reason: object) -> CollectionError:
        return CollectionError(
            f"the token vectors in {self.folder} are damaged ({reason}): run sync to make them again"
        )


def terms_of(tokens: Iterable[str]) -> Terms:
    """Return what tokens are called in files: 4 bytes of BLAKE2b of each, uint32 (n,)."""
    return np.array([_term(token) for token in tokens], _TERM)


@lru_cache(maxsize=1 << 16)
def _term(token: str) -> int:
    return int.from_bytes(hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")


def _ends(lengths: NDArray[np.unsignedinteger[Any]]) -> Rows:
    """Where each row's part begins and ends, int64 (n + 1,)."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _column(state: TokenSnapshot, name: str, rows: Rows) -> bytes:
    """What a file holds of some rows."""
    if name == "codes":
        return b"".join(state.codes_at(row).tobytes() for row in rows.tolist())
    if name == "terms":
        return state.terms_at(rows).tobytes()
    columns = {"numbers": state.numbers, "keys": state.keys, "tokens": np.diff(state.starts).astype(_TERM)}
    return (columns | {"distinct": state.distinct})[name][rows].tobytes()


def _write_frequencies(folder: Path, table: Frequencies, rows: int) -> None:
    pairs = np.stack([table.terms, table.counts.astype(_TERM)], axis=1).astype(_TERM)
    files.write(folder / "frequencies", np.array([rows], _COUNT).tobytes() + pairs.tobytes())


def _read_frequencies(path: Path, rows: int) -> Frequencies | None:
    """The table, if it is there, whole, and of a state with so many rows."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, pair = _COUNT.itemsize, 2 * _TERM.itemsize
    if len(data) < head or (len(data) - head) % pair or np.frombuffer(data[:head], _COUNT)[0] != rows:
        return None
    terms, counts = np.frombuffer(data[head:], _TERM).reshape(-1, 2).T
    whole = (np.diff(terms.astype(np.int64)) > 0).all() and ((counts > 0) & (counts <= rows)).all()
    return Frequencies(np.ascontiguousarray(terms), counts.astype(np.int64)) if whole else None
