"""How a reader wants to see a ranked list: each work once, and as varied as they like.

the first 200 places -> papers of the same work behind the best of them -> a balance of relevance and variety
the places below stay as they are, so that turning the page never reorders
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.diversity import HEAD, spread
from broadsheet.core.errors import UsageError
from broadsheet.near.same import groups
from broadsheet.near.vectors import rows_of, snapshot_of
from broadsheet.search.ranking import Ranking

Copies = dict[int, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True)
class View:
    """A way to see a list (an ``Arrange``): ``copies`` shows every paper of a work, ``diverse`` from 0 (the order of
    the list) to 1 (variety alone) is the weight of variety. UsageError for another ``diverse``."""

    diverse: float = 0.0
    copies: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.diverse <= 1:
            raise UsageError(f"diverse is {self.diverse}; expected a number from 0 (as ranked) to 1 (variety alone)")

    def __call__(self, collection: Collection, order: Ranking, *, given: Sequence[int] = ()) -> Ranking:
        """Return the list as it is to be seen. Papers of the same work as one of ``given`` are left out, too."""
        head = order.numbers(HEAD)
        same = {} if self.copies else _behind(collection, [*given, *head])
        arranged = order.arranged((), same) if same else order
        gone = {number for others in same.values() for number, _ in others}
        left = len(head) - len(gone.intersection(head))
        return _varied(collection, arranged, same, diverse=self.diverse, head=left) if self.diverse else arranged


def _behind(collection: Collection, numbers: Sequence[int]) -> Copies:
    """The papers that stand behind others of the same work, by the number of the first of each work."""
    found = groups(collection, list(dict.fromkeys(numbers)))
    return {work[0][0]: tuple(work[1:]) for work in found}


def _varied(collection: Collection, order: Ranking, same: Copies, *, diverse: float, head: int) -> Ranking:
    """The list with its first ``head`` places as varied as asked for; pinned papers stay."""
    listed = [order[place] for place in range(head)]
    pins = sum(bool(each.pinned) for each in listed)
    vectors = rows_of(snapshot_of(collection), [each.number for each in listed])
    places = spread(np.array([each.score for each in listed]), vectors, diverse, fixed=pins)
    return order.arranged([listed[place].number for place in places[pins:].tolist()], same)
