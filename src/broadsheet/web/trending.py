"""The trending page, and the scores that are shown with the papers of a day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from broadsheet.daily.day import SIZE, Feed
from broadsheet.daily.why_empty import midnight
from broadsheet.site.context import Site, TheSite
from broadsheet.site.params import Days, Offset
from broadsheet.trending.ranking import Explanation, explain, origin, rule, trending_feed
from broadsheet.trending.score import HALF_LIFE
from broadsheet.web import render
from broadsheet.web.marks import marked
from broadsheet.web.topics import risen_topics

router = APIRouter(include_in_schema=False)
CHOICES = (1, 3, 7, 31)
_TOPICS = 5  # that lead the page


@router.get("/trending")
def trending(request: Request, site: TheSite, days: Days = 7, offset: Offset = 0) -> Response:
    """Show the topics that rise, and the trending papers of the last days, each score with its parts."""
    listing = trending_feed(site.collection, now=site.now(), zone=site.zone, days=days, offset=offset)
    risen, none_rises = ([], "") if offset else risen_topics(site, _TOPICS, days=days)
    return render.rendered(
        request,
        site,
        "trending.html",
        rising=risen,
        none_rises=none_rises,
        feed=listing,
        days=days,
        choices=CHOICES,
        size=SIZE,
        note=site.redact(listing.note),
        marks=marked(request, site, [(card.document, *card.others) for card in listing.cards]),
        scores=scores(site, listing),
        rule=rule(HALF_LIFE),
        origin=origin(site.collection),
    )


def scores(site: Site, listing: Feed) -> dict[str, Explanation]:
    """Return the scores of a list sorted by trending, as they are now or were when its last day ended; empty for a list
    in another order."""
    if listing.sort != "trending":
        return {}
    ended = midnight(listing.period.last, site.zone, after=1)
    return explain(site.collection, listing.cards, now=min(site.now(), ended))
