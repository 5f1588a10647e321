"""What the wording of a paper says about the votes it will get, next to its vector: its length, and its words.

past papers -> each word is worth the mean standing of the papers that had it -> a new paper: the mean of its words

A word's mean is shrunk towards 0 as if PULL more papers of middling standing had used it; words of fewer than LEAST
papers are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from sys import intern

import numpy as np
from numpy.typing import NDArray

PULL = 10.0
LEAST = 20
LENGTH = 0.3
"""The weight of a logarithm of a length next to a unit vector: it then varies about twice as much over papers as one
of the vector's 384 numbers."""

Floats = NDArray[np.float64]
Words = tuple[str, ...]

_WORD = re.compile(r"\w\w+")


def words(text: str) -> Words:
    """Return the distinct words of a text in lower case, sorted."""
    return tuple(sorted({intern(word) for word in _WORD.findall(text.lower())}))


def lengths(titles: Sequence[str], texts: Sequence[str]) -> Floats:
    """Return two features (n, 2): the logarithms of the number of words in each title and in each text."""
    counts = [(len(title.split()), len(text.split())) for title, text in zip(titles, texts, strict=True)]
    return LENGTH * np.log1p(np.array(counts, dtype=np.float64).reshape(-1, 2))


def worths(papers: Sequence[Words], stood: Floats) -> dict[str, float]:
    """Return the worth of each word that at least LEAST papers use, from the standing (n,) of the papers."""
    total: dict[str, float] = {}
    count: dict[str, int] = {}
    for paper, value in zip(papers, stood.tolist(), strict=True):
        for word in paper:
            total[word] = total.get(word, 0.0) + value
            count[word] = count.get(word, 0) + 1
    return {word: total[word] / (count[word] + PULL) for word in sorted(total) if count[word] >= LEAST}


def mean_worths(papers: Sequence[Words], worth: Mapping[str, float]) -> Floats:
    """Return the mean worth of each paper's words, (n,); an unknown word is worth 0."""
    return np.array([sum(worth.get(word, 0.0) for word in paper) / (len(paper) or 1) for paper in papers])
