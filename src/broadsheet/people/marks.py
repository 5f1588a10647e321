"""The marks of readers on the papers of one page, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broadsheet.core.types import Document
from broadsheet.store import Store


@dataclass(frozen=True, slots=True)
class Mark:
    """The marks of one work: votes and comments of all readers here, and what one reader did with it.

    ``lists`` are the numbers of that reader's lists that contain it. ``arrival`` is the row number of its first paper:
    row numbers count up.
    """

    votes: int = 0
    comments: int = 0
    voted: bool = False
    read: bool = False
    declined: bool = False
    lists: tuple[int, ...] = ()
    note: str = ""
    arrival: int = 0


def marks(store: Store, person: int, works: Iterable[Sequence[Document]]) -> dict[str, Mark]:
    """Return the Mark of each work by its first paper's id; a work is a paper and its copies. ``person`` 0 is a
    stranger.

    A vote for any copy counts for the work; a person who voted for two copies counts once.
    """
    groups = [[document.id for document in work] for work in works if work]
    numbers = store.papers.numbers([id_ for group in groups for id_ in group])
    lookup = _Lookup(store, person, list(numbers.values()))
    return {group[0]: lookup.mark([numbers[id_] for id_ in group if id_ in numbers]) for group in groups}


class _Lookup:
    """All marks on a page's papers, read with one statement per kind."""

    def __init__(self, store: Store, person: int, numbers: list[int]) -> None:
        self._person = person
        self._ballots = store.reactions.ballots(numbers)
        self._comments = store.comments.counts(numbers)
        self._read = frozenset(store.reactions.marked("read_papers", person, numbers) if person else ())
        self._declined = frozenset(store.reactions.marked("declined", person, numbers) if person else ())
        self._saved = store.lists.saved_in(person, numbers) if person else {}
        self._notes = store.reactions.notes(person, numbers) if person else {}

    def mark(self, numbers: Sequence[int]) -> Mark:
        voters = frozenset[int]().union(*(self._ballots.get(number, ()) for number in numbers))
        return Mark(
            votes=len(voters),
            comments=sum(self._comments.get(number, 0) for number in numbers),
            voted=self._person in voters,
            read=not self._read.isdisjoint(numbers),
            declined=not self._declined.isdisjoint(numbers),
            lists=tuple(dict.fromkeys(list_ for number in numbers for list_ in self._saved.get(number, ()))),
            note=next((note for number in numbers if (note := self._notes.get(number, ""))), ""),
            arrival=min(numbers, default=0),
        )
