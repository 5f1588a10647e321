"""A paper as a reference manager or a list of references takes it, at the address of its page with an ending."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broadsheet.site.context import TheSite
from broadsheet.site.download import citation_response
from broadsheet.site.lookup import paper_of

router = APIRouter(include_in_schema=False)


@router.get("/paper/{id:path}.bib")
def bibtex(request: Request, site: TheSite, id: str) -> Response:
    """Return the paper as BibTeX."""
    return citation_response(request, site, paper_of(site, id), "bibtex")


@router.get("/paper/{id:path}.ris")
def ris(request: Request, site: TheSite, id: str) -> Response:
    """Return the paper as RIS."""
    return citation_response(request, site, paper_of(site, id), "ris")


@router.get("/paper/{id:path}.csl")
def csl(request: Request, site: TheSite, id: str) -> Response:
    """Return the paper as CSL JSON, at the ending that lists have for it too."""
    return citation_response(request, site, paper_of(site, id), "csl")


@router.get("/paper/{id:path}.txt")
def text(request: Request, site: TheSite, id: str, style: Annotated[str, Query(max_length=20)] = "apa") -> Response:
    """Return the paper as a line of a list of references, in a style."""
    return citation_response(request, site, paper_of(site, id), style)
