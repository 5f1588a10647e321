"""The status page (the last runs of sources, indexes and jobs), and the page on how ranking works."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.site.auth import AsEditor, TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.forms import read_form
from broadsheet.site.jobs import run_after
from broadsheet.topics.rising import SURENESS
from broadsheet.trending import score
from broadsheet.web import render
from broadsheet.web.sources import followed

router = APIRouter(include_in_schema=False)


@router.get("/status")
def status(request: Request, site: TheSite, visitor: TheVisitor) -> Response:
    """Show when each source, index and job last ran, its result, and what failed."""
    store = site.collection.store
    return render.rendered(
        request,
        site,
        "status.html",
        encoder=site.collection.encoder_name,
        sources=followed(site),
        jobs=store.journal.job_runs(),
        problems=store.journal.problems(20) if visitor.may("editor") else [],
        now=site.now(),
    )


@router.post("/status/sync", dependencies=[Depends(read_form)])
def index(site: TheSite, _person: AsEditor, tasks: BackgroundTasks) -> Response:
    """Index what is not indexed yet, after the response; the status page shows the result."""
    run_after(site, tasks)
    return RedirectResponse("/status", 303)


@router.get("/how")
def how(request: Request, site: TheSite) -> Response:
    """Show how ranking works."""
    return render.rendered(request, site, "how.html", trend=score, sureness=SURENESS, people=site.settings.people)
