"""What suits a reader, for programs: the picks, the interests they are for, the papers they are near."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from broadsheet.api import models
from broadsheet.api.tokens import Bounded
from broadsheet.foryou.person import DAYS, for_person
from broadsheet.foryou.picks import ForYou
from broadsheet.foryou.profile import Pick
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.params import Count
from broadsheet.site.problems import responses

router = APIRouter(tags=["interests"], route_class=Bounded)
_SAID = responses(400, 401, 404, 503)
_MOST_DAYS = 92
Days = Annotated[int, Query(ge=1, le=_MOST_DAYS, description="Of how many of the newest days that have papers.")]


class Interest(BaseModel):
    """One of a reader's interests."""

    title: str = Field(description="The name of a list or query, else words that tell it from other papers.")
    share: float = Field(description="Its share of the picks.")
    papers: int = Field(description="How many things that the reader likes it is made from.")


class Near(BaseModel):
    """A paper that the reader likes."""

    paper: str = Field(description="Its id.")
    cosine: float


class Picked(BaseModel):
    """A paper that was picked."""

    paper: models.Paper
    interest: int = Field(description="Its interest's place in `interests`, from 0.")
    strength: str
    score: float
    near: list[Near] = Field(description="The papers of the reader's that it is nearest to.")


class ForMe(BaseModel):
    """What was picked for a reader."""

    days: int
    note: str = Field(description="Why there is nothing, or what was passed over.")
    interests: list[Interest]
    items: list[Picked]


class Kept(BaseModel):
    """A standing query."""

    # Not in `alerts`: the OpenAPI document calls it by this module, to tell it from the one of lists.
    id: int
    name: str
    text: str
    without: list[str]
    least: str
    made: datetime


@router.get("/api/foryou", responses=_SAID, summary="What is picked for me")
def for_me(site: TheSite, person: AsReader, days: Days = DAYS, limit: Count = 20) -> ForMe:
    """Each pick with the interest it is for and the papers of yours that it is near."""
    found = for_person(site.collection, person.number, last=site.today, days=days, k=limit)
    return ForMe(
        days=days,
        note=site.told(found.note),
        interests=[Interest(title=each.title, share=each.share, papers=each.papers) for each in found.interests],
        items=[_picked(found, pick) for pick in found.picks],
    )


def _picked(found: ForYou, pick: Pick) -> Picked:
    near = [(found.documents.get(each.number), each.cosine) for each in pick.near]
    return Picked(
        paper=models.paper(found.documents[pick.number]),
        interest=pick.interest,
        strength=pick.strength,
        score=pick.score,
        near=[Near(paper=paper.id, cosine=cosine) for paper, cosine in near if paper],
    )
