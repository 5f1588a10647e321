"""Token ids in batches through an Engine: sorted by length, filled up to one of few shapes, and in order again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import Vectors
from broadsheet.encoders.engine import Batch, Engine
from broadsheet.encoders.token_ids import Pieces

TOKENS = 1024  # a batch: measured best on 2 cores, 26 texts/s against 20 for batches of 16 texts
STEP = 16  # lengths of batches are its multiples: OpenVINO keeps half a megabyte or more for each shape it has met
_STEPS = 32  # beyond STEP * _STEPS tokens, lengths are multiples of more: 100 lengths up to 8,192, at most 1/16 empty


class Batches:
    """Run token ids of at most ``max_length`` through an engine; ``words`` is how many ids the model has. ``places``
    makes further inputs of a batch's ids and of which are there.

    ModelError, which names the ``folder``, for an id beyond them.
    """

    def __init__(
        self, folder: Path, *, max_length: int, words: int, places: Callable[[Batch], Batch] | None = None
    ) -> None:
        self._folder, self._max_length, self._words, self._places = folder, max_length, words, places

    def rows(self, engine: Engine, flat: Pieces, dim: int, *, left_out: int = 0) -> Vectors:
        """Return the row of each piece, float32 (n, dim). Its first tokens are ``left_out`` of pooling, which the mask
        says by 2: they are read as all others are."""
        groups = list(self._groups(flat))
        out = np.empty((len(flat), dim), np.float32)
        if len(groups) == 1:
            out[groups[0]] = engine.one(self._matrix(flat, groups[0], left_out))[: len(groups[0])]
            return out
        for made, rows in engine.many((self._matrix(flat, rows, left_out), rows) for rows in groups):
            out[rows] = made[: len(rows)]
        return out

    def both(self, engine: Engine, flat: Pieces, dim: int, *, left_out: int = 0) -> tuple[Vectors, list[Vectors]]:
        """Return what ``rows`` returns, bit for bit, and the states of the tokens of each piece, float32 (tokens,
        hidden), from an engine that makes both in one run."""
        groups = list(self._groups(flat))
        out, states = np.empty((len(flat), dim), np.float32), _no_states(flat)
        batches_of = ((self._matrix(flat, rows, left_out), rows) for rows in groups)
        made = engine.every(batches_of) if len(groups) > 1 else ((engine.outputs(b), rows) for b, rows in batches_of)
        for (pooled, of_tokens), rows in made:
            out[rows] = pooled[: len(rows)]
            _fill(states, rows, of_tokens, flat)
        return out, states

    def made(
        self, engine: Engine, flat: Pieces, kinds: Pieces | None = None
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Yield what the engine makes of each batch as soon as it is there: the numbers of its pieces, and their rows,
        so that wide rows need not all be held at once. ``kinds`` are a third input, a number for each token."""

        def batch(rows: NDArray[np.int64]) -> Batch:
            ids, mask = self._matrix(flat, rows)
            return (ids, mask) if kinds is None else (ids, mask, _filled(kinds, rows, ids.shape))

        for made, rows in engine.many((batch(rows), rows) for rows in self._groups(flat)):
            yield rows, made[: len(rows)]

    def states(self, engine: Engine, flat: Pieces, seen: Pieces | None = None) -> list[Vectors]:
        """Return the states of the tokens of each piece, float32 (tokens, dim). ``seen``: 1 for a token that the others
        look at, 0 for one that only looks at them; all are seen where it is left out."""
        states = _no_states(flat)

        def batch(rows: NDArray[np.int64]) -> Batch:
            ids, mask = self._matrix(flat, rows)
            return ids, mask if seen is None else _filled(seen, rows, ids.shape).astype(np.float32)

        for made, rows in engine.many((batch(rows), rows) for rows in self._groups(flat)):
            _fill(states, rows, made, flat)
        return states

    def _groups(self, flat: Pieces) -> Iterator[NDArray[np.int64]]:
        return batches([self._width(len(ids)) for ids in flat], TOKENS)

    def _width(self, length: int) -> int:
        """The length of a batch whose longest row has this one."""
        step = max(STEP, (1 << (length - 1).bit_length()) // _STEPS)
        return max(length, min(-(-length // step) * step, self._max_length))

    def _matrix(self, flat: Pieces, rows: NDArray[np.int64], left_out: int = 0) -> Batch:
        """The batch of these rows, the last one repeated until their number is one that is met often; of each row one
        token is never left out."""
        width = self._width(max(len(flat[row]) for row in rows))
        rows = np.pad(rows, (0, height(len(rows), TOKENS // width) - len(rows)), mode="edge")
        lengths = np.array([len(flat[row]) for row in rows])
        there = np.arange(width) < lengths[:, None]
        ids = np.zeros(there.shape, np.int32)
        ids[there] = np.concatenate([flat[row] for row in rows])
        if ids.max() >= self._words:
            raise ModelError(f"{self._folder}: tokenizer.json has more words than config.json's vocab_size.")
        mask = there.astype(np.float32)
        if left_out:
            mask += np.arange(width) < np.minimum(left_out, lengths - 1)[:, None]
        return ids, mask, *(self._places((ids, there)) if self._places else ())


def _no_states(flat: Pieces) -> list[Vectors]:
    return [np.empty((0, 0), np.float32)] * len(flat)


def _fill(states: list[Vectors], rows: NDArray[np.int64], made: Vectors, flat: Pieces) -> None:
    """Take the states of these pieces from those of a batch."""
    for state, row in zip(made, rows, strict=False):  # what fills a batch up comes last
        states[row] = np.array(state[: len(flat[row])])


def _filled(values: Pieces, rows: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """The values of these rows, with 0 behind each, the last row repeated."""
    out = np.zeros(shape, np.int32)
    for place in range(shape[0]):
        row = values[rows[min(place, len(rows) - 1)]]
        out[place, : len(row)] = row
    return out


def batches(lengths: Sequence[int], tokens: int) -> Iterator[NDArray[np.int64]]:
    """Yield row numbers in groups, longest first, each group times its longest row at most ``tokens`` (or one row)."""
    order = np.argsort(-np.asarray(lengths, np.int64), kind="stable")
    start = 0
    while start < len(order):
        rows = max(1, tokens // max(1, lengths[order[start]]))
        yield order[start : start + rows]
        start += rows


def height(rows: int, most: int) -> int:
    """Return the next power of two, or ``most`` if that is nearer; never fewer than ``rows``."""
    return max(rows, min(1 << (rows - 1).bit_length(), most))
