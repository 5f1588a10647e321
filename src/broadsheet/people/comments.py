"""Comments on papers: written and edited by their writer, deleted by their writer or an editor."""

from __future__ import annotations

from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError
from broadsheet.core.types import Document
from broadsheet.people.markdown import clean
from broadsheet.store import Store
from broadsheet.store.comments import Comment
from broadsheet.store.people import Person
from broadsheet.trending.table import touch


def write(collection: Collection, person: Person, *, paper: Document, text: str, now: datetime) -> Comment:
    """Add a comment to a paper. UsageError for an invalid text, NotFoundError for a paper that is gone."""
    store = collection.store
    number = store.papers.number(paper.id)
    if number is None:
        raise NotFoundError("This paper is no longer here.")
    comment = store.comments.add(number, person.number, clean(text), now=now)
    touch(collection, [number])
    return own(store, person, comment)


def edit(store: Store, person: Person, *, comment: int, text: str, now: datetime) -> Comment:
    """Change the text of a person's own comment. UsageError for an invalid text, NotFoundError for others' comments."""
    stored = own(store, person, comment)
    store.comments.edit(stored.id, clean(text), now=now)
    return own(store, person, stored.id)


def delete(collection: Collection, person: Person, *, comment: int, now: datetime) -> None:
    """Delete a person's own comment; an editor may delete any. NotFoundError for everyone else."""
    store = collection.store
    stored = _get(store, comment) if person.may("editor") else own(store, person, comment)
    store.comments.edit(stored.id, "", now=now)
    touch(collection, [stored.number])


def own(store: Store, person: Person, comment: int) -> Comment:
    """Find a comment for its writer; NotFoundError for everyone else."""
    stored = _get(store, comment)
    if stored.person != person.number:
        raise NotFoundError("You have no comment with this number.")
    return stored


def _get(store: Store, comment: int) -> Comment:
    stored = store.comments.get(comment) if 0 < comment < 2**53 else None
    if stored is None or stored.deleted:
        raise NotFoundError("There is no comment with this number.")
    return stored
