"""A search that is watched: what an alert of it would have sent, and one press that saves it or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.alerts.alert import DEFAULT, Alert
from broadsheet.alerts.draft import Draft, draft
from broadsheet.alerts.trial import try_alert
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.types import Results
from broadsheet.people import alerts
from broadsheet.search.question import read
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.params import SearchParams
from broadsheet.store.alerts import SavedQuery
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
TRIED_ON = 30  # days
_LONGEST = 2_000
_MOST_NAMES = 100
_Text = Annotated[str, Query(max_length=_LONGEST)]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a results page says of watching its search: the ``draft`` of the alert, and the reader's alert that asks for
    the same (``saved``; None without one)."""

    draft: Draft
    saved: SavedQuery | None

    @property
    def without(self) -> str:
        """Return the exclusions as the form of an alert takes them."""
        return "; ".join(self.draft.without)


def watch_of(site: Site, person: int, asked: SearchParams, results: Results) -> Watch:
    """Return the alert that would watch a search, and whether a person (0: a stranger) has it already."""
    made = draft(read(site.collection, asked.q, asked.filters), results)
    own = site.collection.store.alerts.of(person) if person and made.text else ()
    same = (each for each in own if each.text == made.text and tuple(each.without) == made.without)
    return Watch(made, next(same, None))


@router.get("/search/rate")
def rate(
    request: Request, site: TheSite, person: AsReader, text: _Text, without: _Text = "", least: str = DEFAULT
) -> Response:
    """Say in a few words how many papers a day an alert would have sent; nothing where it cannot be tried."""
    site.limit("explanations", str(person.number))
    try:
        alert = Alert.read(text, [each for each in without.split(";") if each.strip()], least[:20])
        trial = try_alert(site.collection, alert, now=site.now(), days=TRIED_ON, zone=site.zone)
    except BroadsheetError:
        trial = None
    return render.rendered(request, site, "_rate.html", rate=trial.rate if trial and trial.looked else None)


@router.post("/search/watch")
def watch(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Save an alert for a search under a name that is free or, with ``undo``, remove the reader's alerts that ask for
    the same."""
    store, text = site.collection.store, form.get("text")
    without = tuple(each.strip() for each in form.get("without").split(";") if each.strip())
    own = store.alerts.of(person.number)
    if form.get("undo"):
        for each in own:
            if each.text == text and tuple(each.without) == without:
                alerts.remove(store, person.number, number=each.number)
    else:
        name = _free(form.get("name"), {each.name for each in own})
        alerts.keep(store, person.number, name=name, text=text, without=without, now=site.now())
    return RedirectResponse(form.back, 303)


def _free(wanted: str, taken: set[str]) -> str:
    """A name that no other alert has: the wanted one, else with a number."""
    names = (wanted, *(f"{wanted} {count}" for count in range(2, _MOST_NAMES)))
    return next((each for each in names if each not in taken), wanted)
