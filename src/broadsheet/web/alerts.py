"""Alerts: tested on past days, saved under a name, changed, deleted, and the papers that match them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.alerts.news import new_matches
from broadsheet.alerts.trial import Rate, Trial, try_alert
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError, UsageError
from broadsheet.core.types import LEVELS, Result
from broadsheet.foryou.person import DAYS
from broadsheet.people import alerts
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.params import Number
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.people import Person
from broadsheet.web import render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
TRIED_ON = 30  # days
SHOWN = 50
_LONGEST = 2_000
_SEPARATOR = re.compile(r"[;\n]")
Text = Annotated[str, Query(max_length=_LONGEST)]
Short = Annotated[str, Query(max_length=20)]
Change = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form: the wanted text, the exclusions (separated by semicolons), the minimum match, and the
    saved alert that it changes."""

    text: str = ""
    without: str = ""
    least: str = DEFAULT
    changes: SavedQuery | None = None

    @classmethod
    def of(cls, alert: SavedQuery) -> Typed:
        """Return the fields of a saved alert."""
        return cls(alert.text, "; ".join(alert.without), alert.least or DEFAULT, alert)

    @property
    def exclusions(self) -> list[str]:
        """Return the exclusions one by one."""
        return [part.strip() for part in _SEPARATOR.split(self.without) if part.strip()]

    @property
    def query(self) -> Alert:
        """Return the alert as it is matched; UsageError if it cannot be."""
        return Alert.read(self.text, self.exclusions, self.least)


@router.get("/queries")
def overview(
    request: Request,
    site: TheSite,
    person: AsReader,
    text: Text = "",
    without: Text = "",
    least: Short = DEFAULT,
    change: Change = "",
) -> Response:
    """Show the form, the papers that the typed alert would have sent, and the saved alerts. Testing changes nothing."""
    alert = alerts.own(site.collection.store, person.number, int(change)) if _is_number(change) else None
    typed = Typed.of(alert) if alert and not text.strip() else Typed(text, without, least or DEFAULT, alert)
    if not typed.text.strip():
        return _shown(request, site, person, typed)
    try:
        trial = try_alert(site.collection, typed.query, now=site.now(), days=TRIED_ON, zone=site.zone)
    except (UsageError, CollectionError, ModelError) as error:
        return _shown(request, site, person, typed, problem=error)
    return _shown(request, site, person, typed, trial=trial)


@router.post("/queries")
def keep(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Save an alert under a new name or, with ``change``, in place of the alert with this number."""
    number, store = form.number("change"), site.collection.store
    alert = alerts.own(store, person.number, number) if number is not None else None
    typed = Typed(form.get("text"), form.get("without"), form.get("least", longest=20) or DEFAULT, alert)
    act = partial(alerts.change, number=alert.number) if alert else partial(alerts.keep, name=form.get("name"))
    try:
        alert = act(store, person.number, text=typed.text, without=typed.exclusions, least=typed.least, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, typed, problem=error)
    return RedirectResponse(f"/queries/{alert.number}", 303)


@router.get("/queries/{number}")
def one(request: Request, site: TheSite, person: AsReader, number: Number) -> Response:
    """Show a saved alert: its matches in the newest days, today's first, and its feed."""
    alert = alerts.own(site.collection.store, person.number, number)
    try:
        matches, problem = new_matches(site.collection, alert, last=site.today, days=DAYS, k=SHOWN), ""
    except (CollectionError, ModelError) as error:
        matches, problem = list[Result](), site.redact(str(error))
    return render.rendered(
        request,
        site,
        "alert.html",
        alert=alert,
        query=Typed.of(alert).query,
        matches=matches,
        today=site.today,
        problem=problem,
        marks=singly(request, site, [each.document for each in matches]),
        names={each.number: each.name for each in site.collection.store.lists.of(person.number)},
        days=DAYS,
        most=SHOWN,
        feed=private_feeds.address(request, site, person, f"query/{number}"),
    )


@router.post("/queries/{number}/delete")
def delete(site: TheSite, person: AsReader, number: Number, _form: TheForm) -> Response:
    """Delete an alert."""
    alerts.remove(site.collection.store, person.number, number=number)
    return RedirectResponse("/queries", 303)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _shown(
    request: Request,
    site: Site,
    person: Person,
    typed: Typed,
    *,
    trial: Trial | None = None,
    problem: BroadsheetError | None = None,
) -> Response:
    """Render the page of all alerts, with the form as it was typed and its result."""
    message = site.redact(str(problem)) if problem else ""
    papers = [each.document for each in trial.newest.items] if trial else []
    return render.rendered(
        request,
        site,
        "alerts.html",
        typed=typed,
        trial=trial,
        rates=_ladder(trial) if trial else [],
        levels=[*LEVELS, *([typed.least] if typed.least not in LEVELS else [])],
        queries=site.collection.store.alerts.of(person.number),
        problem=f"{message[:1].upper()}{message[1:]}." if message else "",
        marks=singly(request, site, papers),
        names={each.number: each.name for each in site.collection.store.lists.of(person.number)},
        tried_on=TRIED_ON,
    )


def _ladder(trial: Trial) -> list[tuple[str, Rate, str]]:
    """Return the rates one step stricter, as chosen, and looser: a word for each, and the minimum to type for it."""
    steps = (("Stricter", trial.stricter), ("Your choice", trial.rate), ("Looser", trial.looser))
    return [(word, rate, _typed(rate)) for word, rate in steps if rate]


def _typed(rate: Rate) -> str:
    return rate.minimum if isinstance(rate.minimum, str) else f"{rate.minimum:.2f}"
