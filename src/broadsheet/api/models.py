"""The shapes of the answers: a paper has Hugging Face's field names, and ours next to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, Field, create_model

from broadsheet.core import records
from broadsheet.core.facets import FacetKind
from broadsheet.core.status import status_of
from broadsheet.core.topic import Counted, Named
from broadsheet.core.types import Document, Mode, Result, Results, Sort, StatusKind
from broadsheet.daily.summaries import Summary
from broadsheet.site.params import Side
from broadsheet.sources.payload import without_folders


class Author(BaseModel):
    """An author."""

    name: str


class Submitter(BaseModel):
    """The person who submitted a paper to a source's list. ``name`` and ``user`` are the user name, ``fullname`` the
    name that readers see; where the source gives one name, all three are that."""

    name: str
    user: str
    fullname: str


class Organization(BaseModel):
    """The organization that a source names with a paper."""

    name: str
    fullname: str


class AuthorName(BaseModel):
    """The parts of an author's name; all are empty where they are not known."""

    given: str
    family: str
    particle: str = Field(description="What belongs to the family name: `van den`.")
    suffix: str = Field(description="For example `Jr.`.")
    literal: str = Field(description="The whole name of a body, for example of a collaboration.")


class PaperStatus(BaseModel):
    """What a source states about the standing of a paper."""

    kind: StatusKind
    source: str = Field(description="Which source: `openalex`, `arxiv`, `title` (the title itself says so) ...")
    since: date | None


class PaperTopic(BaseModel):
    """The topic of the Collection that a paper is in."""

    id: int
    name: str


class ShortSummary(BaseModel):
    """What a paper does, in at most 300 characters."""

    text: str
    by: Literal["source", "abstract", ""] = Field(
        description="`source`: its source gave this summary; `abstract`: a sentence of the abstract; empty for neither."
    )


class Paper(BaseModel):
    """A paper. The fields up to ``organization`` are Hugging Face's; the others are Broadsheet's own."""

    id: str = Field(description="The permanent id; may hold `/` and `:`.")
    title: str = Field(description="The title in readable form, without LaTeX.")
    summary: str = Field(description="The abstract in readable form.")
    authors: list[Author]
    names: list[AuthorName] = Field(
        description="The parts of the authors' names, one for each of `authors`; empty if no source told them apart."
    )
    publishedAt: str | None = Field(description="The day of submission, else the best known day, as midnight UTC.")  # noqa: N815
    submittedOnDailyAt: str | None = Field(description="The day a daily list showed it, as midnight UTC.")  # noqa: N815
    upvotes: int = Field(description="0 where no source counts votes; see `votes`.")
    numComments: int  # noqa: N815
    githubRepo: str | None = Field(description="The address of its code.")  # noqa: N815
    projectPage: str | None  # noqa: N815
    githubStars: int | None = Field(description="How many stars the repository had when the source was read.")  # noqa: N815
    ai_summary: str | None = Field(description="A machine's summary, as the source gave it.")
    ai_keywords: list[str] | None = Field(description="A machine's keywords, as the source gave them.")
    submittedOnDailyBy: Submitter | None = Field(description="Who submitted it to the source's list.")  # noqa: N815
    organization: Organization | None

    rawTitle: str = Field(description="The title as the source gave it.")  # noqa: N815
    rawSummary: str = Field(description="The abstract as the source gave it.")  # noqa: N815
    status: PaperStatus | None = Field(description="null for a paper in good standing.")
    venue: str
    kind: str = Field(description="An article, inproceedings, a book ...; empty if no source says it.")
    categories: list[str]
    keywords: list[str]
    submitted: date | None
    updated: date | None
    announced: date | None = Field(description="The day on which its archive announced it.")
    listed: date | None
    estimated: date | None = Field(
        description="The day by its archive's calendar, if no source says when it was announced or listed."
    )
    first_seen: date | None = Field(description="The day on which a live source that did not date it first showed it.")
    year: int | None
    version: int | None
    votes: int | None = Field(description="null if no source counts votes.")
    links: dict[str, str] = Field(description="Addresses by kind: `abstract`, `pdf`, `code`, `project` and others.")
    aliases: list[str] = Field(description="Its other identifiers.")
    source: str
    topic: PaperTopic | None = Field(description="The topic of this Collection that it is in.")
    shortSummary: ShortSummary | None = Field(  # noqa: N815
        default=None, description="What it does, in lists of a day and of a search; null elsewhere."
    )
    extra: dict[str, Any] = Field(description="Other facts, as the sources gave them.")


class CountedTopic(PaperTopic):
    """A topic, and how many papers of a list are in it."""

    papers: int


