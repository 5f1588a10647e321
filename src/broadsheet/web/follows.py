"""The authors whom a reader follows and their papers, on one page with the form for a library."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.alerts.news import by_followed
from broadsheet.core.errors import BroadsheetError
from broadsheet.people import follows
from broadsheet.people.library import Imported
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.params import Offset
from broadsheet.store.people import Person
from broadsheet.web import render
from broadsheet.web.lists import A_PAGE, part_of
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
_BAD_SHOWN = 50


@router.get("/interests")
def overview(request: Request, site: TheSite, person: AsReader, offset: Offset = 0) -> Response:
    """The authors, their papers, and the form for a library."""
    return shown(request, site, person, offset)


@router.post("/authors")
def follow(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Follows an author by name, or with ``undo`` no more."""
    store = site.collection.store
    if form.get("undo"):
        follows.unfollow(store, person.number, author=form.get("author"))
    else:
        follows.follow(store, person.number, author=form.get("author"), now=site.now())
    return RedirectResponse(form.back, 303)


def shown(
    request: Request,
    site: Site,
    person: Person,
    offset: int = 0,
    *,
    brought: Imported | None = None,
    problem: BroadsheetError | None = None,
) -> Response:
    """The page, with what became of a library that was ``brought``, or the ``problem`` with it."""
    store, told = site.collection.store, site.redact(str(problem)) if problem else ""
    part = part_of(site, by_followed(store, person.number), offset)
    return render.rendered(
        request,
        site,
        "follows.html",
        authors=store.follows.of(person.number),
        part=part,
        marks=singly(request, site, [paper for paper, _ in part.rows]),
        names={each.number: each.name for each in store.lists.of(person.number)},
        brought=brought,
        bad=brought.taken.bad[:_BAD_SHOWN] if brought else (),
        problem=f"{told[:1].upper()}{told[1:]}." if told else "",
        feed=private_feeds.address(request, site, person, "authors"),
        size=A_PAGE,
    )
