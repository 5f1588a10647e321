"""Trending papers, for programs, each score with its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.daily.day import Card
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count, Days, Offset
from broadsheet.site.problems import responses
from broadsheet.trending.curve import DAYS, Curve, curves
from broadsheet.trending.places import Place, places
from broadsheet.trending.prior import Prior, current_prior
from broadsheet.trending.ranking import Explanation, ended, explain, origin, rule, trending_feed
from broadsheet.trending.score import HALF_LIFE, WEIGHTS

router = APIRouter(tags=["the day"])
Newest = Annotated[
    bool, Query(description="Where none of these days has papers, rank as many that end with the newest one that has.")
]


class Term(BaseModel):
    """A part of a score: the interest it is worth now, and why."""

    name: str
    worth: float
    why: str


class CurveDay(BaseModel):
    """A day of a paper's curve."""

    day: date
    interest: float | None = Field(description="Votes, comments and saves on this day; null where they are unknown.")


class RisingPaper(BaseModel):
    """A paper that trends. ``terms`` add up to ``interest``; ``score`` never changes with time."""

    rank: int
    paper: models.Paper
    day: date
    votes: int | None
    score: float = Field(description="The list is ordered by it: the logarithm of the interest plus the days.")
    interest: float = Field(description="The sum of its terms as they are worth now, in votes.")
    terms: list[Term]
    text: float | None = Field(description="The power of two by which its text raises `expected`; null if not used.")
    topic: float | None = Field(
        description="The same for the growth of its topic; used if there is no prior from the text."
    )
    near: float | None = Field(description="How many papers of its week are near it; null if topics are not used.")
    nearExpected: float | None = Field(description="How many of them the past of its topic predicts.")  # noqa: N815
    previousRank: int | None = Field(  # noqa: N815
        description="Its rank a day earlier by the same score; null if it was not in the list, or nothing was."
    )
    isNew: bool = Field(description="Whether others were in the list a day earlier, and it was not.")  # noqa: N815
    recentVotes: int | None = Field(  # noqa: N815
        description="How many of its votes came in the last two days; null where that is not known."
    )
    curve: list[CurveDay] = Field(description=f"What is known of the last {DAYS} days, the oldest first.")


class PriorInfo(BaseModel):
    """What the guess from the text was learned from."""

    learned: datetime
    first: date
    last: date
    days: int
    papers: int
    spearman: float | None = Field(
        description="Its mean rank correlation with the votes on days it had not learned from."
    )


class Rising(BaseModel):
    """The trending papers."""

    days: int
    first: date = Field(description="The first of the days whose papers are ranked.")
    last: date = Field(description="The last of them; before today only if `newest` was asked for.")
    halfLife: float = Field(description="The half-life of interest, in days.")  # noqa: N815
    weights: dict[str, float] = Field(description="What each kind of event is worth when it happens.")
    rule: str
    origin: str = Field(description="Where the guess from the text comes from, in words.")
    prior: PriorInfo | None
    total: int
    offset: int
    more: bool
    note: str
    items: list[RisingPaper]


@router.get("/api/trending", responses=responses(400), summary="List the trending papers, and why they trend")
def trending(
    site: TheSite, place: ThePlace, days: Days = 7, limit: Count = 50, offset: Offset = 0, newest: Newest = False
) -> Rising:
    """Return the works of the last days, the highest score first, each score with its terms; where it stood a day
    earlier; and what is known of its last two weeks."""
    begin, now, zone = place.at(offset), site.now(), site.zone
    found = place.link_next(
        trending_feed(site.collection, now=now, zone=zone, days=days, k=limit, offset=begin, newest=newest)
    )
    moment = ended(found, now=now, zone=zone)
    scores = explain(site.collection, found.cards, now=moment)
    stood = places(site.collection, found, now=moment, zone=zone)
    drawn = curves(site.collection, found.cards, now=moment, zone=zone)
    prior = current_prior(site.collection)
    shown = [card for card in found.cards if card.document.id in scores]
    topics = topics_of(site, [card.document for card in shown])
    return Rising(
        days=days,
        first=found.period.first,
        last=found.period.last,
        halfLife=HALF_LIFE,
        weights=dict(WEIGHTS),
        rule=rule(HALF_LIFE),
        origin=origin(site.collection),
        prior=_prior(prior) if prior else None,
        total=found.total,
        offset=begin,
        more=found.more,
        note=site.redact(found.note),
        items=[
            _item(
                stood[card.document.id], card, scores[card.document.id], drawn[card.document.id], topics,
            )
            for card in shown
        ],
    )  # fmt: skip


def _item(place: Place, card: Card, score: Explanation, curve: Curve, topics: models.Topics) -> RisingPaper:
    near, expected = score.parts.around or (None, None)
    return RisingPaper(
        rank=place.now,
        previousRank=place.before,
        isNew=place.is_new,
        recentVotes=curve.recent,
        curve=[CurveDay(day=day, interest=interest) for day, interest in curve.dated],
        paper=models.paper(replace(card.document, votes=card.votes, comments=card.comments), topics),
        day=card.day,
        votes=card.votes,
        score=score.parts.score,
        interest=score.parts.total,
        terms=[Term(name=term.name, worth=term.worth, why=term.why) for term in score.terms],
        text=score.parts.text,
        topic=score.parts.topic,
        near=near,
        nearExpected=expected,
    )


def _prior(prior: Prior) -> PriorInfo:
    return PriorInfo(
        learned=prior.learned,
        first=prior.first,
        last=prior.last,
        days=prior.days,
        papers=prior.papers,
        spearman=prior.ridge.agreement,
    )
