"""What an answer of ``/embeddings`` holds, read with mistrust: as many vectors as texts, in their order, all alike.

data -> by ``index`` -> a list of numbers, or base64 of float32 -> finite, not zero, one dimension -> rows
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import ModelError
from broadsheet.core.vectors import Vectors, unit

MOST_DIMENSIONS = 65_536
_MOST_TOKENS = 10**9  # that one answer may count


class Embedded(NamedTuple):
    """Unit rows, float32 (n, dim); the model that the server says it used, as it writes it; the tokens that it counted
    (None: it counts none); and the places of texts that it says it cut."""

    vectors: Vectors
    model: str
    tokens: int | None
    cut: tuple[int, ...]


def read(answer: Mapping[str, Any], count: int) -> Embedded:
    """Read the answer for ``count`` texts. ModelError says what is wrong with it, without naming the server."""
    data = answer.get("data")
    if not isinstance(data, list) or len(data) != count:
        given = f"{len(data):,} vectors" if isinstance(data, list) else "no list of vectors"
        raise ModelError(f"the answer has {given} for {count:,} texts")
    rows = [_row(each) for each in _ordered(data)]
    if len(sizes := {len(row) for row in rows}) > 1:
        raise ModelError(f"the answer has vectors of {min(sizes):,} and of {max(sizes):,} dimensions")
    model = answer.get("model")
    named = model[:200] if isinstance(model, str) and model.isprintable() else ""
    return Embedded(_unit(np.stack(rows)), named, _tokens(answer.get("usage")), _cut(answer.get("truncated"), count))


def _ordered(data: Sequence[Any]) -> list[Any]:
    """The entries by ``index``; an entry without one is at its own place."""
    if not all(isinstance(each, dict) for each in data):
        raise ModelError("the answer has an entry that is not an object")
    places = [each.get("index", place) for place, each in enumerate(data)]
    if any(type(place) is not int for place in places) or sorted(places) != list(range(len(data))):
        raise ModelError(f"the answer does not number its vectors from 0 to {len(data) - 1:,}")
    return [entry for _, entry in sorted(zip(places, data, strict=True), key=lambda pair: pair[0])]


def _row(entry: Mapping[str, Any]) -> NDArray[np.float64]:
    """The numbers of one vector, float64 (dim,)."""
    value = entry.get("embedding")
    try:
        row = _unpacked(value) if isinstance(value, str) else np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        row = np.empty(0)
    if row.ndim != 1 or row.dtype.kind not in "fiu" or not 0 < len(row) <= MOST_DIMENSIONS:
        raise ModelError("the answer has a vector that is not a list of numbers")
    numbers = row.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ModelError("the answer has a vector with a number that is not finite")
    if not numbers.any():
        raise ModelError("the answer has a vector of zeros")
    return numbers


def _unpacked(text: str) -> NDArray[np.generic]:
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4")


def _unit(rows: NDArray[np.float64]) -> Vectors:
    """Rows of length 1, scaled first, so that no square overflows."""
    return unit(rows / np.abs(rows).max(axis=1, keepdims=True))


def _tokens(usage: Any) -> int | None:
    """The tokens that a server counted; None where it does not say, or not credibly."""
    for name in ("total_tokens", "prompt_tokens"):
        value = usage.get(name) if isinstance(usage, dict) else None
        if type(value) is int and 0 < value <= _MOST_TOKENS:
            return value
    return None


def _cut(places: Any, count: int) -> tuple[int, ...]:
    """The texts that were not read whole: Broadsheet's own API names them, others do not."""
    if not isinstance(places, list):
        return ()
    return tuple(each for each in places[:count] if type(each) is int and 0 <= each < count)
