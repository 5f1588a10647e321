"""A reader's own lists as feeds and files, at an address that only the reader knows: for programs that cannot sign in.

Whoever has the address may read; it is renewed on the account page. It stands in no log and leads to no other person.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.api.address import base_of
from broadsheet.api.lists import form_of, listed, media, standing
from broadsheet.api.problems import responses
from broadsheet.api.site import Site, TheSite
from broadsheet.api.visitor import host_of, limited
from broadsheet.errors import NotFoundError
from broadsheet.people.account import feed_key, feed_owner
from broadsheet.store.people import Person

router = APIRouter(tags=["feeds"])
_MOST = 200
_SAID: dict[str, Any] = {"response_class": Response, "responses": media() | responses(404, 429)}


def addresses(request: Request, site: Site, person: Person, form: str = "atom") -> list[tuple[str, str]]:
    """The names of a person's lists and where they are as feeds, first all that is saved."""
    start = f"{base_of(request, site)}/feeds/own/{feed_key(site.collection.store, person)}"
    lists = site.collection.store.lists(person.number)
    return [("All I saved", f"{start}/saved.{form}"), *((e.name, f"{start}/list/{e.number}.{form}") for e in lists)]


@router.get("/feeds/own/{key}/saved.{form}", summary="All that a reader saved", **_SAID)
def saved(request: Request, site: TheSite, key: str, form: str) -> Response:
    """The newest saves first."""
    person = _owner(request, site, key)
    return _written(request, site, form, person, None, "Broadsheet: saved", "/lists")


@router.get("/feeds/own/{key}/list/{number}.{form}", summary="A reader's list", **_SAID)
def one(request: Request, site: TheSite, key: str, number: int, form: str) -> Response:
    """The newest saves first."""
    person = _owner(request, site, key)
    name = next((each.name for each in site.collection.store.lists(person.number) if each.number == number), None)
    if name is None:
        raise NotFoundError("There is no such feed.")
    return _written(request, site, form, person, number, f"Broadsheet: {name}", f"/lists/{number}")


def _owner(request: Request, site: Site, key: str) -> Person:
    if not site.single:
        limited(site, "requests", host_of(request, site))
    person = feed_owner(site.collection.store, key)
    if person is None:
        raise NotFoundError("There is no such feed.")
    return person


def _written(
    request: Request, site: Site, form: str, person: Person, number: int | None, title: str, page: str
) -> Response:
    form_of(form)
    store = site.collection.store
    numbers = store.saved(person.number, number)[:_MOST]
    papers = store.by_numbers(numbers)
    shown = standing(papers[each] for each in numbers if each in papers)
    name = f"own/{person.number}/{number or 'saved'}"  # tells nobody the key
    return listed(request, site, form, title=title, page=page, papers=shown, name=name)
