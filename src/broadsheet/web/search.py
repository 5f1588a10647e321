"""The search page: the form and its results."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.people.submit import can_submit
from broadsheet.search.end import answered, ended, matters
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import search_results
from broadsheet.site.params import TheSearchParams
from broadsheet.web import render
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)
MOST_TOPICS = 10
"""Topics that are counted among the papers of a list."""


@router.get("/search")
def results(request: Request, site: TheSite, visitor: TheVisitor, asked: TheSearchParams) -> Response:
    """Show the form and, once it is filled in, the ranked results."""
    if not (asked.q.strip() or asked.filters):
        return render.rendered(request, site, "search.html", asked=asked, results=None, note="", size=A_PAGE)
    every = asked.model_copy(update={"relevant": False})
    whole = search_results(site, every, usual=A_PAGE, given=visitor.given, copies=False)
    answer = whole if asked.relevant is False else ended(whole)
    return render.rendered(
        request,
        site,
        "search.html",
        asked=asked,
        results=answer,
        answered=answered(answer),
        beyond=next((each.rank for each in answer.items if not matters(each, answer)), 0),
        weaker=len(answer.items) < len(whole.items) or (whole.more and not answer.more),
        wanted=[each for each in answer.missing if can_submit(each)],
        marks=singly(request, site, [result.document for result in answer.items]),
        note=site.redact(answer.note),
        topics=answer.topics[:MOST_TOPICS],
        size=asked.size(A_PAGE),
    )
