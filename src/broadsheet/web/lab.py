"""The lab: the newest report of this Collection's runs, for those who run the site."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.core.errors import CollectionError
from broadsheet.lab.report import page, record
from broadsheet.site.auth import AsEditor
from broadsheet.site.conditional import with_etag
from broadsheet.site.context import TheSite
from broadsheet.web import render

router = APIRouter(include_in_schema=False)


@router.get("/lab")
def lab(request: Request, site: TheSite, _person: AsEditor) -> Response:
    """Show the stored report, or how to make one."""
    report, problem = None, ""
    try:
        report = record.read(site.collection.path / record.NAME)
    except CollectionError as error:
        problem = str(error)
    return render.rendered(
        request, site, "lab.html", report=report, body=page.body(report) if report else "", problem=problem,
        now=site.now(),
    )  # fmt: skip


@router.get("/lab/plots.css")
def plots(request: Request) -> Response:
    """Send the styles of the report's plots."""
    return with_etag(request, Response(page.plots_style(), media_type="text/css"))
