"""Why a paper matches a search, part by part; and what a search looked for, its concepts to turn up, down or off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, StringConstraints

from broadsheet.core import query
from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.explain.concepts import Turns
from broadsheet.explain.match import Said, asked_words, match, said
from broadsheet.explain.words import Term, rarity
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.fields import several
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import SearchParams
from broadsheet.web import render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
SHOWN = 20
"""Papers that are shown for a search whose concepts were turned."""
_Asked = Annotated[str, StringConstraints(max_length=query.LONGEST)]
_Id = Annotated[str, StringConstraints(max_length=500)]
_Concepts = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Query(max_length=20), AfterValidator(several)
]


@router.get("/explain")
def explain(
    request: Request,
    site: TheSite,
    person: AsReader,
    q: _Asked = "",
    paper: _Id = "",
    more: _Concepts = [],  # noqa: B006 - FastAPI copies it
    less: _Concepts = [],  # noqa: B006
    without: _Concepts = [],  # noqa: B006
) -> Response:
    """Explain why a paper matches a query; without a paper, what the query looked for, with concepts that are turned up
    (``more``), down (``less``) or off (``without``)."""
    site.limit("explanations", str(person.number))
    asked = SearchParams(q=q)
    if paper:
        found = match(site.collection, q, paper_of(site, paper))
        return render.rendered(
            request,
            site,
            "explain_match.html",
            asked=asked,
            query=q,
            match=found,
            notes=[site.redact(each) for each in found.notes],
        )
    turns = Turns(more=tuple(more), less=tuple(less), without=tuple(without))
    meant, problem = _said(site, q, turns)
    items = meant.results.items if meant else ()
    return render.rendered(
        request,
        site,
        "explain_search.html",
        asked=asked,
        query=q,
        turns=turns,
        terms=_terms(site, q),
        said=meant,
        items=items,
        problem=problem,
        marks=singly(request, site, [each.document for each in items]),
    )


def _said(site: Site, q: str, turns: Turns) -> tuple[Said | None, str]:
    """The concepts of a query and the papers under it, or why there are none. UsageError for an unknown concept."""
    try:
        return said(site.collection, q, turns, k=SHOWN), ""
    except (CollectionError, ModelError) as error:
        return None, site.redact(str(error))


def _terms(site: Site, q: str) -> tuple[Term, ...]:
    try:
        return rarity(site.collection, asked_words(site.collection, q))
    except (CollectionError, UsageError):
        return ()
