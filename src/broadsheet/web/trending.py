"""What trends: its page, and the parts of a score beside the papers of a day."""

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

router = APIRouter(include_in_schema=False)
CHOICES = (1, 3, 7, 31)


@router.get("/trending")
def trending(request: Request, site: TheSite, days: Days = 7, offset: Offset = 0) -> Response:
    """What trends of the last days, every number opened to its parts."""
    found = trending_feed(site.collection, now=site.now(), zone=site.zone, days=days, offset=offset)
    return render.rendered(
        request,
        site,
        "trending.html",
        feed=found,
        days=days,
        choices=CHOICES,
        size=SIZE,
        note=site.redact(found.note),
        marks=marked(request, site, [(card.document, *card.others) for card in found.cards]),
        scores=scores(site, found),
        rule=rule(HALF_LIFE),
        origin=origin(site.collection),
    )


def scores(site: Site, found: Feed) -> dict[str, Explanation]:
    """The scores of the cards of a list that is in the order of what trends, as they are now or were when its last day
    ended; of a list in another order none."""
    if found.sort != "trending":
        return {}
    return explain(site.collection, found.cards, now=min(site.now(), midnight(found.period.last, site.zone, after=1)))
