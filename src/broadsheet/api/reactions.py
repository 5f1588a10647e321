"""What readers do, for programs: marks, notes and comments on papers, and who the token belongs to.

Ids may hold `/`: these addresses are tried before that of a paper alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.core.errors import NotFoundError
from broadsheet.core.types import Document
from broadsheet.daily.copies import appearances
from broadsheet.people import account, markdown, reactions
from broadsheet.people.marks import marks
from broadsheet.site.auth import AsReader, TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.problems import responses
from broadsheet.store.people import Role
from broadsheet.store.talk import Comment
from broadsheet.trending.table import touch

router = APIRouter(tags=["people"], route_class=Bounded)
_SAID = responses(401, 404)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class Me(BaseModel):
    """The person who asks."""

    address: str = Field(description="Empty for a single reader without one.")
    name: str
    role: Role
    joined: datetime
    writes: bool = Field(description="Whether this token may change things; false without a token.")


class Marks(BaseModel):
    """What readers here made of a paper, its copies elsewhere counted with it."""

    paper: str
    votes: int = Field(description="Votes of readers here; those that a source counted stand with the paper.")
    comments: int = Field(description="Comments of readers here.")
    voted: bool
    read: bool
    declined: bool
    lists: list[int] = Field(description="Your lists in which it stands.")
    note: str = Field(description="Your private note.")


class Note(BaseModel):
    """A private note; an empty one is taken away."""

    text: Annotated[str, StringConstraints(max_length=reactions.LONGEST_NOTE)]


class Words(BaseModel):
    """A comment as it is typed, in Markdown."""

    text: Annotated[str, StringConstraints(max_length=4 * markdown.LONGEST)]


class Said(BaseModel):
    """A comment."""

    id: int
    name: str = Field(description="What its writer is called; may be empty.")
    own: bool
    text: str = Field(description="As it was typed, in Markdown.")
    html: str = Field(description="As the page shows it: harmless tags alone.")
    at: datetime
    edited: datetime | None


@router.get("/api/me", responses=responses(401), summary="Who I am")
def me(person: AsReader, visitor: TheVisitor) -> Me:
    """The person of the token or of the session."""
    writes = visitor.token and visitor.writes
    return Me(address=person.address, name=person.name, role=person.role, joined=person.joined, writes=writes)


@router.get("/api/me/export", responses=responses(401), summary="All that is kept of me")
def export(site: TheSite, person: AsReader) -> dict[str, Any]:
    """Votes, lists, notes, comments, queries, authors, read papers, subscription and the rest; nothing secret."""
    return account.exported(site.collection.store, person, now=site.now())


@router.get("/api/papers/{id:path}/marks", responses=responses(404), summary="Marks on a paper")
def shown_marks(site: TheSite, visitor: TheVisitor, id: str) -> Marks:
    """The counts, and what whoever asks made of it."""
    return _marks(site, visitor.number, paper_of(site, id))


# Before the marks, whose addresses end in a name too.
@router.put("/api/papers/{id:path}/note", responses=_CHANGED, summary="Note on a paper")
def note(site: TheSite, person: Writer, id: str, body: Note) -> Marks:
    """Writes a private note, in the place of one that is there."""
    document = paper_of(site, id)
    reactions.write_note(site.collection, person.number, document, markdown.typed(body.text), now=site.now())
    return _marks(site, person.number, document)


@router.delete("/api/papers/{id:path}/note", responses=_CHANGED, summary="Take a note away")
def no_note(site: TheSite, person: Writer, id: str) -> Marks:
    """Takes the private note away."""
    document = paper_of(site, id)
    reactions.write_note(site.collection, person.number, document, "", now=site.now())
    return _marks(site, person.number, document)


@router.put("/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Vote for, read, decline a paper")
def mark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Sets the mark; one that is set stays."""
    document = paper_of(site, id)
    reactions.act(site.collection, person.number, act, document, now=site.now())
    return _marks(site, person.number, document)


@router.delete("/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Take a vote, a read mark, a no back")
def unmark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Takes the mark back, on the paper's copies too."""
    document = paper_of(site, id)
    reactions.take_back(site.collection, person.number, act, document)
    return _marks(site, person.number, document)


def _marks(site: Site, person: int, document: Document) -> Marks:
    work = (document, *appearances(site.collection, document))
    found = marks(site.collection.store, person, [work])[document.id]
    return Marks(
        paper=document.id,
        votes=found.votes,
        comments=found.comments,
        voted=found.voted,
        read=found.read,
        declined=found.declined,
        lists=list(found.lists),
        note=found.note,
    )


@router.get("/api/papers/{id:path}/comments", responses=responses(404), summary="Comments on a paper")
def comments(site: TheSite, visitor: TheVisitor, id: str) -> list[Said]:
    """Oldest first, those on its copies elsewhere among them."""
    document, store = paper_of(site, id), site.collection.store
    papers = [document, *appearances(site.collection, document)]
    found = store.comments(list(store.numbers([paper.id for paper in papers]).values()))
    return [_said(each, visitor.number) for each in found if not each.deleted]


@router.post("/api/papers/{id:path}/comments", status_code=201, responses=_CHANGED, summary="Comment on a paper")
def write(site: TheSite, person: Writer, id: str, body: Words) -> Said:
    """Adds a comment."""
    document, store = paper_of(site, id), site.collection.store
    number = store.number(document.id)
    if number is None:
        raise NotFoundError("This paper is not here any more.")
    kept = store.add_comment(number, person.number, markdown.clean(body.text), now=site.now())
    touch(site.collection, [number])
    return _said(reactions.own_comment(store, person, kept), person.number)


@router.patch("/api/comments/{comment}", responses=_CHANGED, summary="Edit a comment")
def edit(site: TheSite, person: Writer, comment: int, body: Words) -> Said:
    """Writes your own comment anew."""
    store = site.collection.store
    found = reactions.own_comment(store, person, comment)
    store.edit_comment(found.id, markdown.clean(body.text), now=site.now())
    return _said(reactions.own_comment(store, person, found.id), person.number)


@router.delete("/api/comments/{comment}", summary="Delete a comment", **_GONE)
def delete(site: TheSite, person: Writer, comment: int) -> None:
    """Deletes your own comment; an editor deletes any."""
    store = site.collection.store
    found = reactions.removable_comment(store, person, comment)
    store.edit_comment(found.id, "", now=site.now())
    touch(site.collection, [found.number])


def _said(comment: Comment, person: int) -> Said:
    return Said(
        id=comment.id,
        name=comment.name,
        own=comment.person is not None and comment.person == person,
        text=comment.text,
        html=markdown.html(comment.text),
        at=comment.at,
        edited=comment.edited,
    )