class MatchPart(BaseModel):
    """What one kind of search (by words, by meaning), or one stage of it, adds to a match."""

    score: float | None = Field(description="BM25 for `lexical`, the cosine for `semantic`, a stage's own score.")
    rank: int | None = Field(description="Its place in that search's list, from 1; null outside the list.")
    contribution: float = Field(description="How much this search added to the whole score.")


def _columns() -> type[BaseModel]:
    """Make a model with every field of a Result but its document; each is always present."""
    types = get_type_hints(Result)
    columns: Any = {each.name: (types[each.name], Field(**each.metadata)) for each in records.COLUMNS}
    shape: type[BaseModel] = create_model("Match", **columns)
    return shape


class Match(_columns()):  # type: ignore[misc]
    """Why a paper was found."""

    parts: dict[Side, MatchPart]


class FoundPaper(Paper, Match):
    """A paper and why it was found, in one flat object."""


class Found(Match):
    """A search result."""

    paper: Paper


class Sentence(BaseModel):
    """A sentence of a paper and what it is about."""

    text: str
    role: str = Field(description="`task`, `method`, `data` or `result`: whichever is most likely.")
    probability: float = Field(description="How likely it has this role, 0 to 1.")


class NamedAuthor(BaseModel):
    """An author whom a query names."""

    name: str
    papers: int = Field(description="How many papers can be theirs.")


class NamedByQuery(BaseModel):
    """The authors and topics that a query names."""

    authors: list[NamedAuthor]
    topics: list[CountedTopic]


class FacetChoice(BaseModel):
    """A value of a facet."""

    value: str = Field(description="As the parameter of this name takes it; of a year, as `since` and `until`.")
    name: str
    papers: int


class PageFacet(BaseModel):
    """What papers of a list have in common: at most eight values, the most frequent first; years all, newest first."""

    kind: FacetKind
    choices: list[FacetChoice]


class Page(BaseModel):
    """A part of a ranked list."""

    query: str
    mode: Mode = Field(
        description="The kind of search that was done; `note` says why if it is not the one you asked for."
    )
    offset: int
    more: bool = Field(description="Whether more results follow at `offset` + the number of `items`.")
    note: str = Field(description="Why the search was done in another way than you asked, or found nothing.")
    searched: str = Field(description="The corrected query that the items are for; empty if it is `query` itself.")
    suggestion: str = Field(description="A corrected query that was not searched; empty if there is none.")
    missing: list[str] = Field(description="The identifiers in the query that are not in the Collection.")
    topics: list[CountedTopic] = Field(
        description="The topics of the first hundred papers of the whole list, the most frequent first."
    )
    cutoff: int | None = Field(
        description="How many places of the whole list hold all that could matter, missing at most one relevant paper "
        "in ten; null where nothing tells."
    )
    answerable: float | None = Field(
        description="The probability that any paper is about the query; null where nothing tells."
    )
    relevant: int | None = Field(
        description="How many places are above the end of the list, among its first thousand; null where nothing tells."
    )
    sort: Sort = Field(description="The order of these places.")
    named: NamedByQuery = Field(description="The authors and topics that the query names.")
    facets: list[PageFacet] = Field(
        description="What the papers above the end of the list (where nothing tells, the first 200; without a query, "
        "the newest) have in common, counted over at most 500 of them, if `facets=true` was asked for."
    )
    items: list[Found]


class Aspects(BaseModel):
    """The sentences of a paper with their roles, and the papers that are like it in each aspect."""

    sentences: list[Sentence]
    similar: dict[str, Page] = Field(description="By aspect: `task`, `method`, `data`, `result`.")


class IngestRun(BaseModel):
    """One ingest of one source."""

    source: str
    started: datetime
    ended: datetime | None
    new: int
    changed: int
    same: int
    bad: int
    error: str


class LastJobRun(BaseModel):
    """The last run of a job."""

    job: str
    started: datetime
    ended: datetime | None = Field(description="null while it runs, and after it was killed.")
    said: str = Field(description="What it did; empty until it ends.")
    error: str = Field(description="What went wrong; empty if nothing did.")
    well: datetime | None = Field(description="When it last succeeded.")
    seconds: float | None = Field(description="How long that run took.")


class Status(BaseModel):
    """The state of the Collection."""

    version: str
    papers: int
    findable_by_words: int
    findable_by_meaning: int
    syncing: bool = Field(description="Whether a process is updating the indexes from the Store.")
    trouble: str = Field(description="Why this server's own sync stopped early; empty if it did not.")
    encoder: str
    language: str
    runs: list[IngestRun] = Field(description="The latest ingests, newest first.")
    jobs: list[LastJobRun] = Field(description="The last run of every job that has run, by name.")


