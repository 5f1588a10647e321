"""Editions: the list of a day or a week, frozen before the first mail, and which papers are new in it.

the works of the last days that no earlier edition looked at -> what trends first -> frozen, with why each is there
those of a week -> what met most interest first, whichever day it came -> frozen likewise
a day without such works has no edition, and says why
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from broadsheet.collection import Collection
from broadsheet.core.periods import Period
from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.daily import why_empty
from broadsheet.daily.day import Card, Wanted, by_best
from broadsheet.store.editions import GENERAL
from broadsheet.trending.ranking import feed
from broadsheet.trending.table import interest

SHOWN = 50  # papers of the general list that are kept; a reader gets fewer
REACH = timedelta(days=3)  # before the day: what was announced late, or over a weekend, is still new
_EARLIER = 30  # editions whose papers are not new any more
_MOST = 5_000

Body = Mapping[str, Any]


def general(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None = None) -> Body | None:
    """The general edition of a day or a week, frozen when first asked for; None when there is nothing for it yet.

    ``papers``: the best, each with its ``id`` and ``why``; ``pool``: the ids of all that are new; ``copies``: of
    those that are there under several ids the others; ``marks``: what tells their works; ``line``: the editor's line
    above the day; ``day``: the newest on which they stand, which may be before the edition's own.
    """
    known = collection.store.editions.get(period.name)
    if known is not None:
        return known
    body = drafted(collection, period, now=now, zone=zone)
    return collection.store.editions.freeze(period.name, GENERAL, body, now=now) if body else None


def drafted(
    collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None = None
) -> dict[str, Any] | None:
    """The general edition as it would be frozen now."""
    cards = _new(collection, period, now=now, zone=zone)
    if not cards:
        return None
    return {
        "papers": [{"id": card.document.id, "why": why(card)} for card in cards[:SHOWN]],
        "pool": [card.document.id for card in cards],
        "marks": sorted({mark(each) for card in cards for each in _papers(card)}),
        "copies": {card.document.id: [each.id for each in card.others] for card in cards if card.others},
        "line": collection.store.desk.line(period.last) if period.kind == "day" else "",
        "day": max(card.day for card in cards).isoformat(),
    }


def _new(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None) -> list[Card]:
    """The cards of a week; of a day those of its last days that no edition of a day has had."""
    store, asked = collection.store, Wanted(sort="trending", k=_MOST)
    if period.kind != "day":
        best = Wanted(sort="gathered", order=by_best(interest), k=_MOST)
        return list(feed(collection, period, now=now, zone=zone, wanted=best).cards)
    earlier = store.editions.of(GENERAL, kind="day", limit=_EARLIER)
    had = {each for _, body in earlier for each in (*ids(body), *body.get("marks", ()))}
    begins = [_back(period.first)]
    if not earlier:  # so that the first edition does not begin with a heap, if there is anything newer
        begins.insert(0, _newest(collection, period))
    spans = (Period("day", first, period.last) for first in begins)
    found = (feed(collection, span, now=now, zone=zone, wanted=asked).cards for span in spans)
    new = ([card for card in cards if had.isdisjoint(_names(card))] for cards in found)
    return next(filter(None, new), [])


def _names(card: Card) -> list[str]:
    """All by which a work may be known."""
    return [name for each in _papers(card) for name in (each.id, mark(each))]


def _papers(card: Card) -> tuple[Document, ...]:
    return card.document, *card.others


def mark(paper: Document) -> str:
    """What tells a work when the paper that it was known by is deleted, and only a copy is left: its title, and the
    last name of its first author."""
    names = plain(paper.authors[0]).split() if paper.authors else []
    words = f"{plain(paper.title)}\n{''.join(names[-1:])}"
    return f"={hashlib.blake2b(words.encode(), digest_size=8).hexdigest()}"


def ids(body: Body) -> list[str]:
    """The ids of all that was new in an edition, those of copies included."""
    return [*body["pool"], *(each for several in body.get("copies", {}).values() for each in several)]


def _back(day: date) -> date:
    return day - min(REACH, day - date.min)


def _newest(collection: Collection, period: Period) -> date:
    """The last day that has papers."""
    day = collection.store.days.before(period.last + timedelta(days=1)) if period.last < date.max else None
    return max(day or period.first, _back(period.first))


def quiet(collection: Collection, period: Period, *, today: date, zone: tzinfo | None) -> str:
    """Why a period has no edition."""
    reason = why_empty.reason(collection.store, period, today=today, zone=zone)
    if collection.store.days.between(period.first, period.last):
        return "Its papers were in an earlier edition."
    return reason


def why(card: Card) -> str:
    """Why a paper is in the general list, in a line."""
    told = [f"{card.votes:,} vote{'' if card.votes == 1 else 's'}"] if card.votes else []
    if card.document.links.get("code"):
        told.append("code is linked")
    if not told and card.document.categories:
        told.append(f"new in {card.document.categories[0]}")
    return ", ".join(told)
