"""What trends, with every score opened to its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.daily.day import Card
from broadsheet.site.context import TheSite
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
    score: float = Field(description="What the list is ordered by: the logarithm of the interest plus the days.")
    interest: float = Field(description="What is left of all its terms now, in votes.")
    terms: list[Term]
    text: float | None = Field(description="The power of two by which its text raises `expected`; null if not used.")
    topic: float | None = Field(description="The same of its topic's growth, used where no text prior is.")
    near: float | None = Field(description="Papers of its week near it, where topics are looked at.")
    nearExpected: float | None = Field(description="How many of them its past lets expect.")  # noqa: N815


class PriorMade(BaseModel):
    """Where the guess from the text comes from."""

    learned: datetime
    first: date
    last: date
    days: int
    papers: int
    spearman: float | None = Field(description="Its mean agreement with votes on days it had not learned from.")


class Rising(BaseModel):
    """What trends."""

    days: int
    halfLife: float = Field(description="In days.")  # noqa: N815
    weights: dict[str, float] = Field(description="What an event is worth when it comes.")
    rule: str
    origin: str = Field(description="Where the guess comes from, in words.")
    prior: PriorMade | None
    total: int
    offset: int
    more: bool
    note: str
    items: list[RisingPaper]


@router.get("/api/trending", responses=responses(400), summary="What trends, and why")
def trending(site: TheSite, place: ThePlace, days: Days = 7, limit: Count = 50, offset: Offset = 0) -> Rising:
    """The works of the last days, what trends most first, each score with its terms."""
    begin = place.at(offset)
    found = place.followed(
        trending_feed(site.collection, now=site.now(), zone=site.zone, days=days, k=limit, offset=begin)
    )
    scores = explain(site.collection, found.cards, now=site.now())
    prior = current_prior(site.collection)
    shown = [(rank, card) for rank, card in enumerate(found.cards, begin + 1) if card.document.id in scores]
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
        note=site.told(found.note),
        items=[_item(rank, card, scores[card.document.id]) for rank, card in shown],
    )


def _item(rank: int, card: Card, score: Explanation) -> RisingPaper:
    near, expected = score.parts.around or (None, None)
    return RisingPaper(
        rank=rank,
        paper=models.paper(replace(card.document, votes=card.votes, comments=card.comments)),
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


def _prior(prior: Prior) -> PriorMade:
    return PriorMade(
        learned=prior.learned,
        first=prior.first,
        last=prior.last,
        days=prior.days,
        papers=prior.papers,
        spearman=prior.ridge.agreement,
    )
