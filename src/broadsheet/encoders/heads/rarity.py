"""How much each word of a vocabulary counts in the mean over a text: the rarer, the more.

    a vocabulary of scores (Unigram) -> they are the logarithms of the words' probabilities p
    any other, in the order of its ids -> p by Zipf's law; marks, letters and signs are as common as the first word
    p -> a / (a + p)

Arora et al. 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"; the order of a vocabulary in place of
counts: Tulkens and van Dongen 2024, "Model2Vec".
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_A = 1e-4
_CONTINUED = re.compile("^(?:##|\u0120|\u2581)")  # what WordPiece, BPE of bytes and Unigram put before a piece
_MARK = re.compile(r"\[.*\]|<.*>")  # [CLS], [unused7], <s>


def word_weights(tokenizer: Any, words: int) -> NDArray[np.float32]:
    """Return the weight of each id of a tokenizer, float32 (words,), above 0 and at most 1; 1 for ids that it does not
    have."""
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    marks = [place for word, place in vocabulary.items() if _MARK.fullmatch(word) and place < words]
    if model["type"] == "Unigram":
        scores = [score for _, score in model["vocab"]]
        chances = _chances(np.array(scores[:words], np.float64), [place for place in marks if place < len(scores)])
        places = np.arange(len(chances))
    else:
        ordered = sorted((place, word) for word, place in vocabulary.items() if place < words)
        chances = _zipf([word for _, word in ordered])
        places = np.array([place for place, _ in ordered])
    made = np.zeros(words)
    made[places] = chances
    made[marks] = chances.max()
    return (_A / (_A + made)).astype(np.float32)


def _chances(scores: NDArray[np.float64], marks: Sequence[int]) -> NDArray[np.float64]:
    """Probabilities of words, but of marks, whose scores mean nothing."""
    scores = scores.copy()
    scores[marks] = -np.inf
    made: NDArray[np.float64] = np.exp(scores - scores.max())
    made /= made.sum()
    return made


def _zipf(words: Sequence[str]) -> NDArray[np.float64]:
    """Probabilities by rank: words of several letters are numbered from 1 in their order; the others are as the
    first."""
    several = np.array([len(_CONTINUED.sub("", word)) > 1 and not _MARK.fullmatch(word) for word in words])
    ranks = np.where(several, np.maximum(np.cumsum(several), 1), 1)
    made: NDArray[np.float64] = 1 / ranks / (1 / np.arange(1, max(2, several.sum() + 1))).sum()
    return made
