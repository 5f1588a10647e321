"""Alerts on one page with what a reader follows: tried on past days, saved under a name, changed, deleted and brought
back; the papers that match them; following a paper."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.alerts import activity
from broadsheet.alerts.alert import DEFAULT, Alert, ask_alert
from broadsheet.alerts.news import followed_papers, new_matches
from broadsheet.alerts.trial import BORDER, Rate, Trial, try_alert
from broadsheet.core.errors import BroadsheetError, CollectionError, ModelError, UsageError
from broadsheet.core.recent import Recent
from broadsheet.core.types import LEVELS, Result
from broadsheet.foryou.person import DAYS
from broadsheet.near.history import history
from broadsheet.people import alerts
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader, TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import Number
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.people import Person
from broadsheet.web import alert_rows, render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
TRIED_ON = 30  # days
SHOWN = 50
_REVISIONS = 5
_EXAMPLES = 12  # topics whose names are tried
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
    def followed(self) -> tuple[str, ...]:
        """Return the papers that the alert follows; an alert in words has none."""
        return ask_alert(self.text).like

    @property
    def query(self) -> Alert:
        """Return the alert as it is matched; UsageError if it cannot be."""
        return Alert.read(self.text, self.exclusions, self.least)


@router.get("/queries")
def overview(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    text: Text = "",
    without: Text = "",
    least: Short = "",
    change: Change = "",
    undo: Text = "",
    unfollowed: Text = "",
    topic: Short = "",
) -> Response:
    """Show all alerts and follows, the form, and the papers that the typed alert would have sent; to a stranger, what
    alerts are, with an example. Trying changes nothing."""
    person = visitor.person
    if person is None:
        return render.rendered(request, site, "alerts_about.html", example=example(site))
    alert = alerts.own(site.collection.store, person.number, int(change)) if _is_number(change) else None
    typed = Typed.of(alert) if alert and not text.strip() else Typed(text, without, least or DEFAULT, alert)
    typed = replace(typed, least=least or typed.least)
    if not typed.text.strip():
        gone = alert_rows.unfollowed(site, person, author=unfollowed, topic=topic)
        return _shown(request, site, person, typed, undo=undo, gone=gone)
    site.limit("trials", str(person.number))
    try:
        trial = _tried(site, typed.query)
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


@router.post("/queries/restore")
def restore(request: Request, site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Bring back the alert that was just deleted, under its own number."""
    try:
        alerts.restore(site.collection.store, person.number, token=form.get("undo"), now=site.now())
    except UsageError as error:
        return _shown(request, site, person, Typed(), problem=error)
    return RedirectResponse("/queries", 303)


