"""The page of a paper, with its comments and similar papers, and its BibTeX entry."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document, Results
from broadsheet.daily.copies import appearances
from broadsheet.exports.bibtex import bibtex
from broadsheet.labels.lists import suggest
from broadsheet.near.about import about
from broadsheet.near.view import View
from broadsheet.search.similar import similar
from broadsheet.site.auth import visitor_of
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.web import comments, filters, render
from broadsheet.web.desk import decided, set_apart
from broadsheet.web.marks import marked

_AKIN = 6
_REVISIONS = 3  # changes of the text that are shown

router = APIRouter(include_in_schema=False)


@router.get("/paper/{id:path}")
def paper(request: Request, site: TheSite, id: str) -> Response:
    """Show one paper; another of its identifiers redirects to its id."""
    document = paper_of(site, id)
    if document.id != id:
        return RedirectResponse(filters.paper_address(document), 307)
    akin, note = _akin(site, document)
    others = appearances(site.collection, document)
    visitor = visitor_of(request, site)
    near_it = about(site.collection, document)
    near = [(result.document,) for result in akin.items] if akin else []
    return render.rendered(
        request,
        site,
        "paper.html",
        paper=document,
        entry=bibtex(document),
        akin=akin,
        note=note,
        others=others,
        perhaps=[each for each in near_it.copies if each.document.id not in {other.id for other in others}],
        sure={each.document.id: each.confidence for each in near_it.copies},
        novelty=near_it.novelty,
        revisions=near_it.revisions[:_REVISIONS],
        marks=marked(request, site, [(document, *others), *near]),
        lists=site.collection.store.lists.of(visitor.number),
        suggested=suggest(site.collection, visitor.number, document),
        decided=decided(site, [document, *others]),
        apart=set_apart(site, document) if visitor.may("editor") else (),
        **comments.shown(site, visitor, [document, *others]),
    )


def _akin(site: Site, document: Document) -> tuple[Results | None, str]:
    """Find similar papers, or a note on why there are none."""
    try:
        answer = similar(site.collection, document.id, k=_AKIN, arrange=View())
    except CollectionError as error:
        return None, site.redact(str(error))
    return answer, site.redact(answer.note)
