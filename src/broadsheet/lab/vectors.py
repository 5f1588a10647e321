"""Vectors of texts, and the cosines between them: ``bs.encode``, ``bs.similarity``, ``bs.pairs``.

texts -> an encoder, by its name or as an object -> unit rows;  a matrix -> checked, its rows made unit
two sets of rows -> every cosine, or that of each row with the row in its place

A cosine says how near two texts are for one encoder, next to its other cosines: Steck, Ekanadham and Kallus 2024, "Is
Cosine-Similarity of Embeddings Really About Similarity?"
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet import names
from broadsheet.collection import DEFAULT_ENCODER
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.core.vectors import unit

Given = str | Sequence[str] | NDArray[Any]
"""A text, several texts, or a matrix of vectors (n, dim)."""


def encode(
    texts: Sequence[str],
    *,
    encoder: str | Encoder = DEFAULT_ENCODER,
    role: Role = "document",
    models: Path | None = None,
    cache: Path | None = None,
) -> Vectors:
    """Return unit rows, float32 (n, dim), one for each text in the order given.

    ``encoder`` is a name (``minilm``, ``minilm?layers=4``) or an object with ``encode``; ``models`` is the folder of
    its weights, ``cache`` one for what can be made again. An empty text gets a vector too, which says nothing. A name
    is loaded once a process. UsageError for what is not a text, ModelError when the encoder fails.
    """
    texts = _texts(texts, "texts")
    made = _loaded(encoder, models, cache) if isinstance(encoder, str) else encoder
    rows = np.asarray(made.encode(texts, role=role), dtype=np.float32)
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise ModelError(f"The encoder gives a vector that is not finite for the text {texts[int(bad[0])][:60]!r}.")
    return rows


def similarity(a: Given, b: Given, *, encoder: str | Encoder = DEFAULT_ENCODER) -> Vectors:
    """Return the cosine of each text or row of ``a`` with each of ``b``, float32 (n, m). Texts are encoded as
    documents. UsageError for empty texts, vectors that are not finite or zero, and for two dimensions."""
    left, right = _both(a, b, encoder)
    return np.asarray(left @ right.T, dtype=np.float32)


def pairs(a: Given, b: Given, *, encoder: str | Encoder = DEFAULT_ENCODER) -> Vectors:
    """Return the cosine of each text or row of ``a`` with the one of ``b`` in the same place, float32 (n,).

    UsageError as in ``similarity``, and unless both have the same number.
    """
    left, right = _both(a, b, encoder)
    if len(left) != len(right):
        raise UsageError(
            f"a has {len(left):,} rows and b has {len(right):,}: pairs need the same number. "
            "To compare each with each, use similarity (--matrix)."
        )
    return np.asarray(np.vecdot(left, right), dtype=np.float32)


def unit_rows(matrix: NDArray[Any], name: str) -> Vectors:
    """Return a matrix with rows of length 1, float32 (n, dim). UsageError, which says ``name``, for another number of
    axes, for no dimension, and for the first row that is not finite or is zero."""
    if matrix.ndim != 2 or matrix.shape[1] == 0 or matrix.dtype.kind not in "fiu":
        raise UsageError(
            f"{name} is a {matrix.dtype} array of the shape {matrix.shape}; expected numbers (rows, dimensions)."
        )
    rows = np.asarray(matrix, dtype=np.float32)
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    for wrong, what in ((~np.isfinite(norms), "holds a number that is not finite"), (norms == 0, "is zero")):
        if wrong.any():
            count = int(wrong.sum())
            raise UsageError(
                f"{name}: row {int(np.flatnonzero(wrong)[0])} {what} ({count:,} such row{'' if count == 1 else 's'}), "
                "so it has no direction. Remove it or encode its text again."
            )
    return unit(rows)


def _both(a: Given, b: Given, encoder: str | Encoder) -> tuple[Vectors, Vectors]:
    left, right = _rows(a, "a", encoder), _rows(b, "b", encoder)
    if left.shape[1] != right.shape[1]:
        raise UsageError(
            f"a has {left.shape[1]} dimensions and b has {right.shape[1]}: only vectors of one encoder can be compared."
        )
    return left, right


def _rows(given: Given, name: str, encoder: str | Encoder) -> Vectors:
    if isinstance(given, np.ndarray) and given.dtype.kind not in "UO":
        return unit_rows(given, name)
    texts = _texts([given] if isinstance(given, str) else given, name)
    empty = [place for place, text in enumerate(texts) if not text.strip()]
    if empty:
        raise UsageError(f"{name}: text {empty[0] + 1} is empty, so it has no meaning to compare. Leave it out.")
    return encode(texts, encoder=encoder)


def _texts(given: Any, name: str) -> list[str]:
    if isinstance(given, str):
        raise UsageError(f"{name} is one text; expected a list of texts: [text].")
    texts = list(given)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"{name}: item {place} is a {type(text).__name__}; expected a text.")
    return texts


@lru_cache(maxsize=4)
def _loaded(name: str, models: Path | None, cache: Path | None) -> Encoder:
    return names.encoder(name, models=models, cache=cache)
