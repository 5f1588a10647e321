"""A ranked list that is filled in place by place: a thousand places are ranked, ten are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.types import MeaningPart, Part
from broadsheet.core.vectors import Rows, Vectors

_STEP = 1e-6  # what the score falls by from place to place below the fused head

Pinned = Literal["", "identifier", "title", "author"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One place of the ranked list, before its document is read; ``same`` are the numbers of papers of the same work
    that it stands for, each with its confidence."""

    number: int
    score: float
    parts: Mapping[str, Part] = field(default_factory=dict)
    pinned: Pinned = ""
    meanings: tuple[MeaningPart, ...] = ()
    same: tuple[tuple[int, float], ...] = ()


class Places(Protocol):
    """Papers in their order."""

    @property
    def numbers(self) -> Rows:
        """Return the numbers, best first."""
        ...

    def at(self, place: int) -> Listed:
        """Return one place in full."""
        ...


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a search for every paper of a list: raw scores (NaN: none), ranks (0: not listed), what they add."""

    scores: Vectors
    ranks: Rows
    adds: np.ndarray

    def part(self, at: int) -> Part:
        """Return what this side says about the paper at one place."""
        score = float(self.scores[at])
        return Part(None if score != score else score, int(self.ranks[at]) or None, float(self.adds[at]))

    def taken(self, places: Rows) -> Side:
        """Return the side for the papers at some places, in their order."""
        return Side(self.scores[places], self.ranks[places], self.adds[places])


@dataclass(frozen=True, slots=True)
class Fused:
    """Numbers (n,) with every side of a search by its name, best first: by the sum of what all add (``scores``), ties
    by number."""

    numbers: Rows
    sides: Mapping[str, Side]
    scores: np.ndarray

    @classmethod
    def of(cls, numbers: Rows, sides: Mapping[str, Side]) -> Fused:
        """Sort numbers and sides, best first."""
        total = np.zeros(len(numbers))
        for side in sides.values():
            total = total + side.adds
        order = np.lexsort((numbers, -total))
        return cls(numbers[order], {name: side.taken(order) for name, side in sides.items()}, total[order])

    def at(self, place: int) -> Listed:
        """Return one place in full."""
        parts = {name: side.part(place) for name, side in self.sides.items()}
        return Listed(int(self.numbers[place]), float(self.scores[place]), parts)


@dataclass(frozen=True, slots=True)
class Alone:
    """One side's own list, best first, or (``side`` empty) a list without scores; ``floor`` is the score that a fused
    head ends with, if this is its tail."""

    numbers: Rows
    scores: Vectors
    side: str = "semantic"
    floor: float | None = None

    def at(self, place: int) -> Listed:
        """Return one place in full; in a tail the side adds nothing and the score only falls."""
        number, score = int(self.numbers[place]), float(self.scores[place])
        if not self.side:
            return Listed(number, score)
        if self.floor is None:
            return Listed(number, score, {self.side: Part(score, place + 1, score)})
        return Listed(number, self.floor - (place + 1) * _STEP, {self.side: Part(score, place + 1, 0.0)})


class Ranking:
    """Places of one or two lists one after the other, each number once, after the pinned ones."""

    def __init__(self, *lists: Places, pins: Sequence[Listed] = ()) -> None:
        self._lists, self._pins = lists, tuple(pins)
        self._numbers = np.concatenate([each.numbers for each in lists])
        self._spots = self._distinct([each.number for each in pins])
        self._same: Mapping[int, tuple[tuple[int, float], ...]] = {}
        self.final = False  # whether equal scores keep their places, rather than being put in the order of ids

    def _distinct(self, taken: Sequence[int]) -> Rows:
        """Where in ``_numbers`` each number is that is not taken before."""
        spots, start, seen = [], 0, np.array(taken, dtype=np.int64)
        for each in self._lists:
            spots.append(np.flatnonzero(~_among(each.numbers, seen)) + start)
            start, seen = start + len(each.numbers), np.concatenate([seen, each.numbers])
        return np.concatenate(spots)

    @property
    def pins(self) -> int:
        """Return how many places are pinned, the first ones."""
        return len(self._pins)

    def __len__(self) -> int:
        return len(self._pins) + len(self._spots)

    def __getitem__(self, place: int) -> Listed:
        pins = len(self._pins)
        listed = self._pins[place] if place < pins else self._at(int(self._spots[place - pins]))
        same = self._same.get(listed.number)
        return replace(listed, same=same) if same else listed

    def _at(self, spot: int) -> Listed:
        first = self._lists[0]
        return first.at(spot) if spot < len(first.numbers) else self._lists[1].at(spot - len(first.numbers))

    def numbers(self, most: int) -> list[int]:
        """Return the numbers of the first places, at most so many."""
        numbers = [each.number for each in self._pins[:most]]
        numbers += self._numbers[self._spots[: most - len(numbers)]].tolist()
        return numbers

    def without(self, gone: Sequence[int]) -> Ranking:
        """Return the ranking without some numbers."""
        if not gone:
            return self
        out = set(gone)
        made = Ranking(*self._lists, pins=[each for each in self._pins if each.number not in out])
        made._spots = self._spots[~np.isin(self._numbers[self._spots], gone)]
        return made

    def arranged(self, first: Sequence[int], same: Mapping[int, tuple[tuple[int, float], ...]]) -> Ranking:
        """Return the ranking with the numbers ``first`` in this order after the pinned ones, and without the papers of
        the ``same`` work that others stand for, by the numbers of these."""
        made = self.without([number for others in same.values() for number, _ in others])
        numbers, places = made._numbers[made._spots], {number: place for place, number in enumerate(first)}
        leading = np.isin(numbers, list(places))
        ahead = sorted(np.flatnonzero(leading).tolist(), key=lambda at: places[int(numbers[at])])
        order = np.concatenate([np.array(ahead, dtype=np.int64), np.flatnonzero(~leading)])
        arranged = Ranking(*made._lists, pins=made._pins)
        arranged._spots, arranged._same = made._spots[order], same
        return arranged

    def settled(self, first: Sequence[int]) -> Ranking:
        """Return the ranking with the numbers ``first`` in this order, the pinned ones among them before the others,
        and every place as it then is, whatever the scores."""
        places = {number: place for place, number in enumerate(first)}
        pins = sorted(self._pins, key=lambda each: places.get(each.number, len(places)))
        made = self.arranged(first, self._same)
        made._pins, made.final = tuple(pins), True
        return made

    def pinned(self, top: Mapping[int, Pinned]) -> Ranking:
        """Return the ranking with some numbers first, in the order given; they keep their parts."""
        listed = self._spots[np.isin(self._numbers[self._spots], list(top))].tolist()
        known = {each.number: each for each in map(self._at, listed)}
        bare = {number: Listed(number, 0.0) for number in top}
        return Ranking(*self._lists, pins=[replace((bare | known)[number], pinned=why) for number, why in top.items()])


def _among(numbers: Rows, others: Rows) -> NDArray[np.bool_]:
    """Which numbers are among others, of which there are few: sooner told than by ``np.isin``, which sorts both."""
    if not len(others):
        return np.zeros(len(numbers), dtype=np.bool_)
    known = np.sort(others)
    there: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
    return there
