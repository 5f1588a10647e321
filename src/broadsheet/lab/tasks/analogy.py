"""Analogies: a is to b as c is to which word? Mikolov et al. 2013; 3CosMul: Levy and Goldberg 2014.

features of all words of the set -> the word nearest to b - a + c, a, b and c left out -> whether it is d

The words of the set are the only candidates: values are higher than with a whole vocabulary, and only to be compared
with one another.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from broadsheet.core.metrics import Floats
from broadsheet.core.vectors import unit
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged, repeated, unique

_AT_ONCE = 512
_NEAR_ZERO = 1e-3  # as in the paper


class Question(NamedTuple):
    """Four words; questions with the same first pair are of one group."""

    item: str
    words: tuple[str, str, str, str]

    @property
    def group(self) -> str:
        """Return the first pair."""
        return f"{self.words[0]} {self.words[1]}"


class Analogy(Judged):
    """Columns: ``a``, ``b``, ``c`` and ``d``."""

    kind = "analogy"
    figures: tuple[Figure, ...] = (Figure("3CosAdd"), Figure("3CosMul"))
    needs: Ability = "features"

    def read(self) -> list[Question]:
        """Return the questions."""
        return self._questions

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield for each question whether d is found by adding, and by multiplying."""
        wanted = [question for question in self.read() if question.item not in known]
        places = {word: place for place, word in enumerate(self._vocabulary)}
        if not wanted:
            return
        vectors = unit(subject.features(self._vocabulary)).astype(np.float64)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            words = np.array([[places[word] for word in question.words] for question in part])
            a, b, c = (vectors[words[:, column]] @ vectors.T for column in range(3))
            found = [_best(scores, words[:, :3]) for scores in (b - a + c, _product(a, b, c))]
            for row, question in enumerate(part):
                for figure, answers in zip(self.figures, found, strict=True):
                    yield Row(figure.name, question.item, (float(answers[row] == words[row, 3]),), question.group)

    @cached_property
    def _vocabulary(self) -> list[str]:
        return sorted({word for question in self.read() for word in question.words})

    @cached_property
    def _questions(self) -> list[Question]:
        rows = [(str(row["a"]), str(row["b"]), str(row["c"]), str(row["d"])) for row in self._set.rows()]
        open_ones = [words for words in rows if words[3] not in words[:3] and all(word.strip() for word in words)]
        self._note(len(rows) - len(open_ones), "questions are left out: the answer is in the question, or a word empty")
        self._some(open_ones, "questions")
        self._note(repeated(open_ones), "questions are in the set twice and count twice")
        items = unique(" ".join(words) for words in open_ones)
        return [Question(item, words) for item, words in zip(items, open_ones, strict=True)]


def _product(a: Floats, b: Floats, c: Floats) -> Floats:
    """3CosMul: cosines brought to [0, 1], then b times c over a."""
    a, b, c = ((cosines + 1) / 2 for cosines in (a, b, c))
    return b * c / (a + _NEAR_ZERO)


def _best(scores: Floats, out: np.ndarray) -> np.ndarray:
    scores = scores.copy()
    np.put_along_axis(scores, out, -np.inf, axis=1)
    return np.asarray(scores.argmax(axis=1))
