"""Late interaction: how well the tokens of texts answer the tokens of a query. Khattab and Zaharia 2020, "ColBERT".

similarity of a query and a text = the sum, over the query's tokens, of the largest product with a token of the text

A token of the query counts more when its row is longer: times its inverse document frequency, for example. So the sum
has a part for each token of the query, which one token of the text answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.codes import Codes
from broadsheet.core.protocols import TokenVectors
from broadsheet.core.vectors import Rows, Vectors, products

_AT_ONCE = 1 << 15  # tokens multiplied at once
_BLOCK = 256  # coded tokens that are unpacked at once: they stay in the processor's cache
_BETWEEN = 8  # blocks between two looks at the clock

Unpack = Callable[[Codes], Vectors]
"""Codes (n, width) -> the vectors that they stand for, float32 (n, dim)."""


class Tokens(NamedTuple):
    """The token vectors of n texts, one below the other: ``rows`` (tokens, dim), and ``starts`` int64 (n + 1,), where
    those of each text begin and end."""

    rows: NDArray[np.floating]
    starts: NDArray[np.int64]

    @property
    def texts(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1


def of_words(tokens: TokenVectors) -> TokenVectors:
    """Return the tokens that are parts of words, without punctuation and the marks that an encoder adds: an eighth of
    the tokens of an abstract, which say little (ColBERT leaves punctuation out, too)."""
    places = [
        place
        for place, (name, (start, end)) in enumerate(zip(tokens.tokens, tokens.spans.tolist(), strict=True))
        if end > start and any(map(str.isalnum, name))
    ]
    return TokenVectors(tokens.vectors[places], tuple(tokens.tokens[place] for place in places), tokens.spans[places])


def stacked(vectors: Iterable[NDArray[np.floating]], dim: int) -> Tokens:
    """Return the token vectors of texts, each (tokens, dim), as one, in float16: half the memory."""
    parts = [np.empty((0, dim), np.float16), *(each.astype(np.float16, copy=False) for each in vectors)]
    return Tokens(np.concatenate(parts), np.cumsum([len(each) for each in parts]))


def max_sims(query: NDArray[np.float32], texts: Tokens, only: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    """Return the similarity of a query's tokens (m, dim) with each text, or ``only`` those with these numbers, float32
    (n,): exact, and 0 for a text without tokens."""
    chosen = np.arange(texts.texts) if only is None else only
    sums = np.zeros(len(chosen), np.float32)
    for places, rows, starts in _parts(texts, chosen):
        products = rows.astype(np.float32) @ query.T
        sums[places] = np.maximum.reduceat(products, starts, axis=0).sum(axis=1)
    return sums


def coded_max_sims(
    query: Vectors, codes: Codes, starts: Rows, unpack: Unpack, *, between: Callable[[], None] = lambda: None
) -> Vectors:
    """Return the similarity of a query's tokens (m, dim) with each of n texts, float32 (n,), whose tokens are coded one
    below the other and begin and end at ``starts`` (n + 1,); 0 for a text without tokens. One thread; ``between`` is
    called every few thousand tokens, and may raise."""
    made = np.empty((len(codes), len(query)), np.float32)
    for number, start in enumerate(range(0, len(codes), _BLOCK)):
        if number % _BETWEEN == 0:
            between()
        part = slice(start, start + _BLOCK)
        made[part] = products(unpack(codes[part]), query)
    sums = np.zeros(len(starts) - 1, np.float32)
    there = np.flatnonzero(np.diff(starts))
    if len(there) and len(query):
        sums[there] = np.maximum.reduceat(made, starts[there], axis=0).sum(axis=1)
    return sums


def contributions(query: Vectors, text: Vectors) -> tuple[Rows, Vectors]:
    """Return for each token of a query (m, dim) which token of a text (n, dim) answers it best, int64 (m,), the first
    of equal ones, and what it adds, float32 (m,): the sum is the similarity. -1 and 0 for a text without tokens."""
    if not len(text):
        return np.full(len(query), -1, np.int64), np.zeros(len(query), np.float32)
    made = products(text, query)
    places = made.argmax(axis=0)
    return places, made[places, np.arange(len(query))]


def _parts(
    texts: Tokens, chosen: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.floating], NDArray[np.int64]]]:
    """Texts that have tokens, some at a time: their places in ``chosen``, their rows, and where each begins."""
    lengths = (texts.starts[1:] - texts.starts[:-1])[chosen]
    there = np.flatnonzero(lengths)
    groups = np.cumsum(lengths[there]) // _AT_ONCE
    for group in np.unique(groups):
        places = there[groups == group]
        own = lengths[places]
        starts = np.cumsum(own) - own
        rows = np.arange(own.sum()) + np.repeat(texts.starts[:-1][chosen[places]] - starts, own)
        yield places, texts.rows[rows], starts
