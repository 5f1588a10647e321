"""Submitting a paper by its address or identifier, and the results of earlier submissions."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.submissions import queue_submission
from broadsheet.store.desk import Submission
from broadsheet.store.people import Person
from broadsheet.web import render
from broadsheet.web.filters import paper_address

router = APIRouter(include_in_schema=False)
_MOST = 100  # shown, the newest


@router.get("/submit")
def form(request: Request, site: TheSite, person: AsReader) -> Response:
    """Show the form, above the reader's earlier submissions."""
    return _shown(request, site, person)


@router.post("/submit")
def submit(request: Request, site: TheSite, person: AsReader, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Queue a paper and look it up after the response; a paper that is here already redirects to its page."""
    typed = form.get("paper")
    try:
        submission = queue_submission(site, person, typed=typed, tasks=tasks)
    except UsageError as error:
        return _shown(request, site, person, typed=typed, problem=str(error))
    document = _document(site, submission)
    if document is not None:
        return RedirectResponse(paper_address(document), 303)
    if submission.person != person.number:
        problem = "another reader has submitted this paper, and Broadsheet is looking for it"
        return _shown(request, site, person, problem=problem)
    return RedirectResponse("/submit", 303)


def _document(site: Site, submission: Submission) -> Document | None:
    if submission.number is None:
        return None
    return site.collection.store.papers.by_numbers([submission.number]).get(submission.number)


def _shown(request: Request, site: Site, person: Person, *, typed: str = "", problem: str = "") -> Response:
    store = site.collection.store
    submissions = store.desk.submissions(person=person.number)[-_MOST:][::-1]
    return render.rendered(
        request,
        site,
        "submit.html",
        submissions=submissions,
        papers=store.papers.by_numbers([each.number for each in submissions if each.number is not None]),
        typed=typed,
        problem=f"{problem[:1].upper()}{problem[1:]}." if problem else "",
        now=site.now(),
    )
