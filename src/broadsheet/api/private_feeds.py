"""A reader's own lists as feeds and files, at secret addresses, for programs that cannot sign in.

Anyone who has an address may read the feed; the account page renews it. No log holds it, and it names no person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.alerts.news import by_followed, followed_papers, new_matches, new_versions
from broadsheet.core.errors import NotFoundError
from broadsheet.core.types import Document
from broadsheet.foryou.person import DAYS, for_person
from broadsheet.people import alerts, follows
from broadsheet.people.account import feed_owner
from broadsheet.site.context import Site, TheSite
from broadsheet.site.download import Paper, form_of, list_response, media, with_own_days
from broadsheet.site.limits import host_of
from broadsheet.site.problems import responses
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.people import Person

router = APIRouter(tags=["feeds"])
_MOST = 200
_GONE = "This site has no feed at this address: your account page shows the present ones."
_READ: dict[str, Any] = {"response_class": Response, "responses": media() | responses(404, 429)}


@router.get("/feeds/own/{key}/saved.{form}", summary="Everything that a reader saved", **_READ)
def saved(request: Request, site: TheSite, key: str, form: str) -> Response:
    """Return all saved papers, the latest saved first."""
    person = _owner(request, site, key)
    return _saved_response(request, site, form, person, None, "Broadsheet: saved", "/lists")


@router.get("/feeds/own/{key}/list/{number}.{form}", summary="A reader's list", **_READ)
def one(request: Request, site: TheSite, key: str, number: int, form: str) -> Response:
    """Return the papers of a list, the latest saved first."""
    person = _owner(request, site, key)
    name = next((each.name for each in site.collection.store.lists.of(person.number) if each.number == number), None)
    if name is None:
        raise NotFoundError(_GONE)
    return _saved_response(request, site, form, person, number, f"Broadsheet: {name}", f"/lists/{number}")


@router.get("/feeds/own/{key}/query/{number}.{form}", summary="A reader's alert", **_READ)
def query(request: Request, site: TheSite, key: str, number: int, form: str) -> Response:
    """Return the papers of the last days that match an alert, the newest day first; in a feed, before them, followed
    papers that have a new version."""
    person = _owner(request, site, key)
    written = form_of(form)
    alert = alerts.own(site.collection.store, person.number, number)
    papers = [each.document for each in new_matches(site.collection, alert, last=site.today, days=DAYS, k=_MOST)]
    changed = _changed(site, alert) if written.feed else []
    return _list_response(
        request, site, form, papers, title=alert.name, page=f"/queries/{number}", person=person, first=changed
    )


@router.get("/feeds/own/{key}/foryou.{form}", summary="The papers picked for a reader", **_READ)
def foryou(request: Request, site: TheSite, key: str, form: str) -> Response:
    """Return the picks of the newest days, best first."""
    person = _owner(request, site, key)
    form_of(form)
    picks = for_person(site.collection, person.number, last=site.today, days=DAYS)
    papers = [picks.documents[each.number] for each in picks.picks]
    return _list_response(request, site, form, papers, title="for you", page="/foryou", person=person)


@router.get("/feeds/own/{key}/authors.{form}", summary="Papers by the authors a reader follows", **_READ)
def authors(request: Request, site: TheSite, key: str, form: str) -> Response:
    """Return papers by followed authors, newest first."""
    person = _owner(request, site, key)
    form_of(form)
    numbers = by_followed(site.collection.store, authors=site.collection.store.follows.of(person.number))
    papers = _newest(site, numbers)
    return _list_response(request, site, form, papers, title="authors I follow", page="/interests", person=person)


@router.get("/feeds/own/{key}/follows.{form}", summary="Papers by authors and in topics a reader follows", **_READ)
def followed(request: Request, site: TheSite, key: str, form: str) -> Response:
    """Return papers by followed authors and in followed topics, newest first."""
    person = _owner(request, site, key)
    form_of(form)
    papers = _newest(site, follows.papers(site.collection.store, person.number))
    return _list_response(request, site, form, papers, title="what I follow", page="/interests", person=person)


def _owner(request: Request, site: Site, key: str) -> Person:
    if not site.single:
        site.limit("requests", host_of(request, site))
    person = feed_owner(site.collection.store, key)
    if person is None:
        raise NotFoundError(_GONE)
    return person


def _changed(site: Site, alert: SavedQuery) -> list[tuple[Document, date]]:
    """The papers that an alert follows and that changed lately, each with its version in the title and the day of the
    change."""
    numbers = followed_papers(site.collection.store, [alert])
    changes = new_versions(site.collection, numbers.values(), after=site.now() - timedelta(days=DAYS))
    papers = site.collection.store.papers.by_numbers([each.number for each in changes])
    return [
        (replace(paper, title=f"{paper.shown_title} ({change.named})"), change.at.astimezone(site.zone).date())
        for change in changes
        if (paper := papers.get(change.number))
    ]


def _newest(site: Site, numbers: Iterable[int]) -> list[Document]:
    """The first of these papers, by row number, in their order."""
    first = list(islice(numbers, _MOST))
    papers = site.collection.store.papers.by_numbers(first)
    return [papers[each] for each in first if each in papers]


def _saved_response(
    request: Request, site: Site, form: str, person: Person, number: int | None, title: str, page: str
) -> Response:
    form_of(form)
    store = site.collection.store
    numbers = store.lists.saved(person.number, number)[:_MOST]
    papers = store.papers.by_numbers(numbers)
    shown = with_own_days(papers[each] for each in numbers if each in papers)
    name = f"own/{person.number}/{number or 'saved'}"  # reveals the key to no one
    return list_response(request, site, form, title=title, page=page, papers=shown, name=name)


def _list_response(
    request: Request,
    site: Site,
    form: str,
    papers: Iterable[Document],
    *,
    title: str,
    page: str,
    person: Person,
    first: Sequence[Paper] = (),
) -> Response:
    name, shown = f"own/{person.number}{page}", [*first, *with_own_days(papers)]
    return list_response(request, site, form, title=f"Broadsheet: {title}", page=page, papers=shown, name=name)
