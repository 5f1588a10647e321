"""The day, for programs: at Hugging Face's path with its field names, and with everything Broadsheet knows of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.daily.day import Card, Feed, Matching, Wanted
from broadsheet.daily.summaries import summaries
from broadsheet.people.day import mark_read, undo_read, unread_of
from broadsheet.site import period as mine
from broadsheet.site.auth import TheVisitor, Visitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count, DayParams, TheDayParams
from broadsheet.site.problems import responses
from broadsheet.trending.ranking import feed

router = APIRouter(tags=["the day"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 422, 429)
_THEIRS = {"publishedAt": "newest"}  # their names of orders, where ours differ
_PER_PAGE = 50
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)


class DailyPaper(BaseModel):
    """One card as Hugging Face writes it, the paper inside; below ``organization`` are Broadsheet's own fields."""

    paper: models.Paper
    publishedAt: str | None  # noqa: N815
    title: str
    summary: str
    numComments: int  # noqa: N815
    submittedBy: models.Submitter | None = Field(description="Who submitted it to the source's list.")  # noqa: N815
    projectPage: str | None = Field(description="As in `paper`, where Hugging Face's own client does not look.")  # noqa: N815
    githubRepo: str | None  # noqa: N815
    githubStars: int | None  # noqa: N815
    ai_summary: str | None
    ai_keywords: list[str] | None
    organization: models.Organization | None
    day: date = Field(
        description="The day it is listed on: announced, else listed by a source, else estimated, else first seen."
    )
    votes: int | None = Field(
        description="The highest count of any source plus the votes given here; null without either."
    )
    picked: bool = Field(description="Whether it is one of the editor's picks, which come first.")
    alsoAs: list[models.Paper] = Field(description="Other papers of the same work.")  # noqa: N815


class Daily(BaseModel):
    """A day, week or month."""

    period: str
    previous: str | None = Field(description="The nearest period before it that has papers.")
    next: str | None
    sort: str
    total: int
    offset: int
    more: bool
    note: str = Field(description="Why there are no papers; empty when there are some.")
    line: str = Field(description="What the editor wrote above the day; may be empty.")
    unread: int | None = Field(description="How many of these papers you have not read; null without a token.")
    topics: list[models.CountedTopic] = Field(description="The topics of all its papers, the most frequent first.")
    items: list[DailyPaper]


@router.get("/api/daily_papers", responses=responses(400), summary="List a day's papers as Hugging Face does")
def daily_papers(
    site: TheSite,
    visitor: TheVisitor,
    asked: TheDayParams,
    place: ThePlace,
    date: str = "",
    week: str = "",
    month: str = "",
    submitter: Annotated[str, Query(max_length=200)] = "",
    p: Annotated[int, Query(ge=0, le=1_000)] = 0,
    limit: Count = _PER_PAGE,
) -> list[DailyPaper]:
    """Return the papers of a `date` (2025-09-30, or a moment of that day: 2025-09-30T00:00:00.000Z), `week` (2025-W40)
    or `month` (2025-09), by default of the latest day.

    `submitter`: only papers that this person submitted to a source's list, by user name or by the name that it shows.
    """
    named = [(kind, name) for kind, name in (("day", _day_of(date)), ("week", week), ("month", month)) if name]
    if len(named) > 1:
        raise UsageError("Name one of date, week and month, not several.")
    period = _period(*named[0]) if named else None
    options = _day_request(site, visitor, asked, limit, place.at(asked.offset + p * limit))
    if submitter:
        options = replace(options, matching=_both(options.matching, _put_there_by(submitter)))
    return _items(site, place.link_next(_feed(site, period, options)).cards)


@router.get("/api/daily", responses=responses(400), summary="Get the latest day, or a day, week or month by its name")
def daily(
    site: TheSite, visitor: TheVisitor, asked: TheDayParams, place: ThePlace, period: str = "", limit: Count = _PER_PAGE
) -> Daily:
    """Return its papers, the nearest periods that have papers, and the reason if it has none."""
    options = _day_request(site, visitor, asked, limit, place.at(asked.offset))
    part = place.link_next(_feed(site, _period("", period) if period else None, options))
    return Daily(
        period=part.period.name,
        previous=part.previous.name if part.previous else None,
        next=part.next.name if part.next else None,
        sort=part.sort,
        total=part.total,
        offset=part.offset,
        more=part.more,
        note=site.redact(part.note),
        line=site.collection.store.desk.line(part.period.first) if part.period.kind == "day" else "",
        unread=len(unread_of(site.collection.store, visitor.number, part.works)) if visitor.person else None,
        topics=models.counted_topics(site.collection.store.topics.counted(part.papers)),
        items=_items(site, part.cards),
    )


