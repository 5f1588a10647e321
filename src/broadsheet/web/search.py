"""The results of a search, and the form that asks for one."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.site.context import TheSite
from broadsheet.site.lookup import search_results
from broadsheet.site.params import TheSearchParams
from broadsheet.web import render
from broadsheet.web.marks import singly

_A_PAGE = 20

router = APIRouter(include_in_schema=False)


@router.get("/search")
def results(request: Request, site: TheSite, asked: TheSearchParams) -> Response:
    """A ranked list, and the form that made it."""
    if not (asked.q.strip() or asked.filters):
        return render.rendered(request, site, "search.html", asked=asked, results=None, note="", size=_A_PAGE)
    answer = search_results(site, asked, usual=_A_PAGE)
    return render.rendered(
        request,
        site,
        "search.html",
        asked=asked,
        results=answer,
        marks=singly(request, site, [result.document for result in answer.items]),
        note=site.redact(answer.note),
        size=asked.size(_A_PAGE),
    )
