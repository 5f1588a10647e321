"""The pages of a day, a week and a month, and the front page, which is the latest day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from broadsheet.core import periods
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.daily.day import SIZE, Feed, latest
from broadsheet.daily.sections import MORE_THAN, Section, sections
from broadsheet.daily.why_empty import reason
from broadsheet.foryou.person import is_known
from broadsheet.people.day import mark_read, undo_read, unread_of
from broadsheet.site import period as mine
from broadsheet.site.auth import AsReader, TheVisitor, Visitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.forms import TheForm
from broadsheet.site.lookup import fields_of
from broadsheet.site.params import DayParams, TheDayParams
from broadsheet.trending.ranking import ORDERS, feed, origin, rule
from broadsheet.trending.score import HALF_LIFE
from broadsheet.web import filters, newest, render
from broadsheet.web.choices import Choices, View, choices_of, remember_choices
from broadsheet.web.marks import Marks, remember_visit
from broadsheet.web.marks import marked as marked_of
from broadsheet.web.rail import Rail, rail_of
from broadsheet.web.search import MOST_TOPICS
from broadsheet.web.trending import scores

router = APIRouter(include_in_schema=False)
Moment = Annotated[str, Query(max_length=40)]


def _by_topic(asked: TheDayParams) -> DayParams:
    """The parameters of a page: by topic, where the address names no order."""
    return asked if "sort" in asked.model_fields_set else asked.model_copy(update={"sort": mine.BY_TOPIC})


Asked = Annotated[DayParams, Depends(_by_topic)]


@router.get("/")
def front(
    request: Request, site: TheSite, visitor: TheVisitor, asked: Asked, view: View = "", marked: Moment = ""
) -> Response:
    """Show the latest day; if no day has papers, the newest papers."""
    page = _Page(request, site, visitor, asked, choices_of(request).with_view(view, asked.hide), marked)
    listing = page.listing(None)
    if not listing.total and not asked.narrowed and listing.previous is None and not listing.withheld:
        return newest.newest_papers(request, site)
    return page.shown(listing, front=True)


@router.get("/latest")
def newest_day(site: TheSite, asked: Asked) -> Response:
    """Redirect to the latest day."""
    day = latest(site.collection, site.today)
    return RedirectResponse(filters.day_address(day, asked), 307)


@router.get("/day/{name}")
@router.get("/week/{name}")
@router.get("/month/{name}")
def one(
    request: Request, site: TheSite, visitor: TheVisitor, name: str, asked: Asked, view: View = "", marked: Moment = ""
) -> Response:
    """Show a day, a week or a month by its name."""
    period = mine.read_period(name, request.url.path.split("/")[1])
    page = _Page(request, site, visitor, asked, choices_of(request).with_view(view, asked.hide), marked)
    return page.shown(page.listing(period))


@router.post("/read")
def read(site: TheSite, person: AsReader, form: TheForm) -> Response:
    """Mark all papers of a ``period`` as read; or ``undo`` that, by the period's name and the moment of the act."""
    name, _, moment = form.get("undo").partition(" ")
    if not name:
        done = mark_read(site.collection, person.number, _period(form.get("period")), now=site.now())
        return RedirectResponse(_with_moment(form.back, done.at), 303)
    at = _moment(moment)
    if at is None:
        raise UsageError(f"{moment[:40]!r} is not a moment, for example 2025-09-30T12:00:00+00:00")
    undo_read(site.collection, person.number, _period(name), at=at)
    return RedirectResponse(_with_moment(form.back, None), 303)


def _period(name: str) -> Period:
    period = periods.parse(name)
    if period is None:
        raise UsageError(f"{name[:40]!r} is not a day, a week or a month: use a form like 2025-09-30")
    return period


