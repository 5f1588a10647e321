"""A control that knows no language: texts are alike if one helps to compress the other. Li et al. 2004, "The Similarity
Metric" (normalised compression distance); Jiang et al. 2023, "Low-Resource Text Classification: A Parameter-Free
Classification Method with Compressors"; Huang et al. 2023, "Approximating Human-Like Few-shot Learning with GPT-based
Compression" (with a language model as the compressor, which is not used here).

similarity of x and y = 1 - (C(xy) - min(C(x), C(y))) / max(C(x), C(y)), where C is the length compressed
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Role
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors, best
from broadsheet.lab.subject import CorpusOnly
from broadsheet.lab.task import Ability, Ranker

_MOST = 20_000  # documents: each is compressed with each query
_WINDOW = -15  # 32 kB, without a header


class Zipped(CorpusOnly):
    """A subject that compares texts by compressing them together. Slow: about 20,000 pairs a second."""

    name, key = "zip", "zip-zlib-9"
    abilities: frozenset[Ability] = frozenset({"pairs", "corpus"})

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:  # noqa: ARG002
        """Return the similarity of each pair, about 0 to 1."""
        return np.array([_similarity(left, right) for left, right in zip(one, other, strict=True)], dtype=np.float64)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Keep the documents. UsageError for more than 20,000, which would take hours."""
        if len(documents) > _MOST:
            raise UsageError(
                f"{self.name} compares each query with each of at most {_MOST:,} texts; got {len(documents):,}."
            )
        yield _Texts([document.content for document in documents])


class _Texts:
    """Texts, asked with texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and similarities, both (m, at most k)."""
        width = min(k, len(self._texts))
        found = [best(np.array([_similarity(query, text) for text in self._texts]), k) for query in queries]
        rows = np.array([rows for rows, _ in found], np.int64).reshape(len(queries), width)
        return rows, np.array([scores for _, scores in found], np.float32).reshape(len(queries), width)


def _similarity(one: str, other: str) -> float:
    left, right = _length(one), _length(other)
    low, high = min(left, right), max(left, right)
    return 1 - (_size(f"{one} {other}") - low) / high


@lru_cache(maxsize=65_536)
def _length(text: str) -> int:
    return _size(text)


def _size(text: str) -> int:
    packer = zlib.compressobj(9, zlib.DEFLATED, _WINDOW)
    return len(packer.compress(text.encode("utf-8", "replace"))) + len(packer.flush())
