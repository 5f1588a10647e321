"""A ranked list that is made out place by place: a thousand places are ranked, ten are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from broadsheet.types import Part
from broadsheet.vectors import Rows, Vectors

_STEP = 1e-6  # what the score falls by from place to place below the fused head


@dataclass(frozen=True, slots=True)
class Listed:
    """One place of the ranked list, before its document is read."""

    number: int
    score: float
    parts: Mapping[str, Part] = field(default_factory=dict)
    pinned: Literal["", "identifier", "title"] = ""


class Ranking:
    """``head`` as given, then one side's own list (numbers, scores, best first) less what the head holds.

    Behind a head the side's places add nothing to each other, so that their scores only fall; alone they are its own.
    """

    def __init__(
        self,
        head: Sequence[Listed] = (),
        tail: tuple[Rows, Vectors] | None = None,
        *,
        side: str = "semantic",
        gone: Sequence[int] = (),
    ) -> None:
        out = set(gone)
        self.head = [each for each in head if each.number not in out] if out else list(head)
        self._tail, self._side, self._gone = tail, side, tuple(gone)
        self._alone = not head
        self._floor = head[-1].score if head else 0.0
        self._places = (
            self._free(tail[0], [each.number for each in head] + list(gone)) if tail else np.empty(0, np.int64)
        )

    @staticmethod
    def _free(numbers: Rows, taken: Sequence[int]) -> Rows:
        """The places of ``numbers`` that are not taken."""
        return np.flatnonzero(~np.isin(numbers, np.array(taken, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.head) + len(self._places)

    def __getitem__(self, place: int) -> Listed:
        if place < len(self.head):
            return self.head[place]
        at = int(self._places[place - len(self.head)])
        assert self._tail is not None
        number, score = int(self._tail[0][at]), float(self._tail[1][at])
        if self._alone:
            return Listed(number, score, {self._side: Part(score, at + 1, score)})
        return Listed(number, self._floor - (at + 1) * _STEP, {self._side: Part(score, at + 1, 0.0)})

    def __iter__(self) -> Iterator[Listed]:
        return (self[place] for place in range(len(self)))

    def without(self, gone: Sequence[int]) -> Ranking:
        """The same less some numbers."""
        return Ranking(self.head, self._tail, side=self._side, gone=(*self._gone, *gone)) if len(gone) else self

    def pinned(self, top: Mapping[int, Literal["identifier", "title"]]) -> Ranking:
        """The same with some numbers first, in their order, with the parts they have anyway."""
        known = {each.number: each for each in self if each.number in top}
        bare = Listed(0, 0.0)
        pins = [
            Listed(number, known.get(number, bare).score, known.get(number, bare).parts, why)
            for number, why in top.items()
        ]
        rest = self.without(list(top))
        made = Ranking(rest.head, rest._tail, side=rest._side, gone=rest._gone)
        made._alone, made._floor = self._alone, self._floor
        made.head = pins + rest.head
        return made
