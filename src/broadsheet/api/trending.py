"""Trending papers, for programs, each score with its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.daily.day import Card
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count, Days, Offset
from broadsheet.site.problems import responses
from broadsheet.trending.prior import Prior, current_prior
from broadsheet.trending.ranking import Explanation, explain, origin, rule, trending_feed
from broadsheet.trending.score import HALF_LIFE, WEIGHTS

router = APIRouter(tags=["the day"])


class Term(BaseModel):
    """A part of a score: the interest it is worth now, and why."""

    name: str
    worth: float
    why: str


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
def trending(site: TheSite, place: ThePlace, days: Days = 7, limit: Count = 50, offset: Offset = 0) -> Rising:
    """Return the works of the last days, the highest score first, each score with its terms."""
    begin = place.at(offset)
    found = place.link_next(
        trending_feed(site.collection, now=site.now(), zone=site.zone, days=days, k=limit, offset=begin)
    )
    scores = explain(site.collection, found.cards, now=site.now())
    prior = current_prior(site.collection)
    shown = [(rank, card) for rank, card in enumerate(found.cards, begin + 1) if card.document.id in scores]
    topics = topics_of(site, [card.document for _, card in shown])
    return Rising(
        days=days,
        halfLife=HALF_LIFE,
        weights=dict(WEIGHTS),
        rule=rule(HALF_LIFE),
        origin=origin(site.collection),
        prior=_prior(prior) if prior else None,
        total=found.total,
        offset=begin,
        more=found.more,
        note=site.redact(found.note),
        items=[_item(rank, card, scores[card.document.id], topics) for rank, card in shown],
    )


def _item(rank: int, card: Card, score: Explanation, topics: models.Topics) -> RisingPaper:
    near, expected = score.parts.around or (None, None)
    return RisingPaper(
        rank=rank,
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
