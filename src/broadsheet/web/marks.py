"""The marks that a page shows with its papers: the reader's own, the counts, and what is new since the last visit.

Only a cookie remembers the last visits: reading a page changes nothing on the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from broadsheet.core.topic import Named
from broadsheet.core.types import Document
from broadsheet.daily.summaries import Summary, summaries
from broadsheet.people.marks import Mark, marks
from broadsheet.pictures import pictures_of
from broadsheet.site.auth import give_cookie, visitor_of
from broadsheet.site.context import Site
from broadsheet.site.lookup import topics_of
from broadsheet.site.urls import is_https

COOKIE = "broadsheet-visits"
REST = timedelta(minutes=30)  # without a request, after which the next begins another visit
_KEPT = timedelta(days=400)
_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a page's works by the ids of their first papers. ``seen`` is the row number of the newest paper at
    the visit before this one; None if no such visit is known. ``topics`` are those of all papers of the works,
    ``summaries`` what their first papers do, and ``pictures`` addresses of this site."""

    by_paper: dict[str, Mark]
    seen: int | None = None
    topics: dict[str, Named] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    def of(self, paper: Document) -> Mark:
        """Return the mark of a work, given its first paper."""
        return self.by_paper.get(paper.id) or Mark()

    def topic(self, paper: Document) -> Named | None:
        """Return the topic of a paper, None for a paper in none."""
        return self.topics.get(paper.id)

    def picture(self, paper: Document) -> str | None:
        """Return the address of a work's picture, given its first paper; None for a work without one."""
        return self.pictures.get(paper.id)

    def summary(self, paper: Document) -> Summary:
        """Return what a paper does, and who says so."""
        return self.summaries.get(paper.id) or Summary()

    def is_new(self, paper: Document) -> bool:
        """Tell whether a paper arrived after the visit before this one."""
        return self.seen is not None and self.of(paper).arrival > self.seen


def marked(request: Request, site: Site, works: Sequence[Sequence[Document]]) -> Marks:
    """Return the marks of these works (each a paper and its copies) for the visitor."""
    visit = _read(request.cookies.get(COOKIE, ""), site.now())
    person = visitor_of(request, site).number
    topics = topics_of(site, [paper for work in works for paper in work])
    said = summaries(site.collection, [work[0] for work in works])
    own, seen = marks(site.collection.store, person, works), visit.before if visit else None
    return Marks(own, seen, topics, said, _pictures(site, works))


def _pictures(site: Site, works: Sequence[Sequence[Document]]) -> dict[str, str]:
    """Find the picture of each work, its own or a copy's; none on a site that shows none."""
    if not site.settings.pictures:
        return {}
    here = pictures_of(site.collection)
    names = {work[0].id: next(filter(None, map(here.name_for, work)), None) for work in works if work}
    return {id_: f"/picture/{name}.webp" for id_, name in names.items() if name}


def singly(request: Request, site: Site, papers: Sequence[Document]) -> Marks:
    """Return the marks of single papers, without their copies, as search finds them."""
    return marked(request, site, [(paper,) for paper in papers])


@dataclass(frozen=True, slots=True)
class _Visit:
    """Row numbers of the newest paper at the visit before and at the last request of this one, and its time."""

    before: int
    last: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.before}.{self.last}.{int(self.at.timestamp())}"


def _read(text: str, now: datetime) -> _Visit | None:
    """Read the visit that continues or begins with this request; None for a browser that was never here."""
    parts = text.split(".") if len(text) < 64 else []
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) < _MOST for part in parts):
        return None
    before, last, seconds = map(int, parts)
    at = datetime.fromtimestamp(min(seconds, int(now.timestamp())), UTC)
    return _Visit(before if now - at < REST else last, last, at)


def remember_visit(response: Response, request: Request, site: Site) -> None:
    """Record this request for a day in the browser's cookie."""
    newest, now = site.collection.store.papers.last_number(), site.now()
    visit = _read(request.cookies.get(COOKIE, ""), now)
    written = str(_Visit(visit.before if visit else newest, newest, now))
    give_cookie(response, COOKIE, written, lasting=_KEPT, secure=is_https(request, site))
