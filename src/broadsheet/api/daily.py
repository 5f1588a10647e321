"""The day as an interface: Hugging Face's path and field names, and the same with all that Broadsheet knows of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from broadsheet import periods
from broadsheet.api import models
from broadsheet.api.asking import AskingDay, Count, DayAsked
from broadsheet.api.problems import responses
from broadsheet.api.site import Site, TheSite
from broadsheet.errors import UsageError
from broadsheet.feed.daily import Card, Feed, Wanted, feed
from broadsheet.periods import Period

router = APIRouter(tags=["the day"])
_THEIRS = {"publishedAt": "newest"}  # their names of orders, where ours differ
_PER_PAGE = 50


class DailyPaper(BaseModel):
    """One card as Hugging Face writes it, the paper inside; below ``numComments`` are Broadsheet's own fields."""

    paper: models.Paper
    publishedAt: str | None  # noqa: N815
    title: str
    summary: str
    numComments: int  # noqa: N815
    day: date = Field(description="The day it stands on: announced, else listed.")
    votes: int | None = Field(description="The most that any of its copies has; null where none counts votes.")
    alsoAs: list[models.Paper] = Field(description="The same work's other papers.")  # noqa: N815


class Daily(BaseModel):
    """A day, week or month."""

    period: str
    previous: str | None = Field(description="The nearest period before it that has papers.")
    next: str | None
    sort: str
    total: int
    offset: int
    more: bool
    note: str = Field(description="Why there are no papers; empty when there are.")
    items: list[DailyPaper]


@router.get("/api/daily_papers", responses=responses(400), summary="A day as Hugging Face lists it")
def daily_papers(
    site: TheSite,
    asked: AskingDay,
    date: str = "",
    week: str = "",
    month: str = "",
    p: Annotated[int, Query(ge=0, le=1_000)] = 0,
    limit: Count = _PER_PAGE,
) -> list[DailyPaper]:
    """The papers of a `date` (2025-09-30), `week` (2025-W40) or `month` (2025-09), else of the latest day."""
    named = [(kind, name) for kind, name in (("day", date), ("week", week), ("month", month)) if name]
    if len(named) > 1:
        raise UsageError("Name one of date, week and month, not several.")
    period = _period(*named[0]) if named else None
    return [_item(card) for card in _found(site, period, asked, limit, asked.offset + p * limit).cards]


@router.get("/api/daily", responses=responses(400), summary="The latest day, or a day, week or month by its name")
def daily(site: TheSite, asked: AskingDay, period: str = "", limit: Count = _PER_PAGE) -> Daily:
    """Its papers, the nearest periods that have some, and when it has none, why."""
    found = _found(site, _period("", period) if period else None, asked, limit, asked.offset)
    return Daily(
        period=found.period.name,
        previous=found.previous.name if found.previous else None,
        next=found.next.name if found.next else None,
        sort=found.sort,
        total=found.total,
        offset=found.offset,
        more=found.more,
        note=site.told(found.note),
        items=[_item(card) for card in found.cards],
    )


def _period(kind: str, name: str) -> Period:
    found = periods.parse(name)
    if found is None or (kind and found.kind != kind):
        raise UsageError(
            f"{name[:40]!r} is no {kind or 'day, week or month'}: expected such as 2025-09-30, 2025-W40 or 2025-09."
        )
    return found


def _found(site: Site, period: Period | None, asked: DayAsked, k: int, offset: int) -> Feed:
    sort = _THEIRS.get(asked.sort, asked.sort)
    wanted = Wanted(sort=sort, filters=asked.filters, k=k, offset=offset)
    return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=wanted)


def _item(card: Card) -> DailyPaper:
    paper = models.paper(card.document)
    return DailyPaper(
        paper=paper,
        publishedAt=paper.publishedAt,
        title=paper.title,
        summary=paper.summary,
        numComments=paper.numComments,
        day=card.day,
        votes=card.votes,
        alsoAs=[models.paper(other) for other in card.others],
    )
