"""The pages of a day, a week and a month, and the front page, which is the latest day."""

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
from broadsheet.web.search import MOST_TOPICS
from broadsheet.web.trending import scores

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, site: TheSite, visitor: TheVisitor, asked: TheDayParams) -> Response:
    """Show the latest day; if no day has papers, the newest papers."""
    listing = _listing(site, visitor, None, asked)
    if not listing.total and not asked.narrowed and listing.previous is None:
        return newest.newest_papers(request, site)
    return _shown(request, site, listing, asked, front=True)


@router.get("/latest")
def newest_day(site: TheSite, asked: TheDayParams) -> Response:
    """Redirect to the latest day."""
    day = latest(site.collection, site.today)
    return RedirectResponse(filters.day_address(day, asked), 307)


@router.get("/day/{name}")
@router.get("/week/{name}")
@router.get("/month/{name}")
def one(request: Request, site: TheSite, visitor: TheVisitor, name: str, asked: TheDayParams) -> Response:
    """Show a day, a week or a month by its name."""
    period = mine.read_period(name, request.url.path.split("/")[1])
    return _shown(request, site, _listing(site, visitor, period, asked), asked)


def _listing(site: Site, visitor: Visitor, period: Period | None, asked: DayParams) -> Feed:
    """Find the papers; a stranger who asks for a personal order gets the usual one, and the page says so."""
    asked = asked if visitor.person else mine.for_everyone(site.collection, 0, asked)
    choice = mine.day_request(site, visitor.number, asked)
    return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=choice)


def _quiet(site: Site, listing: Feed) -> str:
    """Explain why the front page shows a day that is over; empty when it does not."""
    if listing.period.last >= site.today or not listing.cards:
        return ""
    today = periods.period("day", site.today)
    return site.redact(reason(site.collection.store, today, today=site.today, zone=site.zone))


def _lacking(site: Site, visitor: Visitor) -> str:
    """Name what is missing to sort papers for a reader: ``person``, ``likes``, or nothing."""
    if not visitor.person:
        return "person"
    return "" if person.is_known(site.collection, visitor.number) else "likes"


def _shown(request: Request, site: Site, listing: Feed, chosen: DayParams, *, front: bool = False) -> Response:
    visitor = visitor_of(request, site)
    response = render.rendered(
        request,
        site,
        "day.html",
        feed=listing,
        marks=marked(request, site, [(card.document, *card.others) for card in listing.cards]),
        note=site.redact(listing.note),
        line=site.collection.store.desk.line(listing.period.first) if listing.period.kind == "day" else "",
        scores=scores(site, listing),
        how_scored=[rule(HALF_LIFE), origin(site.collection)] if listing.sort == "trending" else (),
        chosen=chosen,
        shared=mine.for_everyone(site.collection, visitor.number, chosen),
        queries=site.collection.store.alerts.of(visitor.number),
        front=front,
        today=site.today,
        past=listing.period.last < site.today,
        quiet=_quiet(site, listing) if front and not chosen.narrowed else "",
        orders=[*ORDERS, *([mine.FOR_YOU] if visitor.person else [])],
        lacking=_lacking(site, visitor) if mine.for_you(chosen.sort) else "",
        kinds=[periods.period(kind, listing.period.first) for kind in ("day", "week", "month")],
        topics=site.collection.store.topics.counted(listing.papers)[:MOST_TOPICS],
        size=SIZE,
    )
    remember_visit(response, request, site)
    return response
