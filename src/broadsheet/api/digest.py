"""The digest by email and private feeds, for programs: read, change and end the subscription; list the feeds.

A token belongs to a reader whose address is confirmed, so a subscription begins at once.
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


class DigestChoice(BaseModel):
    """What a subscriber chooses."""

    cadence: Cadence = _USUAL.cadence
    zone: str = Field(_USUAL.zone, max_length=100, description="A time zone, for example `Europe/Berlin`.")
    hour: int = Field(_USUAL.hour, ge=0, le=23, description="The hour of the day in that zone.")
    most: int = Field(_USUAL.most, ge=1, le=subscription.MOST, description="How many papers at most.")
    least: str = Field(
        _USUAL.least, max_length=20, description="How well papers must match: weak, fair, good or strong."
    )
    quiet: Quiet = Field(_USUAL.quiet, description="On days without papers: send nothing, or a line that says why.")
    contents: Contents = _USUAL.contents


class Subscription(DigestChoice):
    """A subscriber's choice as it is stored."""

    subscribed: bool


class PrivateFeed(BaseModel):
    """One of the reader's own lists as a feed. Anyone who has the address can read it."""

    name: str
    url: str


@router.get("/api/digest", responses=responses(401), summary="Get my digest settings")
def settings(site: TheSite, person: AsReader) -> Subscription:
    """Return what you chose, or the defaults if you chose nothing."""
    return _subscription(site, person)


@router.put("/api/digest", responses=_CHANGED, summary="Subscribe to the digest, or change it")
def subscribe(site: TheSite, person: Writer, body: DigestChoice) -> Subscription:
    """Subscribe, or change the subscription. Fields that you leave out get their defaults.

    Answers 400 if your address is not known, or gets no email because earlier email was returned: then confirm an
    address on the page.
    """
    choice = Choice(**body.model_dump())
    subscription.subscribe(site.collection.store, person, choice=choice, now=site.now())
    return _subscription(site, person)


@router.delete("/api/digest", summary="End my digest", **_GONE)
def unsubscribe(site: TheSite, person: Writer) -> None:
    """End the subscription. It is not an error if it has ended already."""
    subscription.unsubscribe(site.collection.store, person.number, now=site.now())


@router.get("/api/me/feeds", responses=responses(401), summary="List my private feeds")
def feeds(request: Request, site: TheSite, person: AsReader) -> list[PrivateFeed]:
    """Return their addresses as Atom. For another format, end the address in `.rss`, `.json`, `.bib`, `.ris`, `.csv`
    or `.rdf`."""
    return [PrivateFeed(name=name, url=url) for name, url in private_feeds.addresses(request, site, person)]


@router.post("/api/me/feeds/renew", responses=_CHANGED, summary="Renew the addresses of my private feeds")
def renew(request: Request, site: TheSite, person: Writer) -> list[PrivateFeed]:
    """Give the feeds new addresses. The old ones stop working at once."""
    account.renew_feeds(site.collection.store, person.number)
    known = site.collection.store.people.get(person.number)
    return feeds(request, site, known or person)


def _subscription(site: TheSite, person: Person) -> Subscription:
    known = site.collection.store.mail.choice(person.number)
    return Subscription(**asdict(known[0] if known else _USUAL), subscribed=bool(known and known[1]))
