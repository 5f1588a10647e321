"""Near and same, for programs: what is near a paper, and pairs of near papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from broadsheet.core.changes import Piece
from broadsheet.core.types import Document, Filters
from broadsheet.near.about import about
from broadsheet.near.history import Revision
from broadsheet.near.novelty import DAYS, MOST_DAYS, Novelty
from broadsheet.near.pairs import LEAST, LOWEST, MOST_AT_A_DOOR, nearest_pairs
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import TheSite
from broadsheet.site.fields import FirstDay, LastDay
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import Count
from broadsheet.site.problems import responses

router = APIRouter(tags=["near"], route_class=ETagRoute)


class Titled(BaseModel):
    """A paper, in short."""

    id: str
    title: str


class PaperCopy(Titled):
    """Another paper that may be the same work."""

    confidence: float = Field(description="The probability that it is the same work, by what both papers say.")
    same: bool = Field(description="Whether it counts as the same work.")


class EarlierPaper(Titled):
    """A paper of the same kind that was listed before."""

    day: date
    cosine: float


class PaperNovelty(BaseModel):
    """How new a paper is."""

    words: str = Field(description="It as a sentence: First of its kind in 90 days ...")
    day: date | None
    days: int = Field(description="How many days before it were looked at.")
    count: int = Field(description="Works of its kind in these days, copies of it left out.")
    this_month: int = Field(description="Those of them in the month of its own day.")
    among: int = Field(description="How many papers were listed in these days.")
    level: float = Field(description="The cosine from which a paper is of its kind.")
    earlier: list[EarlierPaper] = Field(description="The nearest of them.")
    note: str = Field(description="Why nothing is known; else empty.")


class TextPiece(BaseModel):
    """Words of two versions of a text."""

    kind: Literal["same", "removed", "added"]
    text: str


class PaperRevision(BaseModel):
    """What a source changed in a paper."""

    source: str
    at: datetime = Field(description="When the source was read that said otherwise.")
    versions: tuple[int | None, int | None] = Field(description="Their numbers; null where the source gives none.")
    share: float = Field(description="How much of the words of both versions changed, 0 to 1.")
    title: list[TextPiece]
    text: list[TextPiece]


class NearPaper(BaseModel):
    """What is near a paper."""

    copies: list[PaperCopy]
    novelty: PaperNovelty
    revisions: list[PaperRevision] = Field(description="The changes that are known, the newest first.")


class PaperPair(BaseModel):
    """Two papers with near vectors."""

    one: Titled
    other: Titled
    cosine: float
    confidence: float = Field(description="The probability that they are one work.")
    same: bool = Field(description="Whether they count as one work.")


class PaperPairs(BaseModel):
    """Pairs of near papers, the nearest first."""

    pairs: list[PaperPair]
    total: int = Field(description="How many pairs there are.")
    papers: int = Field(description="Among how many papers.")


@router.get("/api/papers/{id:path}/near", responses=responses(400, 404), summary="Say what is near a paper")
def near_paper(
    site: TheSite,
    id: str,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days back its novelty looks.")] = DAYS,
) -> NearPaper:
    """Return the same work elsewhere, each with a probability; how many papers of the paper's kind were listed before
    its day, and which; and what changed in its title and text."""
    found = about(site.collection, paper_of(site, id), days=days)
    return NearPaper(
        copies=[
            PaperCopy(**_titled(each.document), confidence=each.confidence, same=each.same) for each in found.copies
        ],
        novelty=_novelty(found.novelty),
        revisions=[_revision(each) for each in found.revisions],
    )


@router.get("/api/near/pairs", responses=responses(400, 503), summary="Find pairs of near papers")
def near_pairs(
    site: TheSite,
    least: Annotated[float, Query(ge=LOWEST, le=1, description="The cosine from which two papers are near.")] = LEAST,
    limit: Count = 50,
    since: FirstDay = None,
    until: LastDay = None,
) -> PaperPairs:
    """Return the pairs of papers whose vectors are near, the nearest first. Among more than 5,000 papers, use the
    command `broadsheet near pairs`."""
    filters = Filters(since=since, until=until)
    found = nearest_pairs(site.collection, least=least, filters=filters, k=limit, most_papers=MOST_AT_A_DOOR)
    pairs = [
        PaperPair(
            one=Titled(**_titled(each.one)),
            other=Titled(**_titled(each.other)),
            cosine=each.cosine,
            confidence=each.confidence,
            same=each.same,
        )
        for each in found.pairs
    ]
    return PaperPairs(pairs=pairs, total=found.total, papers=found.papers)


def _titled(document: Document) -> dict[str, str]:
    return {"id": document.id, "title": document.shown_title}


def _novelty(found: Novelty) -> PaperNovelty:
    return PaperNovelty(
        words=found.in_words,
        day=found.day,
        days=found.days,
        count=found.count,
        this_month=found.this_month,
        among=found.among,
        level=found.level,
        earlier=[EarlierPaper(**_titled(each.document), day=each.day, cosine=each.cosine) for each in found.earlier],
        note=found.note,
    )


def _revision(found: Revision) -> PaperRevision:
    return PaperRevision(
        source=found.source,
        at=found.at,
        versions=(found.before.version, found.after.version),
        share=found.share,
        title=_pieces(found.title),
        text=_pieces(found.text),
    )


def _pieces(pieces: tuple[Piece, ...]) -> list[TextPiece]:
    return [TextPiece(kind=each.kind, text=each.text) for each in pieces]
