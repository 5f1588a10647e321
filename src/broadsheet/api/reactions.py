"""What readers make of papers, for programs: votes, marks and notes.

Ids may hold `/`: these addresses are tried before that of a paper alone.
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

    text: Annotated[str, StringConstraints(max_length=notes.LONGEST)]


@router.get("/api/papers/{id:path}/marks", responses=responses(404), summary="Marks on a paper")
def shown_marks(site: TheSite, visitor: TheVisitor, id: str) -> Marks:
    """The counts, and what whoever asks made of it."""
    return _marks(site, visitor.number, paper_of(site, id))


# Before the marks, whose addresses end in a name too.
@router.put("/api/papers/{id:path}/note", responses=_CHANGED, summary="Note on a paper")
def note(site: TheSite, person: Writer, id: str, body: Note) -> Marks:
    """Writes a private note, in the place of one that is there."""
    document = paper_of(site, id)
    notes.write(site.collection, person.number, paper=document, text=body.text, now=site.now())
    return _marks(site, person.number, document)


@router.delete("/api/papers/{id:path}/note", responses=_CHANGED, summary="Take a note away")
def no_note(site: TheSite, person: Writer, id: str) -> Marks:
    """Takes the private note away."""
    document = paper_of(site, id)
    notes.write(site.collection, person.number, paper=document, text="", now=site.now())
    return _marks(site, person.number, document)


@router.put("/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Vote for, read, decline a paper")
def mark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Sets the mark; one that is set stays."""
    document = paper_of(site, id)
    react(site.collection, person.number, act=act, papers=[document], now=site.now())
    return _marks(site, person.number, document)


@router.delete("/api/papers/{id:path}/{act}", responses=_CHANGED, summary="Take a vote, a read mark, a no back")
def unmark(site: TheSite, person: Writer, id: str, act: Literal["vote", "read", "decline"]) -> Marks:
    """Takes the mark back, on the paper's copies too."""
    document = paper_of(site, id)
    react(site.collection, person.number, act=act, papers=[document], undo=True, now=site.now())
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
