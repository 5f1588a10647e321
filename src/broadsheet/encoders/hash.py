"""An encoder without a model: words and their letter groups, hashed. For tests, and for a machine with nothing else.

    text -> plain words -> each word and each three letters of it are features, counted
    feature -> a place and a sign by CRC-32 -> the square root of its count added there -> length 1

Weinberger et al. 2009, "Feature hashing for large scale multitask learning". The same on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.key_form import key_form
from broadsheet.core.protocols import Role, TokenVectors, Vectors
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

    def word_vectors(self, texts: Sequence[str], *, role: Role = "document") -> list[TokenVectors]:  # noqa: ARG002
        """Return what each stretch between spaces adds to a text's vector, (stretches, dim): their sum is the vector
        before it gets length 1. A feature that occurs c times counts √c, a c-th of it at each place. Words of markup
        that goes over spaces have no characters of their own."""
        return [self._words(text) for text in texts]

    def _words(self, text: str) -> TokenVectors:
        stretches = [(match.span(), _words(match[0])) for match in re.finditer(r"\S+", text)]
        words, counts = _words(text), Counter(_features(text))
        if [word for _, own in stretches for word in own] != words:
            stretches = [((0, 0), [word]) for word in words]
        rows = np.zeros((len(stretches), self.dim), np.float32)
        for row, (_, own) in zip(rows, stretches, strict=True):
            for feature in (each for word in own for each in _features_of(word)):
                self._add(row, {feature: counts[feature]}, share=1 / counts[feature])
        spans = np.array([span for span, _ in stretches], np.int64).reshape(-1, 2)
        return TokenVectors(rows, tuple(" ".join(own) for _, own in stretches), spans)

    def too_long(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return bool (n,), all false: no text is ever cut."""
        return np.zeros(len(texts), dtype=bool)

    def _add(self, row: NDArray[np.float32], counts: Mapping[str, int], share: float = 1.0) -> None:
        for feature, count in counts.items():
            code = zlib.crc32(feature.encode())
            sign = 1.0 if code & 0x80000000 else -1.0
            row[(code & 0x7FFFFFFF) % self.dim] += sign * share * count**0.5 * (1.0 if feature[0] == " " else 0.5)


def _features(text: str) -> Iterator[str]:
    """A whole word begins with a space, a group of letters with ``<``, a letter or ``>``."""
    return (feature for word in _words(text) for feature in _features_of(word))


def _words(text: str) -> list[str]:
    return key_form(text.encode("utf-8", "replace").decode()).split()


def _features_of(word: str) -> Iterator[str]:
    yield f" {word}"
    marked = f"<{word}>"
    yield from (marked[i : i + 3] for i in range(len(marked) - 2))
