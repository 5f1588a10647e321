"""Papers, for programs: search, similar papers, one paper. Ids may hold `/`: `search` and `similar` are tried first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.core.types import Results
from broadsheet.daily.copies import appearances
from broadsheet.daily.counts import with_local_counts
from broadsheet.daily.summaries import summaries
from broadsheet.exports.citations import CITATIONS
from broadsheet.near.view import View
from broadsheet.search.aspects.show import read
from broadsheet.search.aspects.similar import related
from broadsheet.search.question import Given
from broadsheet.search.similar import similar
from broadsheet.site.auth import AsReader, TheVisitor
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import Site, TheSite
from broadsheet.site.download import citation_response
from broadsheet.site.lookup import paper_of, search_results, topics_of
from broadsheet.site.params import Copies, Count, Diverse, Offset, SearchBody, TheSearchParams
from broadsheet.site.problems import responses

USUAL = 10
_FEW = 3
Aspect = Annotated[
    str, Query(max_length=20, description="Only like the paper in this: `task`, `method`, `data` or `result`.")
]
Style = Annotated[str, Query(max_length=20, description="`apa`, `ieee`, `bibtex`, `ris` or `csl`.")]
_CITED: dict[int | str, dict[str, Any]] = {
    200: {"content": {each.media.partition(";")[0]: {} for each in CITATIONS.values()}}
}
Facets = Annotated[
    bool, Query(description="Count what the relevant papers have in common: years, topics, sources, venues ...")
]

router = APIRouter(tags=["papers"], route_class=ETagRoute)


@router.get("/api/search", responses=responses(400, 503), summary="Search papers")
def search_papers(
    site: TheSite, visitor: TheVisitor, asked: TheSearchParams, place: ThePlace, facets: Facets = False
) -> models.Page:
    """Return papers that match the query by words and meaning, best first, each with its passage and score parts.

    Without a query, return the newest papers that meet the conditions.
    """
    at = asked.at_offset(place.at(asked.offset))
    results = place.link_next(search_results(site, at, usual=USUAL, given=visitor.given, with_facets=facets))
    return _page(site, results)


@router.post("/api/search", responses=responses(400, 401, 422, 429, 503), summary="Search by a document or a vector")
def search_by(site: TheSite, person: AsReader, asked: SearchBody) -> models.Page:
    """Return papers for a document (a text, or references in BibTeX or RIS), for a vector of the Collection's encoder,
    or for a query with either. It computes, and changes nothing."""
    site.limit("documents", str(person.number))
    given = Given(reader=person.number, document=asked.document, vector=asked.vector)
    return _page(site, search_results(site, asked, usual=USUAL, given=given))


@router.get("/api/papers/search", responses=responses(400, 503), summary="Search papers, as Hugging Face lists them")
def list_papers(site: TheSite, visitor: TheVisitor, asked: TheSearchParams, place: ThePlace) -> list[models.FoundPaper]:
    """Return the same search as a plain list of papers with Hugging Face's field names; `q` and `limit` are enough."""
    at = asked.at_offset(place.at(asked.offset))
    results = place.link_next(search_results(site, at, usual=USUAL, given=visitor.given))
    documents = [result.document for result in results.items]
    topics = topics_of(site, documents)
    papers = [models.paper_with_match(result, topics) for result in results.items]
    models.summarize(papers, summaries(site.collection, documents))
    return papers


@router.get("/api/papers/{id:path}/similar", responses=responses(400, 404, 503), summary="Find similar papers")
def similar_papers(
    site: TheSite,
    id: str,
    place: ThePlace,
    aspect: Aspect = "",
    k: Count = USUAL,
    offset: Offset = 0,
    diverse: Diverse = 0.0,
    copies: Copies = True,
) -> models.Page:
    """Return the papers nearest to this one in meaning, or in one aspect of it, from stored vectors only."""
    view, paper = View(diverse=diverse, copies=copies), paper_of(site, id)
    found = similar(site.collection, paper.id, aspect=aspect, k=k, offset=place.at(offset), arrange=view)
    results = place.link_next(found)
    return _page(site, results)


@router.get("/api/papers/{id:path}/aspects", responses=responses(400, 404, 503), summary="Show the aspects of a paper")
def aspects_of_paper(site: TheSite, id: str, k: Count = _FEW) -> models.Aspects:
    """Return what each sentence of a paper is about (its task, method, data or result), and the papers that are like
    it in each of these, from stored vectors only."""
    paper = paper_of(site, id).id
    said = read(site.collection, paper)
    near: dict[str, models.Page] = {
        aspect: _page(site, results) for aspect, results in related(site.collection, paper, k=k).items()
    }
    return models.Aspects(sentences=[models.Sentence(**each._asdict()) for each in said], similar=near)


@router.get("/api/papers/{id:path}/citation", responses=_CITED | responses(404), response_class=Response,
            summary="Cite a paper")  # fmt: skip
def citation_of_paper(request: Request, site: TheSite, id: str, style: Style = "apa") -> Response:
    """Return the paper as a line of text (`apa`, `ieee`), or as a record (`bibtex`, `ris`, `csl`)."""
    return citation_response(request, site, paper_of(site, id), style)


@router.get("/api/papers/{id:path}", responses=responses(404), summary="Get one paper")
def one_paper(site: TheSite, id: str) -> models.Paper:
    """Return the paper with this id, or with this other identifier (`arXiv:2401.00001v2`)."""
    document = paper_of(site, id)
    (counted,) = with_local_counts(site.collection, [[document, *appearances(site.collection, document)]])
    return models.paper(counted, topics_of(site, [counted]))


def _page(site: Site, results: Results) -> models.Page:
    documents = [result.document for result in results.items]
    page = models.page(results, topics_of(site, documents), note=site.redact(results.note))
    models.summarize([item.paper for item in page.items], summaries(site.collection, documents))
    return page
