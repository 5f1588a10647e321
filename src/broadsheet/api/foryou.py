"""What suits a reader, for programs: picks, standing queries tried before they are kept, authors they follow."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.alerts.alert import DEFAULT, StandingQuery
from broadsheet.alerts.news import by_followed, matched
from broadsheet.alerts.trial import Rate, tried
from broadsheet.api import models
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.foryou.person import DAYS, for_person
from broadsheet.foryou.picks import ForYou
from broadsheet.foryou.profile import Pick
from broadsheet.people.reactions import follow_author, new_query_name
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.params import Count
from broadsheet.site.period import query_of
from broadsheet.site.problems import responses
from broadsheet.store.lists import SavedQuery

router = APIRouter(tags=["interests"], route_class=Bounded)
_SAID = responses(400, 401, 404, 503)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}
_MOST_DAYS = 92
Number = Annotated[int, Path(ge=1, le=2**53)]
Days = Annotated[int, Query(ge=1, le=_MOST_DAYS, description="Of how many of the newest days that have papers.")]
Words = Annotated[str, StringConstraints(max_length=2_000)]
Wanted = Annotated[str, Query(max_length=2_000, description="What is wanted, in plain words.")]
Without = Annotated[list[Words], Query(max_length=20, description="What it is not about; may be repeated.")]
Least = Annotated[str, Query(max_length=20, description="How well a paper must match: fair, good, strong, a cosine.")]


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


class Asked(BaseModel):
    """A standing query to keep."""

    name: Words
    text: Words = Field(description="What is wanted, in plain words; conditions as in a search.")
    without: list[Words] = Field(default_factory=list, max_length=20, description="What it is not about.")
    least: Words = DEFAULT


class Kept(BaseModel):
    """A standing query."""

    id: int
    name: str
    text: str
    without: list[str]
    least: str
    made: datetime


class Sent(BaseModel):
    """What a query would have sent, asking for matches that are at least so good."""

    least: str
    days: int
    papers: int
    silent: int = Field(description="Days without a match.")


class Tried(BaseModel):
    """A standing query on the past."""

    rate: Sent
    stricter: Sent | None
    looser: Sent | None
    looked: int = Field(description="How many papers those days had.")
    first: date | None
    last: date | None
    note: str
    newest: list[models.Found]


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


@router.get("/api/queries", responses=responses(401), summary="My standing queries")
def queries(site: TheSite, person: AsReader) -> list[Kept]:
    """By name."""
    return [_kept(each) for each in site.collection.store.queries(person.number)]


@router.get("/api/queries/tried", responses=_SAID, summary="Try a standing query on the past")
def try_it(
    site: TheSite,
    _: AsReader,
    text: Wanted,
    without: Without = [],  # noqa: B006 - FastAPI copies it
    least: Least = DEFAULT,
    days: Days = 30,
) -> Tried:
    """How many papers a day it would have sent, one step stricter and looser, and the newest of them."""
    query = StandingQuery.read(text, without, least)
    trial = tried(site.collection, query, now=site.now(), days=days, zone=site.zone)
    return Tried(
        rate=_sent(trial.rate),
        stricter=_sent(trial.stricter) if trial.stricter else None,
        looser=_sent(trial.looser) if trial.looser else None,
        looked=trial.looked,
        first=trial.first,
        last=trial.last,
        note=site.told(trial.note),
        newest=[models.found(each) for each in trial.newest.items],
    )


@router.post("/api/queries", status_code=201, responses=_CHANGED, summary="Keep a standing query")
def keep(site: TheSite, person: Writer, body: Asked) -> Kept:
    """Keeps it under a name that no other of yours has."""
    store = site.collection.store
    name = new_query_name(store, person.number, body.name)
    StandingQuery.read(body.text, body.without, body.least)
    number = store.keep_query(
        person.number, name, body.text, without=body.without, least=body.least or DEFAULT, now=site.now()
    )
    return _kept(query_of(site.collection, person.number, number))


@router.get("/api/queries/{number}", responses=_SAID, summary="One of my standing queries")
def one(site: TheSite, person: AsReader, number: Number) -> Kept:
    """As it is kept."""
    return _kept(query_of(site.collection, person.number, number))


@router.delete("/api/queries/{number}", summary="Take a standing query away", **_GONE)
def remove(site: TheSite, person: Writer, number: Number) -> None:
    """It sends nothing any more."""
    query_of(site.collection, person.number, number)
    site.collection.store.remove_query(person.number, number)


@router.get("/api/queries/{number}/papers", responses=_SAID, summary="What one of my standing queries finds")
def found_by(
    site: TheSite, person: AsReader, number: Number, days: Days = DAYS, limit: Count = 50
) -> list[models.Found]:
    """The newest day first, best first within it."""
    kept = query_of(site.collection, person.number, number)
    return [models.found(each) for each in matched(site.collection, kept, last=site.today, days=days, k=limit)]


@router.get("/api/authors", responses=responses(401), summary="The authors I follow")
def authors(site: TheSite, person: AsReader) -> list[str]:
    """By name."""
    return site.collection.store.followed(person.number)


@router.get("/api/authors/papers", responses=responses(401), summary="Papers by the authors I follow")
def papers(site: TheSite, person: AsReader, limit: Count = 50) -> list[models.Paper]:
    """The newest first."""
    store = site.collection.store
    numbers = by_followed(store, person.number)[:limit]
    found = store.by_numbers(numbers)
    return [models.paper(found[each]) for each in numbers if each in found]


@router.put("/api/authors/{name:path}", responses=_CHANGED, summary="Follow an author")
def follow(site: TheSite, person: Writer, name: str) -> list[str]:
    """By name; answers all whom you follow."""
    follow_author(site.collection.store, person.number, name, now=site.now())
    return site.collection.store.followed(person.number)


@router.delete("/api/authors/{name:path}", responses=_CHANGED, summary="Follow an author no more")
def unfollow(site: TheSite, person: Writer, name: str) -> list[str]:
    """One whom you do not follow is no error; answers all whom you follow."""
    site.collection.store.unfollow(person.number, name)
    return site.collection.store.followed(person.number)


def _picked(found: ForYou, pick: Pick) -> Picked:
    near = [(found.documents.get(each.number), each.cosine) for each in pick.near]
    return Picked(
        paper=models.paper(found.documents[pick.number]),
        interest=pick.interest,
        strength=pick.strength,
        score=pick.score,
        near=[Near(paper=paper.id, cosine=cosine) for paper, cosine in near if paper],
    )


def _kept(each: SavedQuery) -> Kept:
    return Kept(
        id=each.number, name=each.name, text=each.text, without=list(each.without), least=each.least, made=each.made
    )


def _sent(rate: Rate) -> Sent:
    return Sent(least=str(rate.minimum), days=rate.days, papers=rate.papers, silent=rate.silent)
