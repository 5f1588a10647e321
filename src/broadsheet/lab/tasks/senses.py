"""Senses in context: does a word mean the same in two sentences? Pilehvar and Camacho-Collados 2019, "WiC: the
Word-in-Context Dataset for Evaluating Context-Sensitive Meaning Representations".

The items are made: pairs of example sentences of WordNet that have one word in the same form. Both are of one
synset, or of two. Each word has as many pairs of either kind, so that the word itself says nothing about the answer,
and an encoder that reads no context gives each pair of it one similarity: it scores 50 %.

words with examples of two senses, and two of one -> pairs, as many the same as not -> words are split into two halves
one half: the threshold -> the other half: similarity of the word in both contexts -> accuracy at the threshold, AUC
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import Floats
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged
from broadsheet.lab.wordnet import Example, examples

MOST_OF_A_WORD = 3  # pairs of either kind
_AT_ONCE = 256


class Contexts(NamedTuple):
    """Two sentences with one word, and whether it has one sense in both: 1 or 0."""

    item: str
    one: Example
    other: Example
    same: int


class Senses(Judged):
    """A folder with WordNet's data files. The items are made from them and are the same for everybody who has them."""

    kind = "senses"
    figures: tuple[Figure, ...] = (Figure("accuracy", "accuracy"), Figure("AUC", "auc"))
    needs: Ability = "words"

    def read(self) -> list[Contexts]:
        """Return the pairs of both halves."""
        return self._pairs

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (right or not) and (similarity, same) of each pair of the half that counts; the pairs of a word are a
        group."""
        halves: tuple[list[Contexts], list[Contexts]] = ([], [])
        for pair in self._pairs:
            halves[_half(pair.one.word)].append(pair)
        if not all(halves):
            raise SourceError(f"{self.name}: WordNet's files give {len(self._pairs)} pairs, too few for two halves.")
        wanted = [pair for pair in halves[1] if pair.item not in known]
        if not wanted:
            return
        threshold = _threshold(similarities(subject, halves[0]), np.array([pair.same for pair in halves[0]]))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for pair, score in zip(part, similarities(subject, part), strict=True):
                group = f"{pair.one.word} {pair.one.kind}"
                yield Row("accuracy", pair.item, (float((score >= threshold) == pair.same),), group)
                yield Row("AUC", pair.item, (float(score), pair.same), group)

    @cached_property
    def _pairs(self) -> list[Contexts]:
        self._notes.append(f"{self.name}: the items are made from WordNet's examples; no one has judged each of them.")
        return made(examples(self._set.folder))


def made(found: Iterator[Example]) -> list[Contexts]:
    """Make the pairs: for each word as many of one synset as of two, in an order that a hash of them gives."""
    by_word: defaultdict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in found:
        by_word[example.word, example.kind].append(example)
    pairs = []
    for _, given in sorted(by_word.items()):
        same, different = list[Contexts](), list[Contexts]()
        for one, other in combinations(sorted(set(given)), 2):
            if one.text != other.text:
                alike = one.synset == other.synset
                item = hashlib.sha256(repr((one, other)).encode()).hexdigest()[:12]
                (same if alike else different).append(Contexts(item, one, other, int(alike)))
        count = min(len(same), len(different), MOST_OF_A_WORD)
        pairs += sorted(same)[:count] + sorted(different)[:count]
    return pairs


def similarities(subject: Subject, pairs: Sequence[Contexts]) -> Floats:
    """Return the cosine of the word's vectors in both contexts, (n,), in six digits: equal vectors are equal."""
    one, other = (subject.words([each.text for each in side], [(each.start, each.end) for each in side])
                  for side in ([pair.one for pair in pairs], [pair.other for pair in pairs]))  # fmt: skip
    cosines: Floats = np.vecdot(one.astype(np.float64), other.astype(np.float64))
    return np.round(cosines, 6)


def _half(word: str) -> int:
    return hashlib.sha256(word.encode()).digest()[0] % 2


def _threshold(scores: Floats, same: np.ndarray) -> float:
    """The score from which on most pairs are judged right; the lowest of several."""
    levels = np.unique(scores)
    right = [int(np.count_nonzero((scores >= level) == same)) for level in levels]
    return float(levels[int(np.argmax(right))])