def _with_moment(address: str, at: datetime | None) -> str:
    """An address of ours with the moment at which papers were marked, or without one."""
    path, _, query = address.partition("#")[0].partition("?")
    fields = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "marked"]
    fields += [("marked", at.isoformat())] if at else []
    return f"{path}?{urlencode(fields)}" if fields else path


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader did with the works of a list: how many are ``unread`` and ``saved``, how many came since the last
    visit (``new``), and the day to read next. ``marked`` is the moment at which all were just marked as read."""

    unread: int
    saved: int
    new: int
    next: Period | None
    marked: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """A request for a day, a week or a month, and how its reader wants it."""

    request: Request
    site: Site
    visitor: Visitor
    asked: DayParams
    choices: Choices
    marked: str

    def listing(self, period: Period | None) -> Feed:
        """Find the papers; a stranger who asks for a personal order gets the usual one, and the page says so."""
        site, person = self.site, self.visitor.person
        hide = "read" if person and self.choices.hide_read else ""
        asked = self.asked.model_copy(update={"hide": hide})
        asked = asked if person else mine.for_everyone(site.collection, 0, asked)
        choice = mine.day_request(site, self.visitor.number, asked)
        return feed(site.collection, period, now=site.now(), zone=site.zone, wanted=choice)

    def shown(self, listing: Feed, *, front: bool = False) -> Response:
        """Render the page, and remember the visit and the choices in the browser."""
        request, site, person = self.request, self.site, self.visitor.number
        chosen = self.asked.model_copy(update={"hide": ""})
        marks = marked_of(request, site, [(card.document, *card.others) for card in listing.cards])
        alerts = site.collection.store.alerts.of(person)
        rail = rail_of(site, person, listing, alerts=alerts)
        response = render.rendered(
            request,
            site,
            "day.html",
            feed=listing,
            marks=marks,
            sections=_sections(site, listing, chosen, marks),
            reading=self._reading(listing, marks, rail),
            rail=rail,
            choices=self.choices,
            note=site.redact(listing.note),
            line=site.collection.store.desk.line(listing.period.first) if listing.period.kind == "day" else "",
            scores=scores(site, listing),
            how_scored=[rule(HALF_LIFE), origin(site.collection)] if listing.sort == "trending" else (),
            chosen=chosen,
            shared=mine.for_everyone(site.collection, person, chosen),
            queries=alerts,
            front=front,
            today=site.today,
            past=listing.period.last < site.today,
            quiet=_quiet(site, listing) if front and not chosen.narrowed else "",
            orders=[mine.BY_TOPIC, *ORDERS, *([mine.FOR_YOU] if person else [])],
            lacking=_lacking(site, self.visitor) if mine.for_you(chosen.sort) else "",
            kinds=[periods.period(kind, listing.period.first) for kind in ("day", "week", "month")],
            topics=site.collection.store.topics.counted(listing.papers)[:MOST_TOPICS],
            size=SIZE,
        )
        remember_visit(response, request, site)
        remember_choices(response, request, site, self.choices)
        return response

    def _reading(self, listing: Feed, marks: Marks, rail: Rail) -> Reading:
        store, person, works = self.site.collection.store, self.visitor.number, listing.works
        numbers = [number for work in works for number in work]
        saved = store.lists.saved_in(person, numbers) if person else {}
        unread = len(unread_of(store, person, works)) if person else 0
        return Reading(
            unread=unread,
            saved=sum(not saved.keys().isdisjoint(work) for work in works),
            new=0 if marks.seen is None else sum(min(work) > marks.seen for work in works),
            next=_next(listing, rail) if person else listing.previous,
            marked=self.marked if person and not unread and _moment(self.marked) else "",
        )


def _next(listing: Feed, rail: Rail) -> Period | None:
    """The day to read next: the nearest earlier one with unread papers, else the nearest later one."""
    if listing.period.kind != "day":
        return listing.previous
    unread = [day for day, count in rail.unread.items() if count]
    earlier = [day for day in unread if day < listing.period.first]
    later = [day for day in unread if day > listing.period.first]
    day = max(earlier, default=None) or min(later, default=None)
    return periods.period("day", day) if day else listing.previous


def _sections(site: Site, listing: Feed, chosen: DayParams, marks: Marks) -> list[Section]:
    """The parts of the list with their headings; a short list, or one in another order, has no fields."""
    by_topic = chosen.sort == mine.BY_TOPIC and listing.total > MORE_THAN
    fields = fields_of(site, [card.document for card in listing.cards]) if by_topic else {}
    return sections(
        listing.cards,
        fields,
        is_new=lambda card: by_topic and marks.is_new(card.document),
        lead=not listing.offset,
    )


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
    return "" if is_known(site.collection, visitor.number) else "likes"
