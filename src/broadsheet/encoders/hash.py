"""An encoder without a model: words and their letter groups, hashed. For tests, and for a machine with nothing else.

    text -> plain words -> each word and each three letters of it are features, counted
    feature -> a place and a sign by CRC-32 -> the square root of its count added there -> length 1

Weinberger et al. 2009, "Feature hashing for large scale multitask learning". The same on every machine.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.key_form import key_form
from broadsheet.core.protocols import Role, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.encoders.switches import refuse

DIM = 256


def named(rest: str = "", *, models: Path | None = None, cache: Path | None = None) -> HashEncoder:  # noqa: ARG001
    """``hash`` or ``hash:DIM``."""
    if not refuse(rest, "hash"):
        return HashEncoder()
    if not (rest.isascii() and rest.isdigit() and len(rest) < 6 and 8 <= int(rest) <= 65536):
        raise UsageError(
            f"hash:{rest} is not understood; expected a dimension from 8 to 65536, for example hash:{DIM}."
        )
    return HashEncoder(int(rest))


class HashEncoder:
    """Texts that share words are near, texts that share none nearly at right angles. Reads every text whole."""

    def __init__(self, dim: int = DIM) -> None:
        self.dim = dim
        self.name = "hash" if dim == DIM else f"hash:{dim}"
        self.manifest = Manifest(encoder=self.name, version="1", weights="", dim=dim, pooling="sum of features")

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:  # noqa: ARG002
        """Return unit rows, float32 (n, dim); a text without words is the first axis."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._add(row, Counter(_features(text)))
        return unit(rows)

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,), all false: no text is ever cut."""
        return np.zeros(len(texts), dtype=bool)

    def _add(self, row: NDArray[np.float32], counts: Counter[str]) -> None:
        for feature, count in counts.items():
            code = zlib.crc32(feature.encode())
            sign = 1.0 if code & 0x80000000 else -1.0
            row[(code & 0x7FFFFFFF) % self.dim] += sign * count**0.5 * (1.0 if feature[0] == " " else 0.5)


def _features(text: str) -> Iterator[str]:
    """A whole word begins with a space, a group of letters with ``<``, a letter or ``>``."""
    for word in key_form(text.encode("utf-8", "replace").decode()).split():
        yield f" {word}"
        marked = f"<{word}>"
        yield from (marked[i : i + 3] for i in range(len(marked) - 2))
