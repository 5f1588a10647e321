"""What each word of a query adds to a paper's score by words: exact, by the Lexicon itself.

the words of the query as indexed -> each alone, searched in this paper only -> its part of BM25: they sum to it
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.words import words

_MOST = 64  # different words of a query that are looked at


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query as it was typed, what it adds to BM25 (0: not in the paper), and how many papers have it."""

    word: str
    score: float
    papers: int


def terms(collection: Collection, text: str, number: int) -> tuple[Term, ...]:
    """Return the words of a query, at most 64 different ones, by what they add to the score of a paper, the largest
    first. Stop words are not among them. CollectionError when the Lexicon is missing or damaged."""
    lexicon, alone = collection.lexicon, np.array([number], dtype=np.int64)
    typed = _typed(collection, text)
    stems = list(Counter(lexicon.terms(text)).items())[:_MOST]
    papers = lexicon.frequencies([stem for stem, _ in stems])
    made = []
    for (stem, count), frequency in zip(stems, papers, strict=True):
        _, scores = lexicon.search([stem] * count, 1, allowed=alone)
        made.append(Term(typed.get(stem, stem), float(scores[0]) if len(scores) else 0.0, frequency))
    return tuple(sorted(made, key=lambda each: -each.score))


def rarity(collection: Collection, text: str) -> tuple[Term, ...]:
    """Return the words of a query, at most 64 different ones, by how rare they are (``score``: the logarithm of how
    many papers there are for each that has the word), the rarest first. CollectionError without a Lexicon."""
    lexicon, typed = collection.lexicon, _typed(collection, text)
    stems = list(dict.fromkeys(lexicon.terms(text)))[:_MOST]
    made = [
        Term(typed.get(stem, stem), float(np.log((lexicon.count + 1) / (papers + 0.5))), papers)
        for stem, papers in zip(stems, lexicon.frequencies(stems), strict=True)
    ]
    return tuple(sorted(made, key=lambda each: -each.score))


def only_in(collection: Collection, one: str, other: str, most: int) -> tuple[Term, ...]:
    """Return words of a text that another text does not have in any form, by how often it has them and how rare they
    are (``score``), at most so many."""
    lexicon = collection.lexicon
    there = set(lexicon.terms(other))
    counts = Counter(stem for stem in lexicon.terms(one) if stem not in there and len(stem) > 1 and not stem.isdigit())
    typed, total = _typed(collection, one), lexicon.count
    papers = lexicon.frequencies(list(counts))
    made = [
        Term(typed.get(stem, stem), count * float(np.log((total + 1) / (frequency + 0.5))), frequency)
        for (stem, count), frequency in zip(counts.items(), papers, strict=True)
    ]
    return tuple(sorted(made, key=lambda each: -each.score)[:most])


def _typed(collection: Collection, text: str) -> dict[str, str]:
    """How each word as indexed was first written in a text."""
    written: dict[str, str] = {}
    for word in words(text):
        for stem in collection.stems[word]:
            written.setdefault(stem, word)
    return written
