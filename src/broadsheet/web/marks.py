"""What a page says of its papers beside their text: the reader's marks, the counts, and what came since the last visit.

The last visits are remembered by a cookie alone: reading a page changes nothing on the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from broadsheet.core.types import Document
from broadsheet.people.marks import Mark, marks
from broadsheet.site.auth import give_cookie, visitor_of
from broadsheet.site.context import Site
from broadsheet.site.urls import is_https

COOKIE = "broadsheet-visits"
REST = timedelta(minutes=30)  # without a look, after which the next is another visit
_KEPT = timedelta(days=400)
_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a page's works by their first papers' ids. ``seen`` is the row number of the newest paper that was
    there at the visit before this one; None when nobody knows of one."""

    found: dict[str, Mark]
    seen: int | None = None

    def of(self, paper: Document) -> Mark:
        """The mark of a work by its first paper."""
        return self.found.get(paper.id) or Mark()

    def is_new(self, paper: Document) -> bool:
        """Whether it came after the visit before this one."""
        return self.seen is not None and self.of(paper).arrival > self.seen


def marked(request: Request, site: Site, works: Sequence[Sequence[Document]]) -> Marks:
    """The marks of these works (a paper and its copies each) for whoever asks."""
    visit = _read(request.cookies.get(COOKIE, ""), site.now())
    person = visitor_of(request, site).number
    return Marks(marks(site.collection.store, person, works), visit.before if visit else None)


def singly(request: Request, site: Site, papers: Sequence[Document]) -> Marks:
    """The marks of papers that stand alone, as search finds them."""
    return marked(request, site, [(paper,) for paper in papers])


@dataclass(frozen=True, slots=True)
class _Visit:
    """Row numbers of the newest paper at the visit before and at the last look of this one, and when that was."""

    before: int
    last: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.before}.{self.last}.{int(self.at.timestamp())}"


def _read(text: str, now: datetime) -> _Visit | None:
    """The visit that goes on, or begins with this look; None for a browser that was never here."""
    parts = text.split(".") if len(text) < 64 else []
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) < _MOST for part in parts):
        return None
    before, last, seconds = map(int, parts)
    at = datetime.fromtimestamp(min(seconds, int(now.timestamp())), UTC)
    return _Visit(before if now - at < REST else last, last, at)


def remember_visit(response: Response, request: Request, site: Site) -> None:
    """Write this look at a day into the browser's cookie."""
    newest, now = site.collection.store.papers.last_number(), site.now()
    visit = _read(request.cookies.get(COOKIE, ""), now)
    written = str(_Visit(visit.before if visit else newest, newest, now))
    give_cookie(response, COOKIE, written, lasting=_KEPT, secure=is_https(request, site))
