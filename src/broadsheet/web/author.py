"""The page of an author: the papers with an author of this name."""

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
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)
_LONGEST_NAME = 300


@router.get("/author/{name:path}")
def author(request: Request, site: TheSite, visitor: TheVisitor, name: str, offset: Offset = 0) -> Response:
    """Show the papers with an author of this name, newest first; NotFoundError if there are none."""
    name = squeeze(name)[:_LONGEST_NAME]
    store = site.collection.store
    numbers = store.papers.newest_first(store.papers.numbers_where(Filters(authors=(name,)))) if name else []
    if not numbers:
        raise NotFoundError(f"No paper on this site has an author called {name[:100]!r}. Check the spelling.")
    shown = numbers[offset : offset + A_PAGE]
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
        size=A_PAGE,
        followed=name in store.follows.of(visitor.number),
    )
