"""The day, the week, the month: their pages, and the front page, which is the latest day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet import periods
from broadsheet.api.asking import AskingDay, DayAsked
from broadsheet.api.daily import matching
from broadsheet.api.site import Site, TheSite
from broadsheet.errors import NotFoundError
from broadsheet.feed.daily import ORDERS, SIZE, Feed, Wanted, feed, latest
from broadsheet.periods import Period
from broadsheet.web import pages, views
from broadsheet.web.marks import marked, remember_visit

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, site: TheSite, asked: AskingDay) -> Response:
    """The latest day; without one, what there is."""
    found = _found(site, None, asked)
    if not found.total and not asked.narrowed and found.previous is None:
        return pages.newest_papers(request, site)
    return _shown(request, site, found, asked, front=True)


@router.get("/latest")
def newest_day(site: TheSite, asked: AskingDay) -> Response:
    """Leads to the latest day."""
    day = latest(site.collection, site.today)
    return RedirectResponse(views.day_address(day, asked), 307)


@router.get("/day/{name}")
@router.get("/week/{name}")
@router.get("/month/{name}")
def one(request: Request, site: TheSite, name: str, asked: AskingDay) -> Response:
    """A day, a week or a month by its name."""
    kind = request.url.path.split("/")[1]
    period = periods.parse(name)
    if period is None or period.kind != kind:
        raise NotFoundError(f"{name[:40]!r} is no {kind}: expected such as {_EXAMPLES[kind]}.")
    return _shown(request, site, _found(site, period, asked), asked)


_EXAMPLES = {"day": "/day/2025-09-30", "week": "/week/2025-W40", "month": "/month/2025-09"}


def _found(site: Site, period: Period | None, asked: DayAsked) -> Feed:
    wanted = Wanted(
        sort=asked.sort, filters=asked.filters, matching=matching(site.collection, asked), offset=asked.offset
    )
    return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=wanted)


def _shown(request: Request, site: Site, found: Feed, chosen: DayAsked, *, front: bool = False) -> Response:
    response = pages.rendered(
        request,
        site,
        "day.html",
        feed=found,
        marks=marked(request, site, [(card.document, *card.others) for card in found.cards]),
        note=site.told(found.note),
        chosen=chosen,
        front=front,
        orders=list(ORDERS),
        kinds=[periods.period(kind, found.period.first) for kind in ("day", "week", "month")],
        size=SIZE,
    )
    remember_visit(response, request, site)
    return response
