"""Papers at Hugging Face's paths: `/papers/ID.md` is the paper as Markdown, `/papers/ID` redirects to its page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.daily.copies import appearances
from broadsheet.daily.counts import with_local_counts
from broadsheet.exports.listing import Entry
from broadsheet.exports.markdown import MEDIA, markdown
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.problems import responses
from broadsheet.site.urls import base_of, paper_page
from broadsheet.sources.payload import without_folders

router = APIRouter(tags=["papers"], route_class=ETagRoute)
_SHOWN: dict[int | str, dict[str, Any]] = {200: {"description": "The paper", "content": {MEDIA: {}}}}


@router.get("/papers/{id:path}.md", responses=_SHOWN | responses(404), response_class=Response,
            summary="Get one paper as Markdown")  # fmt: skip
@router.get("/paper/{id:path}.md", include_in_schema=False)
def paper_as_markdown(request: Request, site: TheSite, id: str) -> Response:
    """Return title, authors, facts and abstract, for programs that read text. The text is its authors', not this
    site's."""
    known = paper_of(site, id)
    (paper,) = with_local_counts(site.collection, [[known, *appearances(site.collection, known)]])
    paper = replace(paper, source=without_folders(paper.source))
    entry = Entry(document=paper, address=base_of(request, site) + paper_page(paper.id), day=paper.day)
    return Response(markdown(entry).encode("utf-8", "replace"), media_type=MEDIA)


@router.get("/papers/{id:path}", include_in_schema=False)
def paper_elsewhere(site: TheSite, id: str) -> Response:
    """Redirect to the paper's page."""
    return RedirectResponse(paper_page(paper_of(site, id).id), 307)
