"""An author: the papers whose lists of authors have the name."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.core.errors import NotFoundError
from broadsheet.core.text import squeeze
from broadsheet.core.types import Filters
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.params import Offset
from broadsheet.web import render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
_A_PAGE = 20
_LONGEST_NAME = 300


@router.get("/author/{name:path}")
def author(request: Request, site: TheSite, visitor: TheVisitor, name: str, offset: Offset = 0) -> Response:
    """The papers whose lists of authors have this name, newest first."""
    name = squeeze(name)[:_LONGEST_NAME]
    store = site.collection.store
    numbers = store.papers.newest_first(store.papers.numbers_where(Filters(authors=(name,)))) if name else []
    if not numbers:
        raise NotFoundError(f"No paper here has an author called {name[:100]!r}.")
    shown = numbers[offset : offset + _A_PAGE]
    known = store.papers.by_numbers(shown)
    papers = [known[number] for number in shown if number in known]
    return render.rendered(
        request,
        site,
        "author.html",
        name=name,
        total=len(numbers),
        papers=papers,
        marks=singly(request, site, papers),
        offset=offset,
        size=_A_PAGE,
        followed=name in store.follows.of(visitor.number),
    )
