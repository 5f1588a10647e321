"""The digest by mail, for programs: what its reader chose, another choice, its end; and where private feeds are.

A token is its reader's own, whose address was confirmed, so that a subscription begins at once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.people import account, subscription
from broadsheet.site import private_feeds
from broadsheet.site.auth import AsReader
from broadsheet.site.context import TheSite
from broadsheet.site.problems import responses
from broadsheet.store.mail import Cadence, Choice, Contents, Quiet
from broadsheet.store.people import Person

router = APIRouter(tags=["the digest"], route_class=Bounded)
_USUAL = Choice()
_CHANGED = responses(400, 401, 403, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class Chosen(BaseModel):
    """What a subscriber chose."""

    cadence: Cadence = _USUAL.cadence
    zone: str = Field(_USUAL.zone, max_length=100, description="Such as `Europe/Berlin`.")
    hour: int = Field(_USUAL.hour, ge=0, le=23, description="Of that zone.")
    most: int = Field(_USUAL.most, ge=1, le=subscription.MOST, description="Papers at most.")
    least: str = Field(
        _USUAL.least, max_length=20, description="How well they match at least: weak, fair, good, strong."
    )
    quiet: Quiet = Field(_USUAL.quiet, description="On quiet days nothing, or a line that says why.")
    contents: Contents = _USUAL.contents


class Subscription(Chosen):
    """The same as it is kept."""

    subscribed: bool


class PrivateFeed(BaseModel):
    """One of the reader's own lists as a feed; whoever has the address can read it."""

    name: str
    url: str


@router.get("/api/digest", responses=responses(401), summary="My digest")
def chosen(site: TheSite, person: AsReader) -> Subscription:
    """What I chose, or what I would get if I had chosen nothing."""
    return _kept(site, person)


@router.put("/api/digest", responses=_CHANGED, summary="Subscribe to the digest, or change it")
def subscribe(site: TheSite, person: Writer, body: Chosen) -> Subscription:
    """What is left out is as usual. 400 for a reader whose address is not known, or is not written to
    any more since mail came back from it: the page confirms one by mail."""
    choice = Choice(**body.model_dump())
    subscription.subscribe(site.collection.store, person, choice=choice, now=site.now())
    return _kept(site, person)


@router.delete("/api/digest", summary="End the digest", **_GONE)
def unsubscribe(site: TheSite, person: Writer) -> None:
    """Nothing is mailed from now on; ended twice is ended."""
    subscription.unsubscribe(site.collection.store, person.number, now=site.now())


@router.get("/api/me/feeds", responses=responses(401), summary="My private feeds")
def feeds(request: Request, site: TheSite, person: AsReader) -> list[PrivateFeed]:
    """Their addresses as Atom; with `.rss`, `.json`, `.bib`, `.ris`, `.csv` or `.rdf` at the end in that form."""
    return [PrivateFeed(name=name, url=url) for name, url in private_feeds.addresses(request, site, person)]


@router.post("/api/me/feeds/renew", responses=_CHANGED, summary="Renew the addresses of my private feeds")
def renew(request: Request, site: TheSite, person: Writer) -> list[PrivateFeed]:
    """The old ones are worth nothing from then on."""
    account.renew_feeds(site.collection.store, person.number)
    known = site.collection.store.people.get(person.number)
    return feeds(request, site, known or person)


def _kept(site: TheSite, person: Person) -> Subscription:
    known = site.collection.store.mail.choice(person.number)
    return Subscription(**asdict(known[0] if known else _USUAL), subscribed=bool(known and known[1]))
