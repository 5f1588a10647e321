"""The editor's desk: picks, what is hidden, which papers are one work, and the line above a day. For editors alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core import periods
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.daily.copies import apart_pairs, join
from broadsheet.daily.day import Wanted
from broadsheet.people import desk
from broadsheet.site.auth import AsEditor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import Offset
from broadsheet.store.desk import Act
from broadsheet.trending.ranking import feed
from broadsheet.web import render

router = APIRouter(include_in_schema=False)
SIZE = 100
_DECISIONS: dict[str, Act | None] = {"pick": "pick", "hide": "hide", "leave": None}


@router.get("/desk/{name}")
def day(request: Request, site: TheSite, _: AsEditor, name: str, offset: Offset = 0) -> Response:
    """The desk of a day, a week or a month: its works with the editor's buttons, what is hidden, and a day's line."""
    period, store = periods.parse(name), site.collection.store
    if period is None:
        raise NotFoundError(f"{name[:40]!r} is no day: expected such as /desk/2025-09-30.")
    found = feed(
        site.collection, period, now=site.now(), zone=site.zone, wanted=Wanted(sort="trending", k=SIZE, offset=offset)
    )
    hidden = store.papers.by_numbers(store.desk.hidden_on(period.first, period.last))
    return render.rendered(
        request,
        site,
        "desk.html",
        feed=found,
        hidden=sorted(hidden.values(), key=lambda paper: paper.id),
        line=store.desk.line(period.first) if period.kind == "day" else "",
        longest=desk.LONGEST_LINE,
        size=SIZE,
    )


@router.post("/desk/act")
def act(site: TheSite, person: AsEditor, form: TheForm) -> Response:
    """Picks a paper, hides it, or leaves its work to the ranking: the button's name is the act, its value the paper."""
    name, id_ = next(((field, value) for field, value in form.fields if field in _DECISIONS), ("", ""))
    if not name:
        raise UsageError(f"nothing is decided: expected one of {', '.join(_DECISIONS)}")
    document = paper_of(site, id_.strip()[:2_000])
    desk.decide(site.collection, person.number, paper=document, decision=_DECISIONS[name], now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/desk/line")
def line(site: TheSite, person: AsEditor, form: TheForm) -> Response:
    """Writes the line above a day; an empty one is taken away."""
    day, text = _day(form.get("day")), form.get("line")
    desk.write_line(site.collection.store, person.number, day=day, text=text, now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/desk/works")
def works(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Brings two papers onto one card (``together``), parts them (``apart``), or lets the rule decide (``rule``)."""
    one, other = (paper_of(site, form.get(field)).id for field in ("paper", "other"))
    join(site.collection, one, other, form.get("how"))
    return RedirectResponse(form.back, 303)


def _day(text: str) -> date:
    period = periods.parse(text)
    if period is None or period.kind != "day":
        raise UsageError(f"{text[:40]!r} is no day: expected such as 2025-09-30")
    return period.first


@dataclass(frozen=True, slots=True)
class Decided:
    """What the editor decided of a work."""

    picked: bool = False
    hidden: bool = False


def decided(site: Site, copies: Sequence[Document]) -> Decided:
    """What the editor decided of a work, by a paper and its copies."""
    store = site.collection.store
    acts = store.desk.decided(list(store.papers.numbers([copy.id for copy in copies]).values())).values()
    return Decided("pick" in acts and "hide" not in acts, "hide" in acts)


def parted(site: Site, document: Document) -> list[Document]:
    """The papers that were parted from this one by hand."""
    pairs = [pair for pair in apart_pairs(site.collection) if document.id in pair]
    found = site.collection.store.papers.many([name for pair in pairs for name in pair if name != document.id])
    return sorted(found.values(), key=lambda other: other.id)
