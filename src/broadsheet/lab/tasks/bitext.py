"""Bitext: is a sentence's translation found among those of the other language?

sentences of both languages -> cosines with all of the other side, in blocks -> the k nearest of each
margin: cosine / mean cosine with the k nearest of both sides, best first (Artetxe and Schwenk 2019)
mining: the best candidate from either side, each sentence once, best margin first -> F1 at the best threshold
xsim: how often the best margin among the k nearest is not the translation's (Heffernan, Çelebi and Schwenk 2022)
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.metrics import Floats
from broadsheet.core.vectors import Vectors
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Ability, Figure, Row, Subject
from broadsheet.lab.tasks.judged import Judged, argbest, order

_NEAREST = 4  # as in the paper
_AT_ONCE = 1024
_UNPAIRED = 0.5

Places = NDArray[np.int64]


class Near(NamedTuple):
    """The nearest of the other side, best first: rows and cosines, both (n, k)."""

    rows: Places
    cosines: Floats


class Bitext(Judged):
    """Columns: ``one`` and ``other``, a text and its translation. Equal texts are one, with all their translations."""

    needs: Ability = "features"
    _share = 0.0  # of the texts on either side that lose their translation

    def __init__(self, data: Set) -> None:
        super().__init__(data)
        self._share = float(data.options.get("unpaired", self._share))

    def read(self) -> list[str]:
        """Return the texts whose translations are looked for."""
        return self._sides[0]

    def nearest(self, subject: Subject) -> tuple[Near, Near]:
        """Return the nearest others of each text on either side."""
        one, other = (subject.features(texts) for texts in self._sides)
        return near(one, other), near(other, one)

    @cached_property
    def gold(self) -> list[set[int]]:
        """The rows of the translations of each text, none for a text that lost its own."""
        one, other = ({text: row for row, text in enumerate(texts)} for texts in self._sides)
        found: list[set[int]] = [set() for _ in one]
        for left, right in self._pairs:
            if left in one and right in other:
                found[one[left]].add(other[right])
        return found

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [(str(row["one"]), str(row["other"])) for row in self._set.rows()]
        whole = [pair for pair in pairs if pair[0].strip() and pair[1].strip()]
        self._note(len(pairs) - len(whole), "pairs with an empty text are left out")
        self._some(whole, "pairs")
        return whole

    @cached_property
    def _sides(self) -> tuple[list[str], list[str]]:
        """The texts of both sides. Of pairs in the order of a hash, some lose the one text, as many the other."""
        pairs = [self._pairs[place] for place in order(["\t".join(pair) for pair in self._pairs])]
        lost = int(len(pairs) * self._share / 2)
        one, other = pairs[lost:], pairs[: len(pairs) - lost]
        return list(dict.fromkeys(left for left, _ in one)), list(dict.fromkeys(right for _, right in other))


class Xsim(Bitext):
    """How often the best of all is not a translation, by margin (``xsim``) and by cosine. Less is better."""

    kind = "xsim"
    figures: tuple[Figure, ...] = (Figure("xsim", higher=False), Figure("cosine error", higher=False))

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield 0 for each text whose best is a translation, else 1."""
        texts = self.read()
        if all(str(row) in known for row in range(len(texts))):
            return
        forward, backward = self.nearest(subject)
        margin = margins(forward, backward)
        for row, gold in enumerate(self.gold):
            for figure, scores in zip(self.figures, (margin, forward.cosines), strict=True):
                best = int(forward.rows[row, np.argmax(scores[row])])
                yield Row(figure.name, str(row), (float(best not in gold),))


class BitextMining(Bitext):
    """Half of the texts have no translation on the other side (``unpaired``), so that a threshold is needed, as it is
    in a crawl. ``F1`` by margin, and by cosine."""

    kind = "bitext-mining"
    figures: tuple[Figure, ...] = (Figure("F1", "mined_f1"), Figure("cosine F1", "mined_f1"))
    _share = _UNPAIRED

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:  # noqa: ARG002
        """Yield (score, whether right, how many there are to be found) of each text's candidate."""
        texts = self.read()
        if all(str(row) in known for row in range(len(texts))):
            return
        forward, backward = self.nearest(subject)
        found = [
            mined(forward, backward, *scores)
            for scores in (
                (margins(forward, backward), margins(backward, forward)),
                (forward.cosines, backward.cosines),
            )
        ]
        for row, gold in enumerate(self.gold):
            for figure, (scores, others) in zip(self.figures, found, strict=True):
                right = float(int(others[row]) in gold)
                yield Row(figure.name, str(row), (float(scores[row]), right, float(bool(gold))))


def near(one: Vectors, other: Vectors, k: int = _NEAREST) -> Near:
    """Return the k nearest of ``other`` (m, dim) for each of ``one`` (n, dim), unit rows, a block of rows at a time."""
    blocks = (one[start : start + _AT_ONCE] @ other.T for start in range(0, len(one), _AT_ONCE))
    parts = [argbest(block.astype(np.float64), k) for block in blocks]
    return Near(np.concatenate([rows for rows, _ in parts]), np.concatenate([scores for _, scores in parts]))


def margins(forward: Near, backward: Near) -> Floats:
    """Return the ratio margin of each near pair: its cosine over the mean of the mean cosines of both with their
    nearest, float64 (n, k)."""
    one, other = forward.cosines.mean(axis=1, dtype=np.float64), backward.cosines.mean(axis=1, dtype=np.float64)
    typical = (one[:, None] + other[forward.rows]) / 2
    return forward.cosines / np.where(np.abs(typical) > 1e-9, typical, 1e-9)


def mined(forward: Near, backward: Near, scores: Floats, back: Floats) -> tuple[Floats, Places]:
    """Return the score and the row of the candidate of each text on the first side, both (n,); without one the row is
    -1 and the score below all others.

    Candidates are the best of each text of either side; they are taken by their score, each text once.
    """
    n = len(forward.rows)
    first, last = np.argmax(scores, axis=1), np.argmax(back, axis=1)
    left = np.concatenate([np.arange(n), np.take_along_axis(backward.rows, last[:, None], 1)[:, 0]])
    right = np.concatenate([np.take_along_axis(forward.rows, first[:, None], 1)[:, 0], np.arange(len(backward.rows))])
    values = np.concatenate([scores.max(axis=1), back.max(axis=1)])
    chosen, best = np.full(n, -1), np.full(n, values.min() - 1)
    taken: set[int] = set()
    for place in np.argsort(-values, kind="stable").tolist():
        one, other = int(left[place]), int(right[place])
        if chosen[one] < 0 and other not in taken:
            chosen[one], best[one] = other, values[place]
            taken.add(other)
    return best, chosen
