"""The editor's desk: picks, hidden papers, papers that are one work, and the line above a day. For editors only."""

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
    """Show the desk of a day, a week or a month: its works with the editor's buttons, hidden papers, a day's line."""
    period, store = periods.parse(name), site.collection.store
    if period is None:
        raise NotFoundError(f"{name[:40]!r} is not a day, a week or a month. Use a form like /desk/2025-09-30.")
    wanted = Wanted(sort="trending", picks=False, k=SIZE, offset=offset)  # a pick does not move under the hand
    listing = feed(site.collection, period, now=site.now(), zone=site.zone, wanted=wanted)
    hidden = store.papers.by_numbers(store.desk.hidden_on(period.first, period.last))
    return render.rendered(
        request,
        site,
        "desk.html",
        feed=listing,
        hidden=sorted(hidden.values(), key=lambda paper: paper.id),
        line=store.desk.line(period.first) if period.kind == "day" else "",
        longest=desk.LONGEST_LINE,
        size=SIZE,
    )


@router.post("/desk/act")
def act(site: TheSite, person: AsEditor, form: TheForm) -> Response:
    """Pick a paper, hide it, or leave it to the ranking: the button's name is the act, its value the paper."""
    name, id_ = next(((field, value) for field, value in form.fields if field in _DECISIONS), ("", ""))
    if not name:
        raise UsageError(f"the form names no decision: expected one of {', '.join(_DECISIONS)}")
    document = paper_of(site, id_.strip()[:2_000])
    desk.decide(site.collection, person.number, paper=document, decision=_DECISIONS[name], now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/desk/line")
def line(site: TheSite, person: AsEditor, form: TheForm) -> Response:
    """Save the line above a day; an empty text removes it."""
    day, text = _day(form.get("day")), form.get("line")
    desk.write_line(site.collection.store, person.number, day=day, text=text, now=site.now())
    return RedirectResponse(form.back, 303)


@router.post("/desk/works")
def works(site: TheSite, _: AsEditor, form: TheForm) -> Response:
    """Join two papers into one card (``together``), separate them (``apart``), or let the rule decide (``rule``)."""
    one, other = (paper_of(site, form.get(field)).id for field in ("paper", "other"))
    join(site.collection, one, other, form.get("how"))
    return RedirectResponse(form.back, 303)


def _day(text: str) -> date:
    period = periods.parse(text)
    if period is None or period.kind != "day":
        raise UsageError(f"{text[:40]!r} is not a day: use a form like 2025-09-30")
    return period.first


@dataclass(frozen=True, slots=True)
class Decided:
    """The editor's decision about a work."""

    picked: bool = False
    hidden: bool = False


def decided(site: Site, copies: Sequence[Document]) -> Decided:
    """Return the editor's decision about a work, given a paper and its copies."""
    store = site.collection.store
    acts = store.desk.decided(list(store.papers.numbers([copy.id for copy in copies]).values())).values()
    return Decided("pick" in acts and "hide" not in acts, "hide" in acts)


def set_apart(site: Site, document: Document) -> list[Document]:
    """Return the papers that an editor separated from this one, sorted by id."""
    pairs = [pair for pair in apart_pairs(site.collection) if document.id in pair]
    others = site.collection.store.papers.many([name for pair in pairs for name in pair if name != document.id])
    return sorted(others.values(), key=lambda other: other.id)
