"""For you, for programs: the picks, the interest each is for, and the papers it is near."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from broadsheet.api import models
from broadsheet.api.tokens import Bounded
from broadsheet.foryou.person import DAYS, for_person
from broadsheet.foryou.picks import ForYou
from broadsheet.foryou.profile import Pick
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count, DaysWithPapers
from broadsheet.site.problems import responses

router = APIRouter(tags=["interests"], route_class=Bounded)
_READ = responses(400, 401, 404, 503)


class Interest(BaseModel):
    """One of a reader's interests."""

    title: str = Field(description="The name of a list or alert, else words that set its papers apart.")
    share: float = Field(description="Its share of the picks.")
    papers: int = Field(description="How many of the reader's likes it is made from.")


class LikedPaper(BaseModel):
    """A paper that the reader likes."""

    paper: str = Field(description="Its id.")
    cosine: float


class PickedPaper(BaseModel):
    """A paper that was picked for a reader."""

    paper: models.Paper
    interest: int = Field(description="The position of its interest in `interests`, from 0.")
    strength: str
    score: float
    near: list[LikedPaper] = Field(description="The papers that the reader likes and it is nearest to.")


class Picks(BaseModel):
    """The papers that were picked for a reader."""

    days: int
    note: str = Field(description="Why there are no picks, or what was left out.")
    interests: list[Interest]
    items: list[PickedPaper]


@router.get("/api/foryou", responses=_READ, summary="List the papers picked for me")
def for_me(site: TheSite, person: AsReader, days: DaysWithPapers = DAYS, limit: Count = 20) -> Picks:
    """Return your picks, each with the interest it is for and the papers you like that it is near."""
    picks = for_person(site.collection, person.number, last=site.today, days=days, k=limit)
    topics = topics_of(site, picks.documents.values())
    return Picks(
        days=days,
        note=site.redact(picks.note),
        interests=[Interest(title=each.title, share=each.share, papers=each.papers) for each in picks.interests],
        items=[_picked_paper(picks, pick, topics) for pick in picks.picks],
    )


def _picked_paper(picks: ForYou, pick: Pick, topics: models.Topics) -> PickedPaper:
    near = [(picks.documents.get(each.number), each.cosine) for each in pick.near]
    return PickedPaper(
        paper=models.paper(picks.documents[pick.number], topics),
        interest=pick.interest,
        strength=pick.strength,
        score=pick.score,
        near=[LikedPaper(paper=paper.id, cosine=cosine) for paper, cosine in near if paper],
    )
