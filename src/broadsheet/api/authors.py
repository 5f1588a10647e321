"""Followed authors, for programs."""

from __future__ import annotations

from fastapi import APIRouter

from broadsheet.alerts.news import by_followed
from broadsheet.api import models
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.people import follows
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count
from broadsheet.site.problems import responses

router = APIRouter(tags=["interests"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)


@router.get("/api/authors", responses=responses(401), summary="List the authors I follow")
def authors(site: TheSite, person: AsReader) -> list[str]:
    """Return the authors you follow, ordered by name."""
    return site.collection.store.follows.of(person.number)


@router.get("/api/authors/papers", responses=responses(401), summary="List papers by the authors I follow")
def papers(site: TheSite, person: AsReader, limit: Count = 50) -> list[models.Paper]:
    """Return their papers, newest first."""
    store = site.collection.store
    numbers = list(by_followed(store, authors=store.follows.of(person.number)))[:limit]
    documents = store.papers.by_numbers(numbers)
    topics = topics_of(site, documents.values())
    return [models.paper(documents[each], topics) for each in numbers if each in documents]


@router.put("/api/authors/{name:path}", responses=_CHANGED, summary="Follow an author")
def follow(site: TheSite, person: Writer, name: str) -> list[str]:
    """Follow an author by name. Returns all the authors you follow."""
    follows.follow(site.collection.store, person.number, author=name, now=site.now())
    return site.collection.store.follows.of(person.number)


@router.delete("/api/authors/{name:path}", responses=_CHANGED, summary="Stop following an author")
def unfollow(site: TheSite, person: Writer, name: str) -> list[str]:
    """Stop following an author; it is not an error if you did not. Returns all the authors you follow."""
    follows.unfollow(site.collection.store, person.number, author=name)
    return site.collection.store.follows.of(person.number)
