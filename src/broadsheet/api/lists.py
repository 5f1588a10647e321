"""A reader's lists, for programs: made, renamed, filled, emptied, taken away. They are private."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.people import lists as acts
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import Count, Number, Offset
from broadsheet.site.problems import responses
from broadsheet.store.lists import SavedList
from broadsheet.store.people import Person

router = APIRouter(tags=["lists"], route_class=Bounded)
_SAID = responses(401, 404)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class Named(BaseModel):
    """What a list is called."""

    name: Annotated[str, StringConstraints(max_length=500)]


class Kept(BaseModel):
    """A list."""

    id: int
    name: str
    papers: int = Field(description="How many papers stand in it.")
    made: datetime


class Papers(BaseModel):
    """A part of a list."""

    offset: int
    more: bool = Field(description="Whether papers follow at `offset` + the number of `items`.")
    items: list[models.Paper]


@router.get("/api/lists", responses=responses(401), summary="My lists")
def lists(site: TheSite, person: AsReader) -> list[Kept]:
    """By name."""
    return [_kept(each) for each in site.collection.store.lists.of(person.number)]


@router.post("/api/lists", status_code=201, responses=_CHANGED, summary="Make a list")
def make(site: TheSite, person: Writer, body: Named) -> Kept:
    """Makes a list of this name; one that is there already is answered as it is."""
    number = acts.make(site.collection.store, person.number, name=body.name, now=site.now())
    return _one(site, person, number)


@router.get("/api/lists/{number}", responses=_SAID, summary="One of my lists")
def one(site: TheSite, person: AsReader, number: Number) -> Kept:
    """Its name and how many papers stand in it."""
    return _one(site, person, number)


@router.patch("/api/lists/{number}", responses=responses(400, 401, 403, 404, 409, 413, 429), summary="Rename a list")
def rename(site: TheSite, person: Writer, number: Number, body: Named) -> Kept:
    """Calls it otherwise; 409 when another of yours has the name."""
    try:
        acts.rename(site.collection.store, person.number, number=number, name=body.name)
    except acts.NameTakenError as error:
        raise HTTPException(409, str(error)) from error
    return _one(site, person, number)


@router.delete("/api/lists/{number}", summary="Take a list away", **_GONE)
def remove(site: TheSite, person: Writer, number: Number) -> None:
    """Takes it away with what stands in it; the papers themselves stay."""
    acts.remove(site.collection, person.number, number=number)


@router.get("/api/lists/{number}/papers", responses=_SAID, summary="The papers in a list")
def papers(
    site: TheSite, person: AsReader, place: ThePlace, number: Number, limit: Count = 50, offset: Offset = 0
) -> Papers:
    """The newest saves first."""
    store = site.collection.store
    acts.own(store, person.number, number)
    saved = store.lists.saved(person.number, number)
    begin = place.at(offset)
    end = begin + limit
    found = store.papers.by_numbers(saved[begin:end])
    items = [models.paper(found[each]) for each in saved[begin:end] if each in found]
    if end < len(saved):
        place.goes_on(end)
    return Papers(offset=begin, more=end < len(saved), items=items)


@router.put("/api/lists/{number}/papers/{id:path}", responses=_CHANGED, summary="Put a paper into a list")
def put(site: TheSite, person: Writer, number: Number, id: str) -> Kept:
    """One that stands in it stays."""
    acts.put(site.collection, person.number, papers=[paper_of(site, id)], into=number, now=site.now())
    return _one(site, person, number)


@router.delete("/api/lists/{number}/papers/{id:path}", responses=_CHANGED, summary="Take a paper out of a list")
def take_out(site: TheSite, person: Writer, number: Number, id: str) -> Kept:
    """One that does not stand in it is no error."""
    acts.take_out(site.collection, person.number, papers=[paper_of(site, id)], out_of=number)
    return _one(site, person, number)


def _one(site: Site, person: Person, number: int) -> Kept:
    return _kept(acts.own(site.collection.store, person.number, number))


def _kept(each: SavedList) -> Kept:
    return Kept(id=each.number, name=each.name, papers=each.papers, made=each.made)
