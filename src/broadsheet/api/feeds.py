"""Feeds and exports of every public list: `/feeds/LIST.FORM`, where FORM is atom, rss, json, bib, ris, csv or rdf.

The path of a feed is that of the list's page with `/feeds` before it and the form after it. Ids may hold `.` and `/`:
the form is what follows the last dot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broadsheet.core.periods import Period
from broadsheet.core.text import clipped
from broadsheet.core.types import Filters, Results, Strength
from broadsheet.daily.day import Feed, Wanted, latest
from broadsheet.daily.why_empty import long_date
from broadsheet.exports.formats import FORMATS
from broadsheet.people.topics import named
from broadsheet.search.hybrid import search
from broadsheet.search.similar import similar
from broadsheet.site import lookup
from broadsheet.site import period as mine
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.download import Paper, form_of, list_response, media, with_own_days
from broadsheet.site.lookup import paper_of
from broadsheet.site.params import DEEPEST, FEED_LEAST, MOST, Days, Least, Offset, TheDayParams, TheSearchParams
from broadsheet.site.problems import responses
from broadsheet.site.urls import paper_page, request_path
from broadsheet.topics.papers import papers_in
from broadsheet.trending.ranking import feed, trending_feed

_USUAL, _AKIN, _A_WEEK = 200, 20, 7

Many = Annotated[int, Query(ge=1, le=1_000, description="How many papers at most.")]

router = APIRouter(tags=["feeds"])
Door = Callable[[Callable[..., Response]], Callable[..., Response]]


def _at(path: str, summary: str, *statuses: int) -> Door:
    """Make the decorator of a route at `/feeds` + path in every form."""
    described = media() | responses(404, *statuses)
    return router.get(f"/feeds{path}.{{form}}", responses=described, response_class=Response, summary=summary)


@_at("/latest", "The papers of the latest days")
def latest_days(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    form: str,
    asked: TheDayParams,
    days: Days = 3,
    limit: Many = _USUAL,
) -> Response:
    """Return the papers of the latest days with papers, the newest day first. `sort` and filters as on the page."""
    form_of(form)
    last = latest(site.collection, site.today).last
    first = last
    for _ in range(days - 1):
        first = site.collection.store.days.before(first) or first
    sort = asked.sort if "sort" in asked.model_fields_set else "newest"
    wanted = mine.day_request(site, visitor.number, asked, k=limit, sort=sort)
    # A stretch of days is not a period with a name, but the verb needs only its first and last day.
    return _stretch(request, site, form, Period("day", first, last), wanted, title="Broadsheet: latest papers")


@_at("/day/{name}", "The papers of a day")
@_at("/week/{name}", "The papers of a week")
@_at("/month/{name}", "The papers of a month")
def one_period(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    name: str,
    form: str,
    asked: TheDayParams,
    limit: Many = _USUAL,
) -> Response:
    """Return the papers of a day, week or month: `/feeds/day/2025-09-30.atom`, `/feeds/week/2025-W40.rss`."""
    form_of(form)
    period = mine.read_period(name, request.url.path.split("/")[2])
    wanted = mine.day_request(site, visitor.number, asked, k=limit)
    return _stretch(request, site, form, period, wanted, title=f"Broadsheet: papers of {_in_words(period)}")


@_at("/trending", "Trending papers")
def trending_papers(
    request: Request, site: TheSite, form: str, days: Days = _A_WEEK, limit: Many = 50, offset: Offset = 0
) -> Response:
    """Return the works of the last days that trend most, the highest score first."""
    form_of(form)
    found_ = trending_feed(site.collection, now=site.now(), zone=site.zone, days=days, k=limit, offset=offset)
    title = f"Broadsheet: trending in the last {days} days" if days > 1 else "Broadsheet: trending today"
    page = "/trending" if days == _A_WEEK else f"/trending?days={days}"
    return _cards(request, site, form, found_, title=title, page=page)


@_at("/newest", "The newest papers")
def newest(request: Request, site: TheSite, form: str, limit: Many = _USUAL, offset: Offset = 0) -> Response:
    """Return the newest papers, whether they are listed on a day or not."""
    form_of(form)
    papers, more = lookup.newest(site, limit, offset)
    return list_response(
        request, site, form, title="Broadsheet: newest papers", page="/newest", papers=with_own_days(papers),
        next_offset=_next(offset + limit, more=more),
    )  # fmt: skip


@_at("/search", "The results of a search", 503)
def search_results(
    request: Request, site: TheSite, visitor: TheVisitor, form: str, asked: TheSearchParams, least: Least = None
) -> Response:
    """Return what a search finds, best first: those of the best 50 (or `k`) that match as well as `least` says. A feed
    that does not say ends where relevance ends. Without a query, return the newest papers that meet the conditions."""
    form_of(form)
    words = clipped(asked.q, 120) or "papers that meet conditions"
    usual = FORMATS[form].feed and least is None
    results = lookup.search_results(site, asked, usual=50, given=visitor.given, relevant=usual, nearest=0)
    known = any(each.relevance is not None for each in results.items)
    floor = least or (FEED_LEAST if usual and not known else Strength.WEAK)
    matches = [each.document for each in results.items if each.strength >= floor or not each.parts]  # none: by day
    following = _next(results.offset + len(results.items), more=results.more and bool(matches))
    return list_response(
        request, site, form, title=f"Broadsheet: {words}", page=_page(request, form, least=None),
        papers=with_own_days(matches), next_offset=following,
    )  # fmt: skip


@_at("/author/{name:path}", "The papers of an author")
def author(request: Request, site: TheSite, name: str, form: str, limit: Many = _USUAL, offset: Offset = 0) -> Response:
    """Return the papers by authors whose names contain these words, newest first."""
    form_of(form)
    results = search(site.collection, "", k=limit, filters=Filters(authors=(name[:500],)), offset=offset)
    page = f"/author/{quote(name[:500].encode('utf-8', 'replace'), safe='')}"
    return _results(request, site, form, results, title=f"Broadsheet: papers by {name[:120]}", page=page)


@_at("/topic/{topic}", "The papers of a topic or field", 400)
def topic(request: Request, site: TheSite, topic: str, form: str, limit: Many = _USUAL, offset: Offset = 0) -> Response:
    """Return the papers of a topic or field, newest first. It is named by its number, its slug or its name."""
    form_of(form)
    found_ = named(site.collection.store, topic)
    numbers = papers_in(site.collection, found_.id, sort="newest")
    shown = site.collection.store.papers.by_numbers(numbers[offset : offset + limit])
    listed = with_own_days(shown[each] for each in numbers[offset : offset + limit] if each in shown)
    return list_response(
        request, site, form, title=f"Broadsheet: {found_.name}", page=f"/topic/{found_.slug}", papers=listed,
        next_offset=_next(offset + limit, more=offset + limit < len(numbers)), name=f"feeds/topic/{found_.id}",
    )  # fmt: skip


@_at("/similar/{id:path}", "Papers similar to one", 503)
def similar_to(
    request: Request,
    site: TheSite,
    id: str,
    form: str,
    limit: Annotated[int, Query(ge=1, le=MOST)] = _AKIN,
    offset: Offset = 0,
) -> Response:
    """Return the papers nearest in meaning to this one."""
    form_of(form)
    paper = paper_of(site, id)
    results = similar(site.collection, paper.id, k=limit, offset=offset)
    title = f"Broadsheet: similar to {clipped(paper.shown_title, 160)}"
    return _results(request, site, form, results, title=title, page=paper_page(paper.id))


def _stretch(request: Request, site: Site, form: str, period: Period, wanted: Wanted, *, title: str) -> Response:
    found_ = feed(site.collection, period, now=site.now(), zone=site.zone, wanted=wanted)
    return _cards(request, site, form, found_, title=title, page=_page(request, form))


def _cards(request: Request, site: Site, form: str, cards: Feed, *, title: str, page: str) -> Response:
    papers: list[Paper] = [(card.document, card.day) for card in cards.cards]
    following = _next(cards.offset + len(papers), more=cards.more)
    return list_response(request, site, form, title=title, page=page, papers=papers, next_offset=following)


def _results(request: Request, site: Site, form: str, results: Results, *, title: str, page: str) -> Response:
    papers = with_own_days(result.document for result in results.items)
    following = _next(results.offset + len(papers), more=results.more)
    return list_response(request, site, form, title=title, page=page, papers=papers, next_offset=following)


def _page(request: Request, form: str, **changes: object) -> str:
    """Return the path of the page that shows the same list, with changes to the query (None: left out)."""
    path, mark, query = request_path(request, offset=None, limit=None, k=None, days=None, **changes).partition("?")
    return path.removeprefix("/feeds").removesuffix(f".{form}") + mark + query


def _next(offset: int, *, more: bool) -> int | None:
    return offset if more and offset <= DEEPEST else None


def _in_words(period: Period) -> str:
    if period.kind == "day":
        return long_date(period.first)
    if period.kind == "week":
        year, week, _ = period.first.isocalendar()
        return f"week {week} of {year}"
    return f"{period.first:%B} {period.first.year}"