@router.post("/papers/follow")
def follow_paper(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Follow a paper by its id or, with ``undo``, unfollow it."""
    store, paper = site.collection.store, paper_of(site, form.get("paper"))
    if form.get("undo"):
        alerts.unfollow_paper(store, person.number, paper=paper)
    else:
        alerts.follow_paper(store, person.number, paper=paper, now=site.now())
    return RedirectResponse(form.back, 303)


@router.get("/queries/{number}")
def one(request: Request, site: TheSite, person: AsReader, number: Number) -> Response:
    """Show a saved alert: its matches in the newest days, today's first, the changes of a followed paper, its feed."""
    alert = alerts.own(site.collection.store, person.number, number)
    try:
        matches, problem = new_matches(site.collection, alert, last=site.today, days=DAYS, k=SHOWN), ""
    except (CollectionError, ModelError) as error:
        matches, problem = list[Result](), site.redact(str(error))
    followed = site.collection.store.papers.by_numbers(list(followed_papers(site.collection.store, [alert]).values()))
    return render.rendered(
        request,
        site,
        "alert.html",
        alert=alert,
        query=Typed.of(alert).query,
        followed=list(followed.values()),
        revisions=[each for paper in followed.values() for each in history(site.collection, paper)][:_REVISIONS],
        matches=matches,
        today=site.today,
        problem=problem,
        marks=singly(request, site, [each.document for each in matches]),
        names={each.number: each.name for each in site.collection.store.lists.of(person.number)},
        days=DAYS,
        most=SHOWN,
        hears=alert_rows.hears(site, alert),
        feed=private_feeds.address(request, site, person, f"query/{number}"),
    )


@router.post("/queries/{number}/delete")
def delete(site: TheSite, person: AsReader, number: Number, _form: TheForm) -> Response:
    """Delete an alert; for an hour the page that follows can bring it back."""
    store = site.collection.store
    token = alerts.undo_token(store, person.number, alerts.own(store, person.number, number), now=site.now())
    alerts.remove(store, person.number, number=number)
    return RedirectResponse(f"/queries?{urlencode({'undo': token})}" if token else "/queries", 303)


class _Example(Recent[tuple[object, ...], list[tuple[str, Trial]]]):
    """The last example, if there is one, by what it is made from."""

    def __init__(self) -> None:
        super().__init__(1, size=0)


def example(site: Site) -> tuple[str, Trial] | None:
    """Return what an alert on the name of a topic would have sent, for readers who have none. It is the largest topic
    whose name brings some papers; None where there is no such topic."""
    topics = [each for each in site.collection.store.topics.all() if each.level == "topic"]
    names = [each.name for each in sorted(topics, key=lambda each: -each.papers)[:_EXAMPLES]]
    memory = site.collection.memory("alert example", _Example)
    basis = (*names, site.today, site.collection.store.papers.last_change())
    found = memory.get(basis)
    if found is None:
        found = []
        with suppress(UsageError, CollectionError, ModelError):
            tried = ((name, _tried(site, Alert(name))) for name in names)
            found = list(islice((each for each in tried if each[1].rate.papers >= BORDER), 1))
        memory.keep(basis, found, size=0)
    return found[0] if found else None


def _tried(site: Site, alert: Alert) -> Trial:
    return try_alert(site.collection, alert, now=site.now(), days=TRIED_ON, zone=site.zone)


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
    undo: str = "",
    gone: alert_rows.Gone | None = None,
) -> Response:
    """Render the page of all alerts, with the form as it was typed and its result; ``undo`` is the token of an alert
    that was just deleted, ``gone`` what was just unfollowed."""
    message = site.redact(str(problem)) if problem else ""
    rows, unknown = alert_rows.rows(request, site, person)
    store = site.collection.store
    followed = store.papers.many([*typed.followed]).values() if typed.followed else ()
    return render.rendered(
        request,
        site,
        "alerts.html",
        typed=typed,
        followed=list(followed),
        trial=trial,
        rates={rate.minimum: rate for rate in trial.rates} if trial else {},
        ladder=_ladder(trial) if trial else [],
        levels=[*reversed(LEVELS), *([typed.least] if typed.least not in LEVELS else [])],
        meanings=alert_rows.LEVELS_OF_PAPERS if typed.followed else alert_rows.LEVELS_OF_WORDS,
        rows=rows,
        unknown=unknown,
        removed=alerts.removed(store, person.number, undo, now=site.now()) if undo else None,
        undo=undo,
        gone=gone,
        problem=f"{message[:1].upper()}{message[1:]}." if message else "",
        marks=singly(request, site, [each.document for each in trial.newest.items] if trial else []),
        names={each.number: each.name for each in store.lists.of(person.number)},
        mailed=known[0] if (known := store.mail.choice(person.number)) and known[1] else None,
        any_topics=bool(store.topics.homes()),
        tried_on=TRIED_ON,
        days=activity.DAYS,
    )


def _ladder(trial: Trial) -> list[tuple[str, Rate, str]]:
    """Return the rates one step stricter, as chosen, and looser: a word for each, and the minimum to type for it."""
    steps = (("Stricter", trial.stricter), ("Your choice", trial.rate), ("Looser", trial.looser))
    return [(word, rate, _typed(rate)) for word, rate in steps if rate]


def _typed(rate: Rate) -> str:
    return rate.minimum if isinstance(rate.minimum, str) else f"{rate.minimum:.2f}"
