"""A reader's lists: made, renamed and removed; papers put into them and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.people.works import numbers_of, with_copies
from broadsheet.store import Store
from broadsheet.store.lists import SAVED, Removed, SavedList, list_name
from broadsheet.trending.table import touch


class NameTakenError(UsageError):
    """Another list of the same person has the name: that list's ``number``."""

    def __init__(self, message: str, number: int = 0) -> None:
        super().__init__(message)
        self.number = number


def own(store: Store, person: int, number: int) -> SavedList:
    """Find a person's list by its number; NotFoundError when it is not theirs."""
    list_ = next((each for each in store.lists.of(person) if each.number == number), None)
    if list_ is None:
        raise _not_theirs()
    return list_


def _not_theirs() -> NotFoundError:
    return NotFoundError("You have no list with this number.")


def make(store: Store, person: int, *, name: str, now: datetime) -> int:
    """Make a list and return its number, or that of the list with this name. UsageError for an empty name."""
    return store.lists.named(person, list_name(name), now=now)


def create(store: Store, person: int, *, name: str, now: datetime) -> int:
    """Make a new list and return its number. UsageError for an empty name, NameTakenError when a list has it."""
    wanted = list_name(name)
    same = next((each.number for each in store.lists.of(person) if each.name == wanted), None)
    if same is not None:
        raise NameTakenError(f"you already have a list called “{wanted}”", same)
    return store.lists.named(person, wanted, now=now)


def rename(store: Store, person: int, *, number: int, name: str) -> None:
    """Give a list another name. NotFoundError when it is not the person's, NameTakenError when another has the name."""
    own(store, person, number)
    if not store.lists.rename(person, number, list_name(name)):
        raise NameTakenError("you have another list with this name")


def remove(collection: Collection, person: int, *, number: int) -> Removed:
    """Remove a list with what is in it, and return what ``put_back`` needs; the papers stay. NotFoundError when it is
    not the person's."""
    removed = collection.store.lists.remove(person, number)
    if removed is None:
        raise _not_theirs()
    touch(collection, [paper for paper, _ in removed.papers])
    return removed


def put_back(collection: Collection, person: int, removed: Removed) -> None:
    """Make a removed list again as it was. NameTakenError when another list has its name by now."""
    if not collection.store.lists.put_back(person, removed):
        raise NameTakenError("you have another list with this name")
    touch(collection, [paper for paper, _ in removed.papers])


def put(
    collection: Collection, person: int, *, papers: Sequence[Document], into: int | str = SAVED, now: datetime
) -> int:
    """Put papers into a list and return how many were new in it.

    ``into`` is the number of one of the person's lists (else NotFoundError), or a name; a list of this name is made if
    there is none.
    """
    return put_numbers(collection, person, numbers=numbers_of(collection.store, papers), into=into, now=now)


def put_numbers(
    collection: Collection, person: int, *, numbers: Sequence[int], into: int | str = SAVED, now: datetime
) -> int:
    """Put papers into a list by their row numbers, as ``put`` does by the papers."""
    store = collection.store
    number = make(store, person, name=into, now=now) if isinstance(into, str) else own(store, person, into).number
    added = store.lists.save(person, number, numbers, now=now)
    touch(collection, numbers)
    return added


def take_out(
    collection: Collection, person: int, *, papers: Sequence[Document], out_of: int | str | None = None
) -> int:
    """Take papers and their copies out of a list (by number or name; None: all lists) and return how many were removed.

    NotFoundError for the number of a list that is not the person's; an unknown name changes nothing.
    """
    store, numbers = collection.store, with_copies(collection, papers)
    if isinstance(out_of, str):
        name = list_name(out_of)
        out_of = next((each.number for each in store.lists.of(person) if each.name == name), 0)
    elif out_of is not None:
        own(store, person, out_of)
    removed = store.lists.unsave(person, numbers, out_of)
    touch(collection, numbers)
    return removed
