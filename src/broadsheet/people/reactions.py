"""Reactions of one press: vote for papers, decline, mark as read or save them; and undo it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.people.lists import put, take_out
from broadsheet.people.works import numbers_of, with_copies
from broadsheet.store.reactions import Mark
from broadsheet.trending.table import touch

Act = Literal["vote", "read", "decline", "save"]
ACTS: tuple[Act, ...] = get_args(Act)
_MARKS: dict[Act, Mark] = {"vote": "votes", "decline": "declined", "read": "read_papers"}


def react(
    collection: Collection, person: int, *, act: Act, papers: Sequence[Document], undo: bool = False, now: datetime
) -> int:
    """Vote for papers, mark them as read, decline them, or save them in the usual list; or undo that.

    Undoing covers all copies of a work, and for a save all lists. Return how many marks changed.
    """
    if act == "save":
        return take_out(collection, person, papers=papers) if undo else put(collection, person, papers=papers, now=now)
    store, mark = collection.store, _MARKS[act]
    if undo:
        numbers = with_copies(collection, papers)
        changed = store.reactions.unmark(mark, person, numbers)
    else:
        numbers = numbers_of(store, papers)
        changed = store.reactions.mark(mark, person, numbers, now=now)
    touch(collection, numbers)
    return changed