class Health(BaseModel):
    """The server answers, and its Store can be read."""

    status: Literal["ok"] = "ok"


Topics = Mapping[str, Named]
"""The topics of papers by the papers' ids; a paper that is not here is in no topic."""


def counted_topics(topics: Iterable[Counted]) -> list[CountedTopic]:
    """Shape topics with how many papers of a list are in each."""
    return [CountedTopic(**each._asdict()) for each in topics]


def paper(document: Document, topics: Topics) -> Paper:
    """Shape a Document as the API shows it."""
    return Paper(**_fields(document, topics))


def summarize(papers: Iterable[Paper], summaries: Mapping[str, Summary]) -> None:
    """Fill in what papers do, from their summaries by id."""
    for each in papers:
        known = summaries.get(each.id, Summary())
        each.shortSummary = ShortSummary(text=known.text, by=known.by)


def match_of(result: Result) -> Match:
    """Shape why a paper was found, without the paper."""
    return Match(**records.match_to_dict(result))


def search_result(result: Result, topics: Topics) -> Found:
    """Shape a Result with its paper inside."""
    return Found(**records.match_to_dict(result), paper=paper(result.document, topics))


def paper_with_match(result: Result, topics: Topics) -> FoundPaper:
    """Shape a Result as a paper with its match next to its fields."""
    return FoundPaper(**_fields(result.document, topics), **records.match_to_dict(result))


def page(results: Results, topics: Topics, *, note: str) -> Page:
    """Shape Results as the API shows them; ``note`` is worded for the reader."""
    return Page(
        query=results.query[:2_000],
        mode=results.mode,
        offset=results.offset,
        more=results.more,
        note=note,
        searched=results.searched,
        suggestion=results.suggestion,
        cutoff=results.cutoff,
        answerable=results.answerable,
        missing=list(results.missing),
        topics=counted_topics(results.topics),
        relevant=results.relevant,
        sort=results.sort,
        named=NamedByQuery(
            authors=[NamedAuthor(**each._asdict()) for each in results.named.writers],
            topics=counted_topics(results.named.topics),
        ),
        facets=[
            PageFacet(kind=each.kind, choices=[FacetChoice(**choice._asdict()) for choice in each.choices])
            for each in results.facets
        ],
        items=[search_result(result, topics) for result in results.items],
    )


def _fields(document: Document, topics: Topics) -> dict[str, Any]:
    status, topic = status_of(document), topics.get(document.id)
    return {
        **{name: getattr(document, name) for name in _SAME},
        "source": without_folders(document.source),
        "estimated": document.estimated if document.on_estimate else None,
        "title": document.shown_title,
        "summary": document.shown_text,
        "authors": [Author(name=name) for name in document.authors],
        "names": [AuthorName(**asdict(name)) for name in document.names],
        "publishedAt": midnight(document.submitted or document.dated),
        "submittedOnDailyAt": midnight(document.listed),
        "upvotes": document.votes or 0,
        "numComments": document.comments or 0,
        "githubRepo": document.links.get("code"),
        "projectPage": document.links.get("project"),
        **_facts(document.extra),
        "rawTitle": document.title,
        "rawSummary": document.text,
        "status": PaperStatus(kind=status.kind, source=status.source, since=status.since) if status else None,
        "topic": PaperTopic(id=topic.id, name=topic.name) if topic else None,
    }


def submitter(extra: Mapping[str, Any]) -> Submitter | None:
    """Shape who submitted a paper to its source's list, from the paper's other facts; None where it does not say."""
    fullname, user = _text(extra.get("submitter")), _text(extra.get("submitter_user"))
    if not fullname and not user:
        return None
    return Submitter(name=user or fullname, user=user or fullname, fullname=fullname or user)


def _facts(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return Hugging Face's fields that are other facts here. Any source may have given any value under their names."""
    stars, keywords, body = extra.get("github_stars"), extra.get("ai_keywords"), _text(extra.get("organization"))
    listed = [each for each in keywords if isinstance(each, str)] if isinstance(keywords, list | tuple) else []
    return {
        "githubStars": stars if type(stars) is int else None,
        "ai_summary": _text(extra.get("ai_summary")) or None,
        "ai_keywords": listed or None,
        "submittedOnDailyBy": submitter(extra),
        "organization": Organization(name=body, fullname=body) if body else None,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


_SAME = (
    "id", "venue", "kind", "categories", "keywords", "submitted", "updated", "announced", "listed", "first_seen",
    "year", "version", "votes", "links", "aliases", "extra",
)  # fmt: skip


def midnight(day: date | None) -> str | None:
    """Write a day as Hugging Face writes moments, and as its clients read them."""
    return f"{day.isoformat()}T00:00:00.000Z" if day else None
