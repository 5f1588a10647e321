"""For you: what is picked for a reader of the newest days, for which interest, and near which papers of theirs."""

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
    """The picks of the newest days that have papers, and the interests they were made for."""
    found = fitting.for_person(site.collection, person.number, last=site.today, days=int(days))
    return render.rendered(
        request,
        site,
        "foryou.html",
        found=found,
        nothing=not fitting.is_known(site.collection, person.number),
        note=site.redact(found.note),
        ids={number: paper.id for number, paper in found.documents.items()},
        marks=singly(request, site, [found.documents[each.number] for each in found.picks]),
        nearness=_nearness(site, found),
        span=int(days),
        spans=SPANS,
        feed=private_feeds.address(request, site, person, "foryou"),
    )


def _nearness(site: Site, found: ForYou) -> dict[float, str]:
    """The words for each cosine on the page: see ``Snapshot.bands``."""
    try:
        bands: Sequence[float] = site.collection.bands
    except CollectionError:
        bands = ()
    cosines = {near.cosine for each in found.picks for near in each.near}
    return {cosine: _ADVERBS[Strength.of(cosine, bands)] for cosine in cosines}
