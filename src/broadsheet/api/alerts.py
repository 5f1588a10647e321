"""Alerts (`/api/queries`), for programs: try one on past days, save it, read what it finds, delete it; follow a paper.

Ids may hold `/`, so these addresses are tried before those of the marks on a paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.alerts.activity import Past
from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.alerts.news import new_matches
from broadsheet.alerts.trial import Rate, try_alert
from broadsheet.api import models
from broadsheet.api.tokens import Bounded, Writer
from broadsheet.core.types import Result
from broadsheet.foryou.person import DAYS
from broadsheet.people import alerts
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.lookup import paper_of, topics_of
from broadsheet.site.params import Count, DaysWithPapers, Number
from broadsheet.site.problems import responses
from broadsheet.store.alerts import SavedQuery

router = APIRouter(tags=["interests"], route_class=Bounded)
_READ = responses(400, 401, 404, 503)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}
Words = Annotated[str, StringConstraints(max_length=2_000)]
Text = Annotated[
    str, Query(max_length=2_000, description="What papers should be about, in plain words; `like:ID`: near this paper.")
]
Without = Annotated[list[Words], Query(max_length=20, description="What papers should not be about; may be repeated.")]
Least = Annotated[str, Query(max_length=20, description="How well papers must match: fair, good, strong or a cosine.")]


class NewAlert(BaseModel):
    """An alert to save."""

    name: Words
    text: Words = Field(description="What papers should be about, in plain words; conditions as in a search.")
    without: list[Words] = Field(default_factory=list, max_length=20, description="What papers should not be about.")
    least: Words = Field(DEFAULT, description="How well papers must match: fair, good, strong or a cosine.")


class SavedAlert(BaseModel):
    """A saved alert."""

    id: int
    name: str
    text: str
    without: list[str]
    least: str
    made: datetime


class AlertRate(BaseModel):
    """How many papers an alert would have sent, at one minimum."""

    least: str = Field(description="How well papers had to match.")
    days: int
    papers: int
    silent: int = Field(description="Days without a match.")


class AlertTrial(BaseModel):
    """An alert tried on past days."""

    rate: AlertRate
    stricter: AlertRate | None = Field(description="The same, one step stricter.")
    looser: AlertRate | None = Field(description="The same, one step looser.")
    before: AlertRate | None = Field(
        description="What its minimum would have sent when words were bands of cosines; null for a cosine."
    )
    shared: int = Field(description="How many papers of `before` it still sends.")
    looked: int = Field(description="How many papers those days have.")
    first: date | None
    last: date | None
    note: str
    newest: list[models.Found]
    rates: list[AlertRate] = Field(description="The same with each word for a minimum: fair, good, strong.")
    above: list[models.Found] = Field(description="The papers just above the minimum, the nearest to it first.")
    below: list[models.Found] = Field(description="The papers just below the minimum, the nearest to it first.")


class AlertActivity(BaseModel):
    """What an alert brought lately."""

    id: int
    papers: int
    days: int = Field(description="The newest days that have papers; `papers` came on these.")
    today: int = Field(description="How many came on your today.")
    last: date | None = Field(description="The day of the last one; null if none came.")


@router.get("/api/queries", responses=responses(401), summary="List my alerts")
def alerts_of(site: TheSite, person: AsReader) -> list[SavedAlert]:
    """Return your alerts, ordered by name. The address has their former name, queries."""
    return [_saved_alert(each) for each in site.collection.store.alerts.of(person.number)]


@router.get("/api/queries/tried", responses=_READ, summary="Try an alert on past days")
def try_it(
    site: TheSite,
    person: AsReader,
    text: Text,
    without: Without = [],  # noqa: B006 - FastAPI copies it
    least: Least = DEFAULT,
    days: DaysWithPapers = 30,
) -> AlertTrial:
    """Return how many papers it would have sent, at its minimum and one step stricter and looser, and the newest."""
    alert = Alert.read(text, without, least)
    site.limit("trials", str(person.number))
    trial = try_alert(site.collection, alert, now=site.now(), days=days, zone=site.zone)
    return AlertTrial(
        rate=_rate(trial.rate),
        stricter=_rate(trial.stricter) if trial.stricter else None,
        looser=_rate(trial.looser) if trial.looser else None,
        before=_rate(trial.before) if trial.before else None,
        shared=trial.shared,
        looked=trial.looked,
        first=trial.first,
        last=trial.last,
        note=site.redact(trial.note),
        newest=_found_papers(site, trial.newest.items),
        rates=[_rate(each) for each in trial.rates],
        above=_found_papers(site, trial.above),
        below=_found_papers(site, trial.below),
    )


@router.get("/api/queries/activity", responses=_READ, summary="See what each of my alerts brings")
def brought(site: TheSite, person: AsReader) -> list[AlertActivity]:
    """Return how many papers each of your alerts brought on the newest 30 days that have papers."""
    site.limit("trials", str(person.number))
    saved = site.collection.store.alerts.of(person.number)
    found = Past.of(site.collection, site.today).of_alerts(saved)
    return [
        AlertActivity(id=number, papers=each.papers, days=each.days, today=each.today, last=each.last)
        for number, each in found.items()
    ]


@router.put("/api/papers/{id:path}/follow", responses=_CHANGED, summary="Follow a paper")
def follow(site: TheSite, person: Writer, id: str) -> SavedAlert:
    """Hear of its new versions and of later papers near it in meaning. Returns the alert that does so."""
    store, paper = site.collection.store, paper_of(site, id)
    return _saved_alert(alerts.follow_paper(store, person.number, paper=paper, now=site.now()))


@router.delete("/api/papers/{id:path}/follow", summary="Stop following a paper", **_GONE)
def unfollow(site: TheSite, person: Writer, id: str) -> None:
    """Delete the alert by which you follow a paper; it is not an error if you did not."""
    alerts.unfollow_paper(site.collection.store, person.number, paper=paper_of(site, id))


@router.post("/api/queries", status_code=201, responses=_CHANGED, summary="Save an alert")
def save(site: TheSite, person: Writer, body: NewAlert) -> SavedAlert:
    """Save an alert under a name that none of your other alerts has."""
    return _saved_alert(alerts.keep(site.collection.store, person.number, **body.model_dump(), now=site.now()))


@router.get("/api/queries/{number}", responses=_READ, summary="Get one of my alerts")
def one(site: TheSite, person: AsReader, number: Number) -> SavedAlert:
    """Return one of your alerts as it is saved."""
    return _saved_alert(alerts.own(site.collection.store, person.number, number))


@router.delete("/api/queries/{number}", summary="Delete an alert", **_GONE)
def remove(site: TheSite, person: Writer, number: Number) -> None:
    """Delete an alert. It sends nothing from then on."""
    alerts.remove(site.collection.store, person.number, number=number)


@router.get("/api/queries/{number}/papers", responses=_READ, summary="List the papers that an alert finds")
def papers(
    site: TheSite, person: AsReader, number: Number, days: DaysWithPapers = DAYS, limit: Count = 50
) -> list[models.Found]:
    """Return the papers that match, the newest day first and the best first within a day."""
    alert = alerts.own(site.collection.store, person.number, number)
    return _found_papers(site, new_matches(site.collection, alert, last=site.today, days=days, k=limit))


def _found_papers(site: Site, results: Sequence[Result]) -> list[models.Found]:
    topics = topics_of(site, [each.document for each in results])
    return [models.search_result(each, topics) for each in results]


def _saved_alert(each: SavedQuery) -> SavedAlert:
    return SavedAlert(
        id=each.number, name=each.name, text=each.text, without=list(each.without), least=each.least, made=each.made
    )


def _rate(rate: Rate) -> AlertRate:
    return AlertRate(least=str(rate.minimum), days=rate.days, papers=rate.papers, silent=rate.silent)
