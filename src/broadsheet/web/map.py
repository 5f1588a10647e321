"""The map of topics: each among its neighbours by meaning, those that rise, and those with the reader's papers."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.topics.about import listing, reason
from broadsheet.topics.rising import MOST_DAYS
from broadsheet.web import render
from broadsheet.web.circles import SIZES, Marked, drawing
from broadsheet.web.topics import risen_topics

router = APIRouter(include_in_schema=False)
_EVERY = 1_000  # topics that may rise


@router.get("/map")
def topic_map(request: Request, site: TheSite, visitor: TheVisitor) -> Response:
    """Show the map of topics, and the same as a list."""
    risen, none_rises = risen_topics(site, _EVERY)
    if not risen:
        risen, none_rises = risen_topics(site, _EVERY, days=MOST_DAYS)
    marked = Marked({each.topic.id: each.why for each in risen}, saved_in(site, visitor.number))
    groups = listing(site.collection)
    known = [topic for group in groups for topic in (group.field, *group.topics) if topic]
    drawn = [drawing(site, known, size, marked) for size in SIZES]
    return render.rendered(
        request,
        site,
        "map.html",
        drawings=[each for each in drawn if each],
        groups=groups,
        reason=site.redact(reason(site.collection)),
        rising=risen,
        none_rises=none_rises,
        marked=marked,
    )


def saved_in(site: Site, person: int | None) -> dict[int, int]:
    """Return how many papers that a reader saved each topic holds, by its number."""
    if person is None:
        return {}
    taste = site.collection.store.reactions.tastes([person])[person]
    return Counter(site.collection.store.topics.of(sorted({number for number, _ in taste.saved})).values())
