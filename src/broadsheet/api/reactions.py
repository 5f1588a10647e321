"""Reactions to papers, for programs: votes, read and decline marks, notes.

Ids may hold `/`, so these addresses are tried before that of a paper alone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.core.types import Document
from broadsheet.daily.copies import appearances
from broadsheet.people import notes
from broadsheet.people.marks import marks
from broadsheet.people.reactions import react
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.problems import responses

router = APIRouter(tags=["people"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)


class Marks(BaseModel):
    """The reactions of this site's readers to a paper, including those to other copies of the same work."""

    paper: str
    votes: int = Field(description="Votes of readers here; votes that a source counts are fields of the paper.")
    comments: int = Field(description="Comments of readers here.")
    voted: bool
    read: bool
    declined: bool
    lists: list[int] = Field(description="The numbers of your lists that hold it.")
    note: str = Field(description="Your private note.")


class Note(BaseModel):
    """A private note; an empty text removes it."""

    text: Annotated[str, StringConstraints(max_length=notes.LONGEST)]


@router.get("/api/papers/{id:path}/marks", responses=responses(404), summary="Get the marks on a paper")
def shown_marks(site: TheSite, visitor: TheVisitor, id: str) -> Marks:
    """Return the counts, and your own marks."""
    return _marks(site, visitor.number, paper_of(site, id))


# Before the marks, whose addresses end in a name too.
@router.put("/api/papers/{id:path}/note", responses=_CHANGED, summary="Write a note on a paper")
def note(site: TheSite, person: Writer, id: str, body: Note) -> Marks:
    """Write a private note. It replaces an existing one."""
    document = paper_of(site, id)
    notes.write(site.collection, person.number, paper=document, text=body.text, now=site.now())
    return _marks(site, person.number, document)


@router.delete("/api/papers/{id:path}/note", responses=_CHANGED, summary="Delete a note")
def no_note(site: TheSite, person: Writer, id: str) -> Marks:
    """Delete your private note."""
    document = paper_of(site, id)
    notes.write(site.collection, person.number, paper=document, text="", now=site.now())
    return _marks(site, person.number, document)


@router.put(
    "/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Vote for a paper, or mark it as read or declined"
)
def mark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Set the mark. It is not an error if it is set already."""
    document = paper_of(site, id)
    react(site.collection, person.number, act=act, papers=[document], now=site.now())
    return _marks(site, person.number, document)


@router.delete(
    "/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Take back a vote, a read mark or a decline mark"
)
def unmark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Take the mark back, on the paper's copies too."""
    document = paper_of(site, id)
    react(site.collection, person.number, act=act, papers=[document], undo=True, now=site.now())
    return _marks(site, person.number, document)


def _marks(site: Site, person: int, document: Document) -> Marks:
    work = (document, *appearances(site.collection, document))
    counts = marks(site.collection.store, person, [work])[document.id]
    return Marks(
        paper=document.id,
        votes=counts.votes,
        comments=counts.comments,
        voted=counts.voted,
        read=counts.read,
        declined=counts.declined,
        lists=list(counts.lists),
        note=counts.note,
    )
