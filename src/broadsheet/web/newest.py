"""The newest papers, by their day or year; also the front page as long as no day has papers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.site.context import TheSite
from broadsheet.site.lookup import newest
from broadsheet.site.params import Offset
from broadsheet.web import filters, render
from broadsheet.web.front import shelf_page
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)


@router.get("/newest")
def newest_papers(request: Request, site: TheSite, offset: Offset = 0) -> Response:
    """Show the newest papers, whether listed on a day or not. The shelf and readers' libraries are left out; where
    there is nothing else, they make the page."""
    papers, more = newest(site, A_PAGE, offset)
    if not papers and not offset:
        return shelf_page(request, site)
    return render.rendered(
        request,
        site,
        "newest.html",
        groups=list(filters.by_day(papers)),
        marks=singly(request, site, papers),
        offset=offset,
        more=more,
        size=A_PAGE,
        today=site.today,
    )