class ReadDay(BaseModel):
    """A day, week or month that was marked as read."""

    period: str
    papers: int = Field(description="How many papers that were unread are read now.")
    at: datetime = Field(description="The moment by which this can be undone.")


class UnreadDay(BaseModel):
    """A day, week or month of which a mark was taken back."""

    period: str
    papers: int = Field(description="How many papers are unread again.")


@router.put("/api/daily/{period}/read", responses=_CHANGED, summary="Mark a day, a week or a month as read")
def read(site: TheSite, person: Writer, period: str) -> ReadDay:
    """Mark all its papers as read, with all their copies, in one step."""
    whole = _period("", period)
    done = mark_read(site.collection, person.number, whole, now=site.now())
    return ReadDay(period=whole.name, papers=done.works, at=done.at)


@router.delete("/api/daily/{period}/read", responses=_CHANGED, summary="Take back that a day was marked as read")
def unread(site: TheSite, person: Writer, period: str, at: AwareDatetime) -> UnreadDay:
    """Take back what was marked `at` this moment; papers that you read before stay read."""
    whole = _period("", period)
    papers = undo_read(site.collection, person.number, whole, at=at)
    return UnreadDay(period=whole.name, papers=papers)


def _day_of(moment: str) -> str:
    """Return the day that a moment begins with, as it is written; anything else unchanged."""
    return moment[:10] if _MOMENT.fullmatch(moment) else moment


def _period(kind: str, name: str) -> Period:
    result = periods.parse(name)
    if result is None or (kind and result.kind != kind):
        raise UsageError(
            f"{name[:40]!r} is not a {kind or 'day, week or month'}: expected, for example, 2025-09-30, 2025-W40 or"
            " 2025-09."
        )
    return result


def _day_request(site: Site, visitor: Visitor, asked: DayParams, k: int, offset: int) -> Wanted:
    sort = _THEIRS.get(asked.sort, asked.sort)
    return replace(mine.day_request(site, visitor.number, asked, k=k, sort=sort), offset=offset)


def _feed(site: Site, period: Period | None, options: Wanted) -> Feed:
    return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=options)


def _put_there_by(name: str) -> Matching:
    """Which papers have a submitter of this user name or full name."""
    wanted = name.strip().casefold()

    def theirs(collection: Collection, numbers: Sequence[int]) -> AbstractSet[int]:
        papers = collection.store.papers.by_numbers(numbers).items()
        submitters = {number: models.submitter(paper.extra) for number, paper in papers}
        return {
            number for number, who in submitters.items()
            if who and wanted in (who.user.casefold(), who.fullname.casefold())
        }  # fmt: skip

    return theirs


def _both(one: Matching | None, other: Matching) -> Matching:
    return other if one is None else lambda collection, numbers: one(collection, numbers) & other(collection, numbers)


def _items(site: Site, cards: Sequence[Card]) -> list[DailyPaper]:
    topics = topics_of(site, [paper for card in cards for paper in (card.document, *card.others)])
    items = [_item(card, topics) for card in cards]
    models.summarize([item.paper for item in items], summaries(site.collection, [card.document for card in cards]))
    return items


def _item(card: Card, topics: models.Topics) -> DailyPaper:
    shown = replace(card.document, votes=card.votes, comments=card.comments)
    paper = models.paper(shown, topics)
    return DailyPaper(
        paper=paper.model_copy(update={"submittedOnDailyAt": models.midnight(card.day)}),
        publishedAt=paper.publishedAt,
        title=paper.title,
        summary=paper.summary,
        numComments=paper.numComments,
        submittedBy=paper.submittedOnDailyBy,
        projectPage=paper.projectPage,
        githubRepo=paper.githubRepo,
        githubStars=paper.githubStars,
        ai_summary=paper.ai_summary,
        ai_keywords=paper.ai_keywords,
        organization=paper.organization,
        day=card.day,
        votes=card.votes,
        picked=card.picked,
        alsoAs=[models.paper(other, topics) for other in card.others],
    )
