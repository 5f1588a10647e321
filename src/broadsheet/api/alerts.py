"""Alerts (standing queries), for programs: tried on the past before they are kept, kept, and what they find."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.alerts.news import new_matches
from broadsheet.alerts.trial import Rate, try_alert
from broadsheet.api import models
from broadsheet.api.foryou import Days, Kept
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.foryou.person import DAYS
from broadsheet.people import alerts
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.params import Count, Number
from broadsheet.site.problems import responses
from broadsheet.store.alerts import SavedQuery

router = APIRouter(tags=["interests"], route_class=Bounded)
_SAID = responses(400, 401, 404, 503)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}
Words = Annotated[str, StringConstraints(max_length=2_000)]
Wanted = Annotated[str, Query(max_length=2_000, description="What is wanted, in plain words.")]
Without = Annotated[list[Words], Query(max_length=20, description="What it is not about; may be repeated.")]
Least = Annotated[str, Query(max_length=20, description="How well a paper must match: fair, good, strong, a cosine.")]


class Asked(BaseModel):
    """A standing query to keep."""

    name: Words
    text: Words = Field(description="What is wanted, in plain words; conditions as in a search.")
    without: list[Words] = Field(default_factory=list, max_length=20, description="What it is not about.")
    least: Words = DEFAULT


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


@router.get("/api/queries", responses=responses(401), summary="My standing queries")
def queries(site: TheSite, person: AsReader) -> list[Kept]:
    """By name."""
    return [_kept(each) for each in site.collection.store.alerts.of(person.number)]


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
    query = Alert.read(text, without, least)
    trial = try_alert(site.collection, query, now=site.now(), days=days, zone=site.zone)
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
    return _kept(alerts.keep(site.collection.store, person.number, **body.model_dump(), now=site.now()))


@router.get("/api/queries/{number}", responses=_SAID, summary="One of my standing queries")
def one(site: TheSite, person: AsReader, number: Number) -> Kept:
    """As it is kept."""
    return _kept(alerts.own(site.collection.store, person.number, number))


@router.delete("/api/queries/{number}", summary="Take a standing query away", **_GONE)
def remove(site: TheSite, person: Writer, number: Number) -> None:
    """It sends nothing any more."""
    alerts.remove(site.collection.store, person.number, number=number)


@router.get("/api/queries/{number}/papers", responses=_SAID, summary="What one of my standing queries finds")
def found_by(
    site: TheSite, person: AsReader, number: Number, days: Days = DAYS, limit: Count = 50
) -> list[models.Found]:
    """The newest day first, best first within it."""
    kept = alerts.own(site.collection.store, person.number, number)
    return [models.found(each) for each in new_matches(site.collection, kept, last=site.today, days=days, k=limit)]


def _kept(each: SavedQuery) -> Kept:
    return Kept(
        id=each.number, name=each.name, text=each.text, without=list(each.without), least=each.least, made=each.made
    )


def _sent(rate: Rate) -> Sent:
    return Sent(least=str(rate.minimum), days=rate.days, papers=rate.papers, silent=rate.silent)
