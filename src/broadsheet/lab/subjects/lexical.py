"""Controls that know words alone: what a model is worth is how far it is above them.

documents -> for each word, the documents that have it and what it adds to each -> the sum over the words of a query
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import log, sqrt

import numpy as np

from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Role
from broadsheet.core.text import folded
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.core.words import words
from broadsheet.lab.subject import CorpusOnly, matched
from broadsheet.lab.task import Ability, Ranker

_K1, _B = 0.9, 0.4  # as in Anserini, the values that published BM25 baselines mostly have
_PLACES = 1024  # of hashed counts
_VERSION = 2  # raised when the numbers change

Postings = Mapping[str, tuple[Rows, Floats]]


class Bm25(CorpusOnly):
    """BM25 (Robertson and Zaragoza 2009; k1 0.9, b 0.4, words without stems). It ranks; it has neither similarities nor
    features."""

    name = "bm25"
    key = f"bm25-{_VERSION}"

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Weigh the words of documents."""
        bags = [_bag(document.content) for document in documents]
        lengths = np.array([sum(bag.values()) for bag in bags], np.float64)
        damp = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0)) if len(bags) else lengths

        def weight(rows: Rows, counts: Floats) -> Floats:
            rarity = log(1 + (len(bags) - len(rows) + 0.5) / (len(rows) + 0.5))
            return rarity * counts * (_K1 + 1) / (counts + damp[rows])

        yield _Weighed(_postings(bags, weight), len(bags))


class BagOfWords:
    """Counted words. A pair's similarity is the cosine of the counts; a corpus is ranked by the cosine of tf-idf
    (Salton and Buckley 1988; smoothed and scaled as in scikit-learn); features are counts at 1,024 hashed places
    (Weinberger et al. 2009), each count as its square root."""

    name = "bow"
    key = f"bow-{_VERSION}"
    abilities: frozenset[Ability] = frozenset({"pairs", "corpus", "features", "words"})

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:  # noqa: ARG002
        """Return the cosine of the counts of each pair, 0 for a text without words."""
        return np.array([_cosine(_bag(left), _bag(right)) for left, right in zip(one, other, strict=True)], np.float64)

    def features(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, float32 (n, 1024)."""
        rows = np.zeros((len(texts), _PLACES), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word, count in _bag(text).items():
                code = zlib.crc32(word.encode("utf-8", "surrogatepass"))
                row[code % _PLACES] += sqrt(count) * (1 if code & 0x80000000 else -1)
        return unit(rows)

    def words(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return the features of each word alone: no context is read."""
        return self.features([text[start:end] for text, (start, end) in zip(texts, spans, strict=True)])

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:  # noqa: ARG002
        """Weigh the words of documents by tf-idf."""
        bags = [_bag(document.content) for document in documents]
        rarity: dict[str, float] = {}

        def weight(rows: Rows, counts: Floats) -> Floats:
            return counts * _rarity(len(rows), len(bags))

        weighed = _postings(bags, weight)
        norms = np.zeros(len(bags))
        for word, (rows, weights) in weighed.items():
            rarity[word] = _rarity(len(rows), len(bags))
            np.add.at(norms, rows, np.square(weights))
        norms = np.sqrt(np.where(norms > 0, norms, 1.0))
        yield _Weighed({word: (rows, weights / norms[rows]) for word, (rows, weights) in weighed.items()}, len(bags),
                       rarity)  # fmt: skip


class _Weighed:
    """Weighed words of ``count`` documents, summed for queries. With ``rarity`` queries are weighed like documents."""

    def __init__(self, postings: Postings, count: int, rarity: Mapping[str, float] | None = None) -> None:
        self._postings, self._count, self._rarity = postings, count, rarity

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        """Return rows and scores, both (m, at most k); documents that share no word with a query are not among them."""
        return matched([self._scores(_bag(query)) for query in queries], min(k, self._count))

    def _scores(self, bag: Counter[str]) -> Floats:
        scores = np.zeros(self._count)
        weights = {word: count * (self._rarity or {}).get(word, 1.0) for word, count in bag.items()}
        size = sqrt(sum(weight * weight for weight in weights.values())) if self._rarity else 1.0
        for word, weight in weights.items():
            if word in self._postings:
                rows, values = self._postings[word]
                scores[rows] += values * (weight / size)
        return scores


def _postings(bags: Sequence[Counter[str]], weight: Callable[[Rows, Floats], Floats]) -> Postings:
    """The documents of each word, ascending, and the word's ``weight`` in each."""
    places: dict[str, tuple[list[int], list[int]]] = {}
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            rows, counts = places.setdefault(word, ([], []))
            rows.append(row)
            counts.append(count)
    made = {word: (np.array(rows, np.int64), np.array(counts, np.float64)) for word, (rows, counts) in places.items()}
    return {word: (rows, weight(rows, counts)) for word, (rows, counts) in made.items()}


def _rarity(documents: int, of: int) -> float:
    return log((1 + of) / (1 + documents)) + 1


def _bag(text: str) -> Counter[str]:
    return Counter(folded(word) for word in words(text))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    size = sqrt(sum(count * count for count in one.values()) * sum(count * count for count in other.values()))
    return sum(count * other[word] for word, count in one.items()) / size if size else 0.0
