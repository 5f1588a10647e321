"""What a person does with papers, as every door calls it: mark, save, note; and whose comment may be changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document
from broadsheet.daily.copies import appearances
from broadsheet.foryou.likes import SAVED, list_name
from broadsheet.people.lists import put, take_out
from broadsheet.people.works import numbers_of, with_copies
from broadsheet.store import Store
from broadsheet.store.opinions import Mark
from broadsheet.store.people import Person
from broadsheet.store.talk import Act as Decision
from broadsheet.store.talk import Comment
from broadsheet.trending import touch

Act = Literal["vote", "read", "decline", "save"]
ACTS: tuple[Act, ...] = get_args(Act)
LONGEST_NOTE = 10_000
LONGEST_AUTHOR = 300
LONGEST_LINE = 400  # characters of an editor's line above a day
MOST_QUERIES = 100  # of one reader
MOST_AUTHORS = 500  # whom one reader follows
_MARKS: dict[Act, Mark] = {"vote": "votes", "decline": "declined", "read": "read_papers"}


def react(
    collection: Collection, person: int, *, act: Act, papers: Sequence[Document], undo: bool = False, now: datetime
) -> int:
    """Vote for papers, mark them as read, decline them, or save them in the list ``SAVED``; or take that back.

    What is undone is undone on all copies of a work, a save in all lists. Returns how many marks changed.
    """
    if act == "save":
        return take_out(collection, person, papers=papers) if undo else put(collection, person, papers=papers, now=now)
    store, mark = collection.store, _MARKS[act]
    if undo:
        numbers = with_copies(collection, papers)
        changed = store.unmark(mark, person, numbers)
    else:
        numbers = numbers_of(store, papers)
        changed = store.mark(mark, person, numbers, now=now)
    touch(collection, numbers)
    return changed


def act(collection: Collection, person: int, act: Act, paper: Document, *, now: datetime) -> None:
    """Vote for a paper, mark it as read, decline it, or save it in the list ``SAVED``."""
    store = collection.store
    numbers = _numbers(store, [paper])
    if act == "save":
        store.save(person, store.list_named(person, SAVED, now=now), numbers, now=now)
    else:
        store.mark(_MARKS[act], person, numbers, now=now)
    touch(collection, numbers)


def decide(collection: Collection, editor: int, decision: Decision | None, paper: Document, *, now: datetime) -> None:
    """Pick or hide a paper's work, or (None) leave it to the ranking: what was decided of its copies goes."""
    store = collection.store
    copies = [paper, *appearances(collection, paper)]
    number, *others = [number for each in copies if (number := store.number(each.id)) is not None]
    for other in others:
        store.decide(other, None, editor, now=now)
    store.decide(number, decision, editor, now=now)


def take_back(collection: Collection, person: int, act: Act, paper: Document) -> None:
    """Take an act back on a paper and its copies; a save out of all lists."""
    store = collection.store
    numbers = _numbers(store, [paper, *appearances(collection, paper)])
    if act == "save":
        store.unsave(person, numbers)
    else:
        store.unmark(_MARKS[act], person, numbers)
    touch(collection, numbers)


def write_note(collection: Collection, person: int, paper: Document, text: str, *, now: datetime) -> None:
    """Keep a note on a paper, in the place of one on any copy of it; an empty text takes it away."""
    store = collection.store
    for number in _numbers(store, appearances(collection, paper)):
        store.write_note(person, number, "", now=now)
    for number in _numbers(store, [paper]):
        store.write_note(person, number, text, now=now)


def own_list(store: Store, person: int, number: int) -> str:
    """The name of a person's list; NotFoundError when it is not theirs."""
    found = next((each.name for each in store.lists(person) if each.number == number), None)
    if found is None:
        raise NotFoundError("No list of yours has this number.")
    return found


def new_query_name(store: Store, person: int, typed: str) -> str:
    """A name that no standing query of a person has yet; UsageError when it is none, or they keep too many."""
    queries = store.queries(person)
    if not typed.strip():
        raise UsageError("a query is kept under a name: type one")
    name = list_name(typed)
    if name in [each.name for each in queries]:
        raise UsageError(f"a query of yours is called {name!r} already: choose another name, or change that one")
    if len(queries) >= MOST_QUERIES:
        raise UsageError(f"{MOST_QUERIES} standing queries are as many as one reader may keep: delete one first")
    return name


def follow_author(store: Store, person: int, typed: str, *, now: datetime) -> None:
    """Follow an author by name; UsageError when there is none, or for too many."""
    author = squeeze(typed)[:LONGEST_AUTHOR]
    if not author:
        raise UsageError("which author? None is named")
    if len(store.followed(person)) >= MOST_AUTHORS:
        raise UsageError(f"{MOST_AUTHORS} authors are as many as one reader may follow: follow some no more first")
    store.follow(person, author, now=now)


def own_comment(store: Store, person: Person, comment: int) -> Comment:
    """A comment, for its writer alone; NotFoundError for everybody else."""
    found = _comment(store, comment)
    if found.person != person.number:
        raise NotFoundError("No comment of yours has this number.")
    return found


def removable_comment(store: Store, person: Person, comment: int) -> Comment:
    """A comment, for whoever may delete it: its writer and editors; NotFoundError for everybody else."""
    return _comment(store, comment) if person.may("editor") else own_comment(store, person, comment)


def _comment(store: Store, comment: int) -> Comment:
    found = store.comment(comment) if 0 < comment < 2**53 else None
    if found is None or found.deleted:
        raise NotFoundError("No comment has this number.")
    return found


def _numbers(store: Store, papers: list[Document]) -> list[int]:
    return list(store.numbers([paper.id for paper in papers]).values())
