"""Recommendations: in our own format, and in Semantic Scholar's at its paths. These POSTs change nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api import models
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.core.types import Document, Filters, Results
from broadsheet.exports.listing import arxiv_of, day_of, doi_of, link, year_of
from broadsheet.search.recommend import recommend
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import MOST
from broadsheet.site.problems import responses
from broadsheet.site.urls import base_of, paper_page

_PREFIX = re.compile(r"(?:URL|MAG|PMID|PMCID|CorpusId|ACL):", re.IGNORECASE)
_RECENT = timedelta(days=60)
_MOST_IDS = 500

Id = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Ids = Annotated[list[Id], Field(max_length=_MOST_IDS)]
FieldNames = Annotated[str, Query(max_length=2_000, description="Fields of each paper, separated by commas.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]

router = APIRouter(tags=["recommendations"])


class Tastes(BaseModel):
    """What is liked and what is not: ids of papers, and a text."""

    positive: Ids = Field(default=[], description="Ids of papers that the results should be near to.")
    negative: Ids = Field(default=[], description="Ids of papers that the results should be far from.")
    text: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        default="", description="A text that the results should be near to."
    )
    limit: int = Field(default=10, ge=1, le=MOST)


class ScholarRequest(BaseModel):
    """A request in Semantic Scholar's format."""

    positivePaperIds: Annotated[Ids, Field(min_length=1)]  # noqa: N815
    negativePaperIds: Ids = []  # noqa: N815


class ScholarAuthor(BaseModel):
    """An author in Semantic Scholar's format; authors here have no number."""

    authorId: str | None = None  # noqa: N815
    name: str


class ScholarPaper(BaseModel):
    """A paper with Semantic Scholar's field names: only the requested fields; what is not known here is null."""

    paperId: str = Field(description="The paper's id here.")  # noqa: N815
    corpusId: int | None = None  # noqa: N815
    externalIds: dict[str, str] | None = None  # noqa: N815
    url: str | None = None
    title: str | None = None
    abstract: str | None = None
    venue: str | None = None
    year: int | None = None
    referenceCount: int | None = None  # noqa: N815
    citationCount: int | None = None  # noqa: N815
    influentialCitationCount: int | None = None  # noqa: N815
    isOpenAccess: bool | None = None  # noqa: N815
    openAccessPdf: dict[str, str] | None = None  # noqa: N815
    fieldsOfStudy: list[str] | None = None  # noqa: N815
    s2FieldsOfStudy: list[dict[str, str]] | None = None  # noqa: N815
    publicationTypes: list[str] | None = None  # noqa: N815
    publicationDate: str | None = None  # noqa: N815
    journal: dict[str, str] | None = None
    authors: list[ScholarAuthor] | None = None


class Recommendations(BaseModel):
    """Recommended papers, best first."""

    recommendedPapers: list[ScholarPaper]  # noqa: N815


_FIELDS = set(ScholarPaper.model_fields)


@router.post("/api/recommend", responses=responses(400, 404, 503), summary="Recommend papers")
def recommend_papers(site: TheSite, tastes: Tastes) -> models.Page:
    """Return the papers nearest to those that are liked (and to a text) and far from those that are not."""
    results = recommend(
        site.collection, tastes.positive, negative=tastes.negative, text=tastes.text, k=tastes.limit
    )  # fmt: skip
    topics = topics_of(site, [result.document for result in results.items])
    return models.page(results, topics, note=site.redact(results.note))


@router.post(
    "/recommendations/v1/papers/", responses=responses(400, 404, 503), response_model_exclude_unset=True,
    summary="Recommend papers, in Semantic Scholar's format",
)  # fmt: skip
@router.post("/recommendations/v1/papers", include_in_schema=False, response_model_exclude_unset=True)
def recommend_by_papers(
    request: Request, site: TheSite, chosen: ScholarRequest, fields: FieldNames = "title", limit: Limit = 100
) -> Recommendations:
    """Return papers near `positivePaperIds` and far from `negativePaperIds`. Ids may be `ARXIV:2401.00001`,
    `DOI:10.1/x` or ids of this site."""
    names = _field_names(fields)
    positive, negative = (
        [_paper_id(site, name) for name in names] for names in (chosen.positivePaperIds, chosen.negativePaperIds)
    )
    return _answer(recommend(site.collection, positive, negative=negative, k=limit), names, base_of(request, site))


@router.get(
    "/recommendations/v1/papers/forpaper/{id:path}", responses=responses(400, 404, 503),
    response_model_exclude_unset=True, summary="Recommend papers like one, in Semantic Scholar's format",
)  # fmt: skip
def recommend_for_paper(
    request: Request,
    site: TheSite,
    id: Id,
    fields: FieldNames = "title",
    limit: Limit = 100,
    from_: Annotated[Literal["", "recent", "all-cs"], Query(alias="from")] = "",
) -> Recommendations:
    """Return the papers nearest to one paper; with `from=recent`, only those of the last 60 days."""
    names = _field_names(fields)
    filters = Filters(since=site.today - _RECENT) if from_ == "recent" else None
    return _answer(
        recommend(site.collection, [_paper_id(site, id)], k=limit, filters=filters), names, base_of(request, site)
    )


def _field_names(fields: str) -> list[str]:
    """Read the names of fields; the name of a part (`authors.name`) means the whole. UsageError for an unknown one."""
    names = list(dict.fromkeys(name.strip().partition(".")[0] for name in fields.split(",") if name.strip()))
    for name in names:
        if name not in _FIELDS:
            raise UsageError(f"Unrecognized or unsupported fields: {name[:60]!r}. {nearest(name[:60], _FIELDS)}")
    return names


def _paper_id(site: Site, name: str) -> str:
    """Find the id of a paper by any of its identifiers, in their form or ours; NotFoundError."""
    bare = _PREFIX.sub("", name.strip())
    for each in (name.strip(), bare, f"acl:{bare}"):
        if document := site.collection.store.papers.get(each):
            return document.id
    raise NotFoundError(f"Paper with id {name[:200]!r} not found. Search for its title to find its id.")


def _answer(results: Results, fields: list[str], base: str) -> Recommendations:
    papers = [_fields(result.document, base) for result in results.items]
    return Recommendations(
        recommendedPapers=[
            ScholarPaper(paperId=paper["paperId"], **{name: paper.get(name) for name in fields if name != "paperId"})
            for paper in papers
        ]
    )


def _fields(paper: Document, base: str) -> dict[str, Any]:
    day, pdf = day_of(paper), link(paper, "pdf")
    identifiers = {"ArXiv": arxiv_of(paper), "DOI": doi_of(paper)}
    return {
        "paperId": paper.id,
        "externalIds": {name: value for name, value in identifiers.items() if value},
        "url": link(paper, "abstract") or base + paper_page(paper.id),
        "title": paper.shown_title,
        "abstract": paper.shown_text or None,
        "venue": paper.venue,
        "year": year_of(paper),
        "openAccessPdf": {"url": pdf} if pdf else None,
        "publicationDate": day.isoformat() if day else None,
        "authors": [ScholarAuthor(name=name) for name in paper.authors],
    }
