"""For you: the picks for a reader from the newest days, with the interest each suits and the papers it is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Strength
from broadsheet.foryou import person as fitting
from broadsheet.foryou.picks import ForYou
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.web import render
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
SPANS = (7, 31, 92)  # days
Span = Annotated[Literal["7", "31", "92"], Query()]
_ADVERBS = {
    Strength.WEAK: "weakly", Strength.FAIR: "fairly", Strength.GOOD: "well", Strength.STRONG: "strongly"
}  # fmt: skip


@router.get("/foryou")
def for_you(request: Request, site: TheSite, person: AsReader, days: Span = "7") -> Response:
    """Show the picks from the newest days that have papers, and the interests they suit."""
    answer = fitting.for_person(site.collection, person.number, last=site.today, days=int(days))
    return render.rendered(
        request,
        site,
        "foryou.html",
        answer=answer,
        nothing=not fitting.is_known(site.collection, person.number),
        note=site.redact(answer.note),
        ids={number: paper.id for number, paper in answer.documents.items()},
        marks=singly(request, site, [answer.documents[each.number] for each in answer.picks]),
        nearness=_nearness(site, answer),
        span=int(days),
        spans=SPANS,
        feed=private_feeds.address(request, site, person, "foryou"),
    )


def _nearness(site: Site, answer: ForYou) -> dict[float, str]:
    """Return a word for each cosine on the page, by the Collection's bands."""
    try:
        bands: Sequence[float] = site.collection.bands
    except CollectionError:
        bands = ()
    cosines = {near.cosine for each in answer.picks for near in each.near}
    return {cosine: _ADVERBS[Strength.of(cosine, bands)] for cosine in cosines}
