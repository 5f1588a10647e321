"""What else a reader is interested in: authors they follow, and a library of references that they bring."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.alerts.news import by_followed
from broadsheet.api import private_feeds
from broadsheet.core.errors import BroadsheetError, SourceError, UsageError
from broadsheet.core.text import squeeze
from broadsheet.jobs import JOBS, Round, run
from broadsheet.people.bringing import Brought, bring
from broadsheet.people.reactions import LONGEST_AUTHOR, follow_author
from broadsheet.site.auth import AsReader, limited
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import Posted
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
    return _shown(request, site, person, offset)


@router.post("/authors")
def follow(site: TheSite, person: AsReader, form: Posted) -> Response:
    """Follows an author by name, or with ``undo`` no more."""
    store = site.collection.store
    if form.get("undo"):
        store.unfollow(person.number, squeeze(form.get("author"))[:LONGEST_AUTHOR])
    else:
        follow_author(store, person.number, form.get("author"), now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/interests/library")
def take(request: Request, site: TheSite, person: AsReader, form: Posted, tasks: BackgroundTasks) -> Response:
    """Saves the papers of an uploaded library; what is new gets its vectors after the answer."""
    if not site.single:
        limited(site, "libraries", str(person.number))
    chosen = form.file("file")
    try:
        if chosen is None:
            raise UsageError("choose a file: BibTeX, RIS, or CSV as Zotero writes it")
        brought = bring(site.collection, person.number, chosen[1], chosen[0], now=site.now())
    except (UsageError, SourceError) as error:
        return _shown(request, site, person, problem=error)
    if brought.taken.new:
        tasks.add_task(_sync, site)
    return _shown(request, site, person, brought=brought)


def _sync(site: Site) -> None:
    for job in JOBS:
        if job.name == "sync":
            run(job, Round(collection=site.collection, settings=site.settings, now=site.now()))


def _shown(
    request: Request,
    site: Site,
    person: Person,
    offset: int = 0,
    *,
    brought: Brought | None = None,
    problem: BroadsheetError | None = None,
) -> Response:
    store, told = site.collection.store, site.told(str(problem)) if problem else ""
    part = part_of(site, by_followed(store, person.number), offset)
    return render.rendered(
        request,
        site,
        "follows.html",
        authors=store.followed(person.number),
        part=part,
        marks=singly(request, site, [paper for paper, _ in part.rows]),
        names={each.number: each.name for each in store.lists(person.number)},
        brought=brought,
        bad=brought.taken.bad[:_BAD_SHOWN] if brought else (),
        problem=f"{told[:1].upper()}{told[1:]}." if told else "",
        feed=private_feeds.address(request, site, person, "authors"),
        size=A_PAGE,
    )
