"""Papers, for programs: search, similar papers, one paper. Ids may hold `/`: `search` and `similar` are tried first."""

from __future__ import annotations

from fastapi import APIRouter

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.core.types import Results
from broadsheet.daily.copies import appearances
from broadsheet.daily.counts import with_local_counts
from broadsheet.near.view import View
from broadsheet.search.similar import similar
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of, search_results, topics_of
from broadsheet.site.params import Copies, Count, Diverse, Offset, TheSearchParams
from broadsheet.site.problems import responses

USUAL = 10

router = APIRouter(tags=["papers"], route_class=ETagRoute)


@router.get("/api/search", responses=responses(400, 503), summary="Search papers")
def search_papers(site: TheSite, asked: TheSearchParams, place: ThePlace) -> models.Page:
    """Return papers that match the query by words and meaning, best first, each with its passage and score parts.

    Without a query, return the newest papers that meet the conditions.
    """
    results = place.link_next(search_results(site, asked.at_offset(place.at(asked.offset)), usual=USUAL))
    return _page(site, results)


@router.get("/api/papers/search", responses=responses(400, 503), summary="Search papers, as Hugging Face lists them")
def list_papers(site: TheSite, asked: TheSearchParams, place: ThePlace) -> list[models.FoundPaper]:
    """Return the same search as a plain list of papers with Hugging Face's field names; `q` and `limit` are enough."""
    results = place.link_next(search_results(site, asked.at_offset(place.at(asked.offset)), usual=USUAL))
    topics = topics_of(site, [result.document for result in results.items])
    return [models.paper_with_match(result, topics) for result in results.items]


@router.get("/api/papers/{id:path}/similar", responses=responses(404, 503), summary="Find similar papers")
def similar_papers(
    site: TheSite,
    id: str,
    place: ThePlace,
    k: Count = USUAL,
    offset: Offset = 0,
    diverse: Diverse = 0.0,
    copies: Copies = True,
) -> models.Page:
    """Return the papers nearest to this one in meaning, from stored vectors only."""
    view, paper = View(diverse=diverse, copies=copies), paper_of(site, id)
    results = place.link_next(similar(site.collection, paper.id, k=k, offset=place.at(offset), arrange=view))
    return _page(site, results)


@router.get("/api/papers/{id:path}", responses=responses(404), summary="Get one paper")
def one_paper(site: TheSite, id: str) -> models.Paper:
    """Return the paper with this id, or with this other identifier (`arXiv:2401.00001v2`)."""
    document = paper_of(site, id)
    (counted,) = with_local_counts(site.collection, [[document, *appearances(site.collection, document)]])
    return models.paper(counted, topics_of(site, [counted]))


def _page(site: Site, results: Results) -> models.Page:
    topics = topics_of(site, [result.document for result in results.items])
    return models.page(results, topics, note=site.redact(results.note))
