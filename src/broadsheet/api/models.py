"""The shapes of the answers: a paper has Hugging Face's field names, and ours beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, Field, create_model

from broadsheet.core import records
from broadsheet.core.types import Document, Mode, Result, Results
from broadsheet.site.params import Side
from broadsheet.sources.payload import without_folders


class Author(BaseModel):
    """One author."""

    name: str


class Paper(BaseModel):
    """One paper. The fields up to ``projectPage`` are Hugging Face's; those below are Broadsheet's own."""

    id: str = Field(description="The lasting id; may hold `/` and `:`.")
    title: str = Field(description="In readable form, without LaTeX.")
    summary: str = Field(description="The abstract in readable form.")
    authors: list[Author]
    publishedAt: str | None = Field(description="Submission, else its best day, as midnight UTC.")  # noqa: N815
    submittedOnDailyAt: str | None = Field(description="The day a daily list showed it, as midnight UTC.")  # noqa: N815
    upvotes: int = Field(description="0 where no source counts votes; see `votes`.")
    numComments: int  # noqa: N815
    githubRepo: str | None = Field(description="Where its code is.")  # noqa: N815
    projectPage: str | None  # noqa: N815

    rawTitle: str = Field(description="The title as it came.")  # noqa: N815
    rawSummary: str = Field(description="The abstract as it came.")  # noqa: N815
    venue: str
    categories: list[str]
    keywords: list[str]
    submitted: date | None
    updated: date | None
    announced: date | None = Field(description="The day its archive announced it.")
    listed: date | None
    year: int | None
    version: int | None
    votes: int | None = Field(description="null where no source counts votes.")
    links: dict[str, str] = Field(description="Keys such as `abstract`, `pdf`, `code`, `project`.")
    aliases: list[str] = Field(description="Its other identifiers.")
    source: str
    extra: dict[str, Any] = Field(description="Open facts, as the sources gave them.")


class PartSaid(BaseModel):
    """One side's say in a match."""

    score: float | None = Field(description="BM25 for `lexical`, the cosine for `semantic`.")
    rank: int | None = Field(description="Its place in that side's list, from 1; null outside the list.")
    contribution: float = Field(description="What this side added to the whole score.")


def _columns() -> type[BaseModel]:
    """A shape with every field of a Result but its document, all of them always there."""
    types = get_type_hints(Result)
    columns: Any = {each.name: (types[each.name], Field(**each.metadata)) for each in records.COLUMNS}
    shape: type[BaseModel] = create_model("Match", **columns)
    return shape


class Match(_columns()):  # type: ignore[misc]
    """Why a paper was found."""

    parts: dict[Side, PartSaid]


class FoundPaper(Paper, Match):
    """A paper and why it was found, in one flat object."""


class Found(Match):
    """One result."""

    paper: Paper


class Page(BaseModel):
    """A part of a ranked list."""

    query: str
    mode: Mode = Field(description="How it was searched, which may be less than was asked for: see `note`.")
    offset: int
    more: bool = Field(description="Whether results follow at `offset` + the number of `items`.")
    note: str = Field(description="Why it was searched in another way than asked, or why there is nothing.")
    items: list[Found]


class RunMade(BaseModel):
    """One ingest of one source."""

    source: str
    started: datetime
    ended: datetime | None
    new: int
    changed: int
    same: int
    bad: int
    error: str


class JobMade(BaseModel):
    """The last run of a job."""

    job: str
    started: datetime
    ended: datetime | None = Field(description="null while it runs, and when it was killed.")
    said: str = Field(description="What it did; empty when it has not ended.")
    error: str = Field(description="What went wrong; empty when nothing did.")
    well: datetime | None = Field(description="When it last ended well.")
    seconds: float | None = Field(description="How long it then took.")


class Status(BaseModel):
    """How the Collection is."""

    version: str
    papers: int
    findable_by_words: int
    findable_by_meaning: int
    syncing: bool = Field(description="Whether a process is bringing the indexes up to the Store.")
    trouble: str = Field(description="Why this server's own sync ended early; empty when it did not.")
    encoder: str
    language: str
    runs: list[RunMade] = Field(description="The newest ingests, newest first.")
    jobs: list[JobMade] = Field(description="The last run of every job that has run, by name.")


class Health(BaseModel):
    """The server answers and its Store can be read."""

    status: Literal["ok"] = "ok"


def paper(document: Document) -> Paper:
    """A Document as the API shows it."""
    return Paper(**_fields(document))


def found(result: Result) -> Found:
    """A Result with its paper inside."""
    return Found(**records.match_to_dict(result), paper=paper(result.document))


def found_paper(result: Result) -> FoundPaper:
    """A paper with its match beside its fields."""
    return FoundPaper(**_fields(result.document), **records.match_to_dict(result))


def page(results: Results, *, note: str) -> Page:
    """Results as the API shows them; ``note`` in the words of the door."""
    return Page(
        query=results.query[:2_000],
        mode=results.mode,
        offset=results.offset,
        more=results.more,
        note=note,
        items=[found(result) for result in results.items],
    )


def _fields(document: Document) -> dict[str, Any]:
    return {
        **{name: getattr(document, name) for name in _SAME},
        "source": without_folders(document.source),
        "title": document.shown_title,
        "summary": document.shown_text,
        "authors": [Author(name=name) for name in document.authors],
        "publishedAt": midnight(document.submitted or document.dated),
        "submittedOnDailyAt": midnight(document.listed),
        "upvotes": document.votes or 0,
        "numComments": document.comments or 0,
        "githubRepo": document.links.get("code"),
        "projectPage": document.links.get("project"),
        "rawTitle": document.title,
        "rawSummary": document.text,
    }


_SAME = (
    "id", "venue", "categories", "keywords", "submitted", "updated", "announced", "listed", "year", "version", "votes",
    "links", "aliases", "extra",
)  # fmt: skip


def midnight(day: date | None) -> str | None:
    """A day in the form in which Hugging Face writes moments, and in which its clients read them."""
    return f"{day.isoformat()}T00:00:00.000Z" if day else None
