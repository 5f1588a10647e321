"""The day, the week, the month: their pages, and the front page, which is the latest day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core import periods
from broadsheet.core.periods import Period
from broadsheet.daily.day import SIZE, Feed, latest
from broadsheet.daily.why_empty import reason
from broadsheet.foryou import person
from broadsheet.site import period as mine
from broadsheet.site.auth import TheVisitor, Visitor, visitor_of
from broadsheet.site.context import Site, TheSite
from broadsheet.site.params import DayParams, TheDayParams
from broadsheet.trending.ranking import ORDERS, feed, origin, rule
from broadsheet.trending.score import HALF_LIFE
from broadsheet.web import filters, newest, render
from broadsheet.web.marks import marked, remember_visit
from broadsheet.web.trending import scores

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, site: TheSite, visitor: TheVisitor, asked: TheDayParams) -> Response:
    """The latest day; without one, what there is."""
    found = _found(site, visitor, None, asked)
    if not found.total and not asked.narrowed and found.previous is None:
        return newest.newest_papers(request, site)
    return _shown(request, site, found, asked, front=True)


@router.get("/latest")
def newest_day(site: TheSite, asked: TheDayParams) -> Response:
    """Leads to the latest day."""
    day = latest(site.collection, site.today)
    return RedirectResponse(filters.day_address(day, asked), 307)


@router.get("/day/{name}")
@router.get("/week/{name}")
@router.get("/month/{name}")
def one(request: Request, site: TheSite, visitor: TheVisitor, name: str, asked: TheDayParams) -> Response:
    """A day, a week or a month by its name."""
    period = mine.read_period(name, request.url.path.split("/")[1])
    return _shown(request, site, _found(site, visitor, period, asked), asked)


def _found(site: Site, visitor: Visitor, period: Period | None, asked: DayParams) -> Feed:
    """The papers; a stranger who asks for an order of their own gets the usual one, and is told so."""
    asked = asked if visitor.person else mine.for_everyone(site.collection, 0, asked)
    wanted = mine.day_request(site, visitor.number, asked)
    return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=wanted)


def _quiet(site: Site, found: Feed) -> str:
    """Why the front page shows a day that is over; empty when it does not."""
    if found.period.last >= site.today or not found.cards:
        return ""
    today = periods.period("day", site.today)
    return site.redact(reason(site.collection.store, today, today=site.today, zone=site.zone))


def _lacking(site: Site, visitor: Visitor) -> str:
    """What it takes to put papers in a reader's own order and is not there."""
    if not visitor.person:
        return "person"
    return "" if person.is_known(site.collection, visitor.number) else "likes"


def _shown(request: Request, site: Site, found: Feed, chosen: DayParams, *, front: bool = False) -> Response:
    visitor = visitor_of(request, site)
    response = render.rendered(
        request,
        site,
        "day.html",
        feed=found,
        marks=marked(request, site, [(card.document, *card.others) for card in found.cards]),
        note=site.redact(found.note),
        line=site.collection.store.desk.line(found.period.first) if found.period.kind == "day" else "",
        scores=scores(site, found),
        how_scored=[rule(HALF_LIFE), origin(site.collection)] if found.sort == "trending" else (),
        chosen=chosen,
        shared=mine.for_everyone(site.collection, visitor.number, chosen),
        queries=site.collection.store.alerts.of(visitor.number),
        front=front,
        today=site.today,
        past=found.period.last < site.today,
        quiet=_quiet(site, found) if front and not chosen.narrowed else "",
        orders=[*ORDERS, *([mine.FOR_YOU] if visitor.person else [])],
        lacking=_lacking(site, visitor) if mine.for_you(chosen.sort) else "",
        kinds=[periods.period(kind, found.period.first) for kind in ("day", "week", "month")],
        size=SIZE,
    )
    remember_visit(response, request, site)
    return response
