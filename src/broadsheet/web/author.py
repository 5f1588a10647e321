"""The house: what an author wrote, how the instance is, which sources it follows, how everything is ranked."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.api.sources import fetch_all, follow
from broadsheet.core.errors import BroadsheetError, NotFoundError
from broadsheet.core.text import squeeze
from broadsheet.core.types import Filters
from broadsheet.site.auth import AsEditor, TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import Posted, posted
from broadsheet.site.params import Offset
from broadsheet.trending import score
from broadsheet.web import render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
_A_PAGE = 20
_LONGEST_NAME = 300


@router.get("/author/{name:path}")
def author(request: Request, site: TheSite, visitor: TheVisitor, name: str, offset: Offset = 0) -> Response:
    """The papers whose lists of authors have this name, newest first."""
    name = squeeze(name)[:_LONGEST_NAME]
    store = site.collection.store
    numbers = store.newest_first(store.numbers_where(Filters(authors=(name,)))) if name else []
    if not numbers:
        raise NotFoundError(f"No paper here has an author called {name[:100]!r}.")
    shown = numbers[offset : offset + _A_PAGE]
    known = store.by_numbers(shown)
    papers = [known[number] for number in shown if number in known]
    return render.rendered(
        request,
        site,
        "author.html",
        name=name,
        total=len(numbers),
        papers=papers,
        marks=singly(request, site, papers),
        offset=offset,
        size=_A_PAGE,
        followed=name in store.followed(visitor.number),
    )


@router.get("/status")
def status(request: Request, site: TheSite, visitor: TheVisitor) -> Response:
    """When each source, index and job last ran, what it did, and what failed."""
    store = site.collection.store
    return render.rendered(
        request,
        site,
        "status.html",
        encoder=site.collection.encoder_name,
        sources=_sources(site),
        jobs=store.job_runs(),
        problems=store.problems(20) if visitor.may("editor") else [],
        now=site.now(),
    )


@router.get("/sources")
def sources(request: Request, site: TheSite, _person: AsEditor) -> Response:
    """The sources that are followed."""
    return _shown(request, site)


@router.post("/sources/add")
def add(request: Request, site: TheSite, _person: AsEditor, form: Posted) -> Response:
    """Follows one more."""
    name = form.get("name", longest=_LONGEST_NAME)
    try:
        follow(site, name)
    except BroadsheetError as error:
        return _shown(request, site, typed=name, problem=site.told(str(error)))
    return RedirectResponse("/sources", 303)


@router.post("/sources/remove")
def remove(site: TheSite, _person: AsEditor, form: Posted) -> Response:
    """Follows one no more; its papers stay."""
    site.collection.store.remove_source(form.get("name", longest=_LONGEST_NAME))
    return RedirectResponse("/sources", 303)


@router.post("/sources/fetch", dependencies=[Depends(posted)])
def fetch(site: TheSite, _person: AsEditor, tasks: BackgroundTasks) -> Response:
    """Fetches from all of them and syncs, after the answer; the page of the status tells how it went."""
    tasks.add_task(fetch_all, site)
    return RedirectResponse("/status", 303)


@router.get("/how")
def how(request: Request, site: TheSite) -> Response:
    """How ranking works."""
    return render.rendered(request, site, "how.html", trend=score, people=site.settings.people)


def _sources(site: Site) -> list[dict[str, object]]:
    """The followed sources with their last runs and, for those that fail, since when."""
    store = site.collection.store
    return [
        {"name": each.name, "last": each.last_run, "outage": store.outage_of(each.name)} for each in store.sources()
    ]


def _shown(request: Request, site: Site, *, typed: str = "", problem: str = "") -> Response:
    return render.rendered(
        request, site, "sources.html", sources=_sources(site), typed=typed, problem=problem, now=site.now()
    )
