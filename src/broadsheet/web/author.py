"""The page of an author: the papers with an author of this name, their years, co-authors and topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from broadsheet.core.errors import NotFoundError
from broadsheet.core.text import plain, squeeze
from broadsheet.core.types import Filters
from broadsheet.lab.report.svg import element, text
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.params import Offset
from broadsheet.store import Store
from broadsheet.web import render
from broadsheet.web.marks import singly
from broadsheet.web.render import A_PAGE

router = APIRouter(include_in_schema=False)
_LONGEST_NAME = 300
_TOPICS, _OTHERS = 8, 12  # at most
_YEARS = 15  # that have a bar of their own; those before share one
_WIDTH, _ROW, _LEFT, _RIGHT = 272, 20, 62, 34  # of the drawing, of a year, and of the words on both sides of a bar


@router.get("/author/{name:path}")
def author(request: Request, site: TheSite, visitor: TheVisitor, name: str, offset: Offset = 0) -> Response:
    """Show the papers with an author of this name, newest first; NotFoundError if there are none."""
    name = squeeze(name)[:_LONGEST_NAME]
    store = site.collection.store
    numbers = store.papers.newest_first(store.papers.numbers_where(Filters(authors=(name,)))) if name else []
    if not numbers:
        raise NotFoundError(f"No paper on this site has an author called {name[:100]!r}. Check the spelling.")
    shown = numbers[offset : offset + A_PAGE]
    known = store.papers.by_numbers(shown)
    papers = [known[number] for number in shown if number in known]
    return render.rendered(
        request,
        site,
        "author.html",
        name=name,
        years=bars(store.papers.years(numbers)),
        together=co_authors(store, name, numbers),
        topics=store.topics.counted(numbers)[:_TOPICS],
        total=len(numbers),
        papers=papers,
        marks=singly(request, site, papers),
        offset=offset,
        size=A_PAGE,
        followed=name in store.follows.of(visitor.number),
    )


def co_authors(store: Store, name: str, numbers: Sequence[int]) -> list[tuple[str, int]]:
    """Return who else wrote these papers of an author, and how many of them, the most first. Other forms of the
    author's own name are left out."""
    own = set(plain(name).split())
    found = store.papers.writers(numbers, least=1, most=3 * _OTHERS)
    return [(other, papers) for other, papers in found if not own <= set(plain(other).split())][:_OTHERS]


def bars(years: Mapping[int, int]) -> Markup:
    """Draw how many papers each year has, the newest first; empty without any year."""
    if not years:
        return Markup("")
    last = max(years)
    rows = [(str(year), years.get(year, 0)) for year in range(last, max(min(years), last - _YEARS + 1) - 1, -1)]
    earlier = sum(papers for year, papers in years.items() if year <= last - _YEARS)
    rows += [("before", earlier)] if earlier else []
    highest, room = max(papers for _, papers in rows), _WIDTH - _LEFT - _RIGHT
    drawn = []
    for place, (year, papers) in enumerate(rows):
        base = place * _ROW + 14.0
        drawn.append(text(0, base, year))
        if papers:
            width = papers / highest * room
            drawn.append(element("rect", x=_LEFT, y=base - 11, width=max(2.0, width), height=13))
            drawn.append(text(_LEFT + width + 6, base, f"{papers:,}"))
    words = ", ".join(f"{papers:,} in {year}" if year != "before" else f"{papers:,} before" for year, papers in rows)
    made = element(
        "svg", "".join(drawn), class_="years", role="img", aria_label=f"Papers by year: {words}.",
        viewBox=f"0 0 {_WIDTH} {len(rows) * _ROW}", width=_WIDTH, height=len(rows) * _ROW,
    )  # fmt: skip
    return Markup(made)  # noqa: S704 - our own numbers
