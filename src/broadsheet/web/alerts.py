"""Standing queries: tried on the past before they are kept, kept under a name, changed, deleted, and what they find."""

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
_PARTED = re.compile(r"[;\n]")
Text = Annotated[str, Query(max_length=_LONGEST)]
Short = Annotated[str, Query(max_length=20)]
Change = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form: what is wanted, what not (parted by semicolons), how well; the kept query it changes."""

    text: str = ""
    without: str = ""
    least: str = DEFAULT
    changes: SavedQuery | None = None

    @classmethod
    def of(cls, kept: SavedQuery) -> Typed:
        """Those of a kept query."""
        return cls(kept.text, "; ".join(kept.without), kept.least or DEFAULT, kept)

    @property
    def exclusions(self) -> list[str]:
        """What it is not about."""
        return [part.strip() for part in _PARTED.split(self.without) if part.strip()]

    @property
    def query(self) -> Alert:
        """As it is matched; UsageError for what cannot be."""
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
    """The form, what the typed query would have sent, and the queries that are kept. Trying one changes nothing."""
    kept = alerts.own(site.collection.store, person.number, int(change)) if _is_number(change) else None
    typed = Typed.of(kept) if kept and not text.strip() else Typed(text, without, least or DEFAULT, kept)
    if not typed.text.strip():
        return _shown(request, site, person, typed)
    try:
        trial = try_alert(site.collection, typed.query, now=site.now(), days=TRIED_ON, zone=site.zone)
    except (UsageError, CollectionError, ModelError) as error:
        return _shown(request, site, person, typed, problem=error)
    return _shown(request, site, person, typed, trial=trial)


@router.post("/queries")
def keep(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Keeps a query under a new name, or with ``change`` in the place of the one that has this number."""
    number, store = form.number("change"), site.collection.store
    kept = alerts.own(store, person.number, number) if number is not None else None
    typed = Typed(form.get("text"), form.get("without"), form.get("least", longest=20) or DEFAULT, kept)
    act = partial(alerts.change, number=kept.number) if kept else partial(alerts.keep, name=form.get("name"))
    try:
        kept = act(store, person.number, text=typed.text, without=typed.exclusions, least=typed.least, now=site.now())
    except UsageError as error:
        return _shown(request, site, person, typed, problem=error)
    return RedirectResponse(f"/queries/{kept.number}", 303)


@router.get("/queries/{number}")
def one(request: Request, site: TheSite, person: AsReader, number: Number) -> Response:
    """A kept query: what it finds in the newest days, today's first, and where its feed is."""
    kept = alerts.own(site.collection.store, person.number, number)
    try:
        found, problem = new_matches(site.collection, kept, last=site.today, days=DAYS, k=SHOWN), ""
    except (CollectionError, ModelError) as error:
        found, problem = list[Result](), site.redact(str(error))
    return render.rendered(
        request,
        site,
        "alert.html",
        kept=kept,
        query=Typed.of(kept).query,
        found=found,
        today=site.today,
        problem=problem,
        marks=singly(request, site, [each.document for each in found]),
        names={each.number: each.name for each in site.collection.store.lists.of(person.number)},
        days=DAYS,
        most=SHOWN,
        feed=private_feeds.address(request, site, person, f"query/{number}"),
    )


@router.post("/queries/{number}/delete")
def delete(site: TheSite, person: AsReader, number: Number, _form: TheForm) -> Response:
    """Takes a query away."""
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
    """The page of all queries, with the form as it was typed and what came of it."""
    told = site.redact(str(problem)) if problem else ""
    found = [each.document for each in trial.newest.items] if trial else []
    return render.rendered(
        request,
        site,
        "alerts.html",
        typed=typed,
        trial=trial,
        rates=_ladder(trial) if trial else [],
        levels=[*LEVELS, *([typed.least] if typed.least not in LEVELS else [])],
        queries=site.collection.store.alerts.of(person.number),
        problem=f"{told[:1].upper()}{told[1:]}." if told else "",
        marks=singly(request, site, found),
        names={each.number: each.name for each in site.collection.store.lists.of(person.number)},
        tried_on=TRIED_ON,
    )


def _ladder(trial: Trial) -> list[tuple[str, Rate, str]]:
    """The rates one step stricter, as asked, and looser: a word for each, and what to type to get it."""
    steps = (("Stricter", trial.stricter), ("As you asked", trial.rate), ("Looser", trial.looser))
    return [(word, rate, _typed(rate)) for word, rate in steps if rate]


def _typed(rate: Rate) -> str:
    return rate.minimum if isinstance(rate.minimum, str) else f"{rate.minimum:.2f}"
