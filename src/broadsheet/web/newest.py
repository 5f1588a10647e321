"""The newest papers, by their day or year; also the front page as long as there is no day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet import shelf
from broadsheet.site.context import TheSite
from broadsheet.site.params import Offset
from broadsheet.web import filters, render
from broadsheet.web.marks import singly

_A_PAGE = 20

router = APIRouter(include_in_schema=False)


@router.get("/newest")
def newest_papers(request: Request, site: TheSite, offset: Offset = 0) -> Response:
    """The newest papers, whether they stand on a day or not. The shelf and readers' libraries stay off."""
    newest = site.collection.store.newest(_A_PAGE + 1, offset, without_sources=("shelf", "library"), hidden=False)
    today = site.today
    return render.rendered(
        request,
        site,
        "newest.html",
        groups=list(filters.by_day(newest[:_A_PAGE])),
        marks=singly(request, site, newest[:_A_PAGE]),
        offset=offset,
        more=len(newest) > _A_PAGE,
        size=_A_PAGE,
        today=today,
        examples=() if newest or offset or not site.papers else shelf.EXAMPLES,
    )
