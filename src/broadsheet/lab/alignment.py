"""How two texts compare: their cosine, what it is next to chance, and which words and sentences make it.

texts -> their vectors -> the cosine, and how many of chance's cosines lie below it
sentences of each -> their vectors -> the nearest of the other text
tokens of each -> (token . other text) / (number of tokens x length of the mean) -> parts that sum to the cosine

The parts of words are exact where the encoder pools by mean: the cosine of two means is a sum over their terms. Where
it does not, they are left out. A token's state depends on its neighbours, so a part is a word's in this text. The
nearest sentence of the other text: Zhang et al. 2020, "BERTScore", for tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder, TokenVectors, Vectors
from broadsheet.core.text import sentences

LONGEST = 5_000
"""Characters of a text that is compared."""
_MOST_SENTENCES = 40  # of each text
_SAME = 0.999  # cosine of a text's vector with the mean of its tokens, where the parts are exact
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, and its part of the cosine."""

    text: str
    part: float


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence, the sentence of the other text that is nearest, and their cosine."""

    text: str
    other: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts. ``words`` is empty where parts would not be exact, ``matches`` where both texts are one
    sentence; ``cut``: the encoder did not read it whole."""

    words: tuple[Word, ...]
    matches: tuple[Match, ...]
    cut: bool

    @property
    def best(self) -> list[Word]:
        """Return the five words with the largest parts, largest first."""
        return sorted((word for word in self.words if word.part > 0), key=lambda word: -word.part)[:5]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The cosine of two texts, the share (0 to 1) of chance's cosines below it, if known, and both texts."""

    cosine: float
    above: float | None
    a: Side
    b: Side


def compare(encoder: Encoder, a: str, b: str, *, chance: Vectors | None = None) -> Comparison:
    """Compare two texts; ``chance`` are the ascending cosines of pairs that have nothing to do with one another.

    UsageError for a text that is empty or longer than ``LONGEST`` characters.
    """
    for name, text in (("first", a), ("second", b)):
        if not text.strip():
            raise UsageError(f"the {name} text is empty: type some words")
        if len(text) > LONGEST:
            raise UsageError(f"the {name} text has {len(text):,} characters; at most {LONGEST:,} are compared")
    rows = encoder.encode([a, b])
    cosine = float(rows[0] @ rows[1])
    words = _words(encoder, (a, b), rows)
    matches = _matches(encoder, a, b)
    too_long = getattr(encoder, "too_long", None)
    cut = too_long([a, b]).tolist() if too_long else [False, False]
    above = float(np.searchsorted(chance, cosine) / len(chance)) if chance is not None and len(chance) else None
    return Comparison(cosine, above, *(Side(words[i], matches[i], cut[i]) for i in (0, 1)))


def _matches(encoder: Encoder, a: str, b: str) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """The nearest sentence of the other text for each sentence."""
    left, right = sentences(a)[:_MOST_SENTENCES], sentences(b)[:_MOST_SENTENCES]
    if len(left) < 2 and len(right) < 2:
        return (), ()
    rows = encoder.encode([*left, *right])
    cosines = rows[: len(left)] @ rows[len(left) :].T
    return _nearest(left, right, cosines), _nearest(right, left, cosines.T)


def _nearest(texts: Sequence[str], others: Sequence[str], cosines: Vectors) -> tuple[Match, ...]:
    places = cosines.argmax(axis=1)
    return tuple(
        Match(text, others[place], float(row[place])) for text, place, row in zip(texts, places, cosines, strict=True)
    )


def _words(encoder: Encoder, texts: tuple[str, str], rows: Vectors) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words of both texts with their parts of the cosine; none where the parts would not sum to it."""
    token_vectors = getattr(encoder, "token_vectors", None)
    if token_vectors is None or "mean" not in encoder.manifest.pooling:  # type: ignore[attr-defined]
        return (), ()
    tokens: list[TokenVectors] = token_vectors(list(texts))
    means = [each.vectors.mean(axis=0, dtype=np.float64) for each in tokens if len(each.vectors)]
    lengths = [float(np.linalg.norm(mean)) for mean in means]
    if len(means) < 2 or means[0].shape != rows[0].shape:  # a step after the pooling, or a cut, made other axes
        return (), ()
    if any(mean @ row < _SAME * length for mean, row, length in zip(means, rows, lengths, strict=True)):
        return (), ()
    parts = [
        each.vectors @ other / (len(each.vectors) * length)
        for each, other, length in zip(tokens, rows[::-1], lengths, strict=True)
    ]
    return _summed(texts[0], tokens[0], parts[0]), _summed(texts[1], tokens[1], parts[1])


def _summed(text: str, tokens: TokenVectors, parts: Vectors) -> tuple[Word, ...]:
    """The parts of the tokens that begin in each word."""
    found = list(_WORD.finditer(text))
    ends = np.array([match.end() for match in found])
    real = tokens.spans[:, 1] > tokens.spans[:, 0]
    places = np.searchsorted(ends, tokens.spans[real, 0], side="right")
    sums = np.bincount(np.minimum(places, len(found) - 1), weights=parts[real], minlength=len(found))
    return tuple(Word(match[0], float(part)) for match, part in zip(found, sums, strict=True))
