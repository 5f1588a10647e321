"""Uploading a file of references: its papers are saved in a list named after the file, and the Library shows them."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.people.library import import_library
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.jobs import run_after
from broadsheet.web import lists

router = APIRouter(include_in_schema=False)


@router.post("/interests/library")
def take(request: Request, site: TheSite, person: AsReader, form: TheForm, tasks: BackgroundTasks) -> Response:
    """Save the papers of an uploaded library; new papers are synced after the response."""
    if not site.single:
        site.limit("libraries", str(person.number))
    chosen = form.file("file")
    try:
        if chosen is None:
            raise UsageError("choose a file: BibTeX, RIS, or RDF or CSV from Zotero")
        brought = import_library(site.collection, person.number, chosen[1], chosen[0], now=site.now())
    except (UsageError, SourceError) as error:
        return lists.library(request, site, person, problem=error, imported=None)
    if brought.taken.new:
        run_after(site, tasks)
    return lists.library(request, site, person, problem=None, imported=brought)
