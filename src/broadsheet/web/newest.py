"""The newest papers, by their day or year; also the front page as long as there is no day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet import shelf
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import newest
from broadsheet.site.params import Offset
from broadsheet.web import filters, render
from broadsheet.web.marks import singly

_A_PAGE = 20

router = APIRouter(include_in_schema=False)


@router.get("/newest")
def newest_papers(request: Request, site: TheSite, offset: Offset = 0) -> Response:
    """The newest papers, whether they stand on a day or not. The shelf and readers' libraries stay off."""
    papers, more = newest(site, _A_PAGE, offset)
    today = site.today
    return render.rendered(
        request,
        site,
        "newest.html",
        groups=list(filters.by_day(papers)),
        marks=singly(request, site, papers),
        offset=offset,
        more=more,
        size=_A_PAGE,
        today=today,
        examples=() if papers or offset or not site.papers else shelf.EXAMPLES,
    )
