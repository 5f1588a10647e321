"""What may put a whole ranked list in another order before a page of it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from broadsheet.collection import Collection
from broadsheet.search.ranking import Ranking


class Arrange(Protocol):
    """Takes a ranked list and gives it back in another order, or without papers that others stand for."""

    def __call__(self, collection: Collection, order: Ranking, *, given: Sequence[int] = ()) -> Ranking:
        """Return the list to read pages of; ``given`` are the row numbers of the papers that it was made for."""
