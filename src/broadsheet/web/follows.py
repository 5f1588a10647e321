"""The authors and topics that a reader follows and their papers, on one page with the form to upload a library."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.people import follows, topics
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.params import Offset
from broadsheet.store.people import Person
from broadsheet.web import render
from broadsheet.web.lists import part_of
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)


@router.get("/interests")
def overview(request: Request, site: TheSite, person: AsReader, offset: Offset = 0) -> Response:
    """Show the authors and topics, their papers, and the upload form."""
    return shown(request, site, person, offset)


@router.post("/authors")
def follow(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Follow an author by name or, with ``undo``, unfollow one."""
    store = site.collection.store
    if form.get("undo"):
        follows.unfollow(store, person.number, author=form.get("author"))
    else:
        follows.follow(store, person.number, author=form.get("author"), now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/topics/follow")
def follow_topic(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Follow a topic or a field by number, slug or name or, with ``undo``, unfollow one."""
    if form.get("undo"):
        topics.unfollow(site.collection, person.number, topic=form.get("topic"))
    else:
        topics.follow(site.collection, person.number, topic=form.get("topic"), now=site.now())
    return RedirectResponse(form.back, 303)


def shown(
    request: Request,
    site: Site,
    person: Person,
    offset: int = 0,
) -> Response:
    """Render the page."""
    store = site.collection.store
    reasons = follows.papers(store, person.number)
    part = part_of(site, list(reasons), offset)
    numbers = store.papers.numbers([paper.id for paper, _ in part.rows])
    return render.rendered(
        request,
        site,
        "follows.html",
        authors=store.follows.of(person.number),
        topics=topics.followed(store, person.number),
        any_topics=bool(store.topics.homes()),
        part=part,
        reasons={name: reasons.get(number, "") for name, number in numbers.items()},
        marks=singly(request, site, [paper for paper, _ in part.rows]),
        names={each.number: each.name for each in store.lists.of(person.number)},
        feed=private_feeds.address(request, site, person, "follows"),
        size=A_PAGE,
    )
