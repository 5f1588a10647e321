"""A reader's private lists, for programs: make, rename, fill and delete them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.labels.lists import suggest
from broadsheet.people import lists as acts
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of, topics_of
from broadsheet.site.params import Count, Number, Offset
from broadsheet.site.problems import responses
from broadsheet.store.lists import SavedList
from broadsheet.store.people import Person

router = APIRouter(tags=["lists"], route_class=Bounded)
_READ = responses(401, 404)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class ListName(BaseModel):
    """The name of a list."""

    name: Annotated[str, StringConstraints(max_length=500)]


class ListInfo(BaseModel):
    """A list without its papers."""

    id: int
    name: str
    papers: int = Field(description="How many papers it holds.")
    made: datetime


class ListPapers(BaseModel):
    """A part of a list's papers."""

    offset: int
    more: bool = Field(description="Whether more papers follow at `offset` + the number of `items`.")
    items: list[models.Paper]


class NearPaper(BaseModel):
    """A paper of a list that is near to another paper."""

    paper: str = Field(description="Its id.")
    title: str
    cosine: float


class Suggestion(BaseModel):
    """One of your lists that a paper belongs to."""

    list: ListInfo
    confidence: float = Field(description="How likely that is, from 0.5 to 1.")
    because: tuple[NearPaper, ...] = Field(
        description="The nearest papers in the list; none if its name alone says it."
    )


class Suggestions(BaseModel):
    """The lists that are suggested for a paper."""

    paper: str
    items: list[Suggestion] = Field(description="One, or none where nothing is sure.")


@router.get("/api/papers/{id:path}/lists/suggested", responses=_READ, summary="Suggest one of my lists for a paper")
def suggested(site: TheSite, person: AsReader, id: str) -> Suggestions:
    """Return the list of yours that this paper belongs to, and the papers in it that say so. Stored vectors alone."""
    document = paper_of(site, id)
    found = suggest(site.collection, person.number, document)
    if found is None:
        return Suggestions(paper=document.id, items=[])
    near = tuple(NearPaper(paper=each.id, title=each.shown_title, cosine=cosine) for each, cosine in found.because)
    item = Suggestion(list=_info(found.list), confidence=found.confidence, because=near)
    return Suggestions(paper=document.id, items=[item])


@router.get("/api/lists", responses=responses(401), summary="List my lists")
def lists(site: TheSite, person: AsReader) -> list[ListInfo]:
    """Return your lists, ordered by name."""
    return [_info(each) for each in site.collection.store.lists.of(person.number)]


@router.post("/api/lists", status_code=201, responses=_CHANGED, summary="Make a list")
def make(site: TheSite, person: Writer, body: ListName) -> ListInfo:
    """Make a list with this name. If you have one already, it is returned as it is."""
    number = acts.make(site.collection.store, person.number, name=body.name, now=site.now())
    return _one(site, person, number)


@router.get("/api/lists/{number}", responses=_READ, summary="Get one of my lists")
def one(site: TheSite, person: AsReader, number: Number) -> ListInfo:
    """Return its name and how many papers it holds."""
    return _one(site, person, number)


@router.patch("/api/lists/{number}", responses=responses(400, 401, 403, 404, 409, 413, 429), summary="Rename a list")
def rename(site: TheSite, person: Writer, number: Number, body: ListName) -> ListInfo:
    """Rename a list. Answers 409 if another of your lists has the name."""
    try:
        acts.rename(site.collection.store, person.number, number=number, name=body.name)
    except acts.NameTakenError as error:
        raise HTTPException(409, str(error)) from error
    return _one(site, person, number)


@router.delete("/api/lists/{number}", summary="Delete a list", **_GONE)
def remove(site: TheSite, person: Writer, number: Number) -> None:
    """Delete a list. The papers themselves stay in the Collection."""
    acts.remove(site.collection, person.number, number=number)


@router.get("/api/lists/{number}/papers", responses=_READ, summary="List the papers in a list")
def papers(
    site: TheSite, person: AsReader, place: ThePlace, number: Number, limit: Count = 50, offset: Offset = 0
) -> ListPapers:
    """Return the papers of a list, the latest saved first."""
    store = site.collection.store
    acts.own(store, person.number, number)
    saved = store.lists.saved(person.number, number)
    begin = place.at(offset)
    end = begin + limit
    documents = store.papers.by_numbers(saved[begin:end])
    topics = topics_of(site, documents.values())
    items = [models.paper(documents[each], topics) for each in saved[begin:end] if each in documents]
    if end < len(saved):
        place.link_next_at(end)
    return ListPapers(offset=begin, more=end < len(saved), items=items)


@router.put("/api/lists/{number}/papers/{id:path}", responses=_CHANGED, summary="Save a paper in a list")
def put(site: TheSite, person: Writer, number: Number, id: str) -> ListInfo:
    """Save a paper in a list. It is not an error if it is there already."""
    acts.put(site.collection, person.number, papers=[paper_of(site, id)], into=number, now=site.now())
    return _one(site, person, number)


@router.delete("/api/lists/{number}/papers/{id:path}", responses=_CHANGED, summary="Remove a paper from a list")
def take_out(site: TheSite, person: Writer, number: Number, id: str) -> ListInfo:
    """Remove a paper from a list. It is not an error if it is not there."""
    acts.take_out(site.collection, person.number, papers=[paper_of(site, id)], out_of=number)
    return _one(site, person, number)


def _one(site: Site, person: Person, number: int) -> ListInfo:
    return _info(acts.own(site.collection.store, person.number, number))


def _info(each: SavedList) -> ListInfo:
    return ListInfo(id=each.number, name=each.name, papers=each.papers, made=each.made)
