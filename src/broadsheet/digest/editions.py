"""Editions: the list of a day or a week, frozen before the first email, and which papers are new in it.

a day: the works of the last days that were in no earlier edition -> trending first -> frozen, with the reason for each
a week: its works -> those with the most interest first, whichever day they came -> frozen, with the reason for each
a day without such works has no edition, and says why
what came after the day that was estimated for it fills that day and is in no edition
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta, tzinfo

from broadsheet.collection import Collection
from broadsheet.core.edition import Edition, Entry
from broadsheet.core.key_form import key_form
from broadsheet.core.periods import Period
from broadsheet.core.types import Document
from broadsheet.daily import why_empty
from broadsheet.daily.day import Card, Wanted, by_best
from broadsheet.trending.ranking import feed
from broadsheet.trending.table import interest

SHOWN = 50  # papers of the general list that are kept; a reader gets fewer
REACH = timedelta(days=3)  # before the day: what was announced late, or over a weekend, is still new
_EARLIER = 30  # editions whose papers are no longer new
_MOST = 5_000
GONE = "All papers listed here have since been removed."


def general(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None = None) -> Edition | None:
    """Return the general edition of a day or a week, frozen at the first call; None when it has no papers yet."""
    known = collection.store.editions.get(period.name)
    if known is not None:
        return known
    edition = draft(collection, period, now=now, zone=zone)
    return collection.store.editions.freeze(period.name, edition, now=now) if edition else None


def draft(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None = None) -> Edition | None:
    """Return the general edition as it would be frozen now; None when it would have no papers."""
    cards = _new(collection, period, now=now, zone=zone)
    if not cards:
        return None
    return Edition(
        papers=tuple(Entry(card.document.id, why(card)) for card in cards[:SHOWN]),
        pool=tuple(card.document.id for card in cards),
        marks=tuple(sorted({mark(each) for card in cards for each in _papers(card)})),
        copies={card.document.id: tuple(each.id for each in card.others) for card in cards if card.others},
        line=collection.store.desk.line(period.last) if period.kind == "day" else "",
        day=max(card.day for card in cards),
    )


def _new(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None) -> list[Card]:
    """Return the cards of a week, or those of the last days that were in no edition of a day."""
    store, trending = collection.store, Wanted(sort="trending", fallen=False, k=_MOST)
    if period.kind != "day":
        best = Wanted(sort="gathered", order=by_best(interest), fallen=False, k=_MOST)
        return [card for card in feed(collection, period, now=now, zone=zone, wanted=best).cards if _is_news(card)]
    earlier = store.editions.newest(kind="day", limit=_EARLIER)
    had = {each for edition in earlier for each in (*edition.ids, *edition.marks)}
    begins = [back(period.first)]
    if not earlier:  # so that the first edition does not begin with a heap, if there is anything newer
        begins.insert(0, _newest(collection, period))
    spans = (Period("day", first, period.last) for first in begins)
    tried = (feed(collection, span, now=now, zone=zone, wanted=trending).cards for span in spans)
    new = ([card for card in cards if _is_news(card) and had.isdisjoint(_names(card))] for cards in tried)
    return next(filter(None, new), [])


def _is_news(card: Card) -> bool:
    """Whether a paper of the work came on its day."""
    return any(paper.day and not paper.is_late for paper in _papers(card))


def _names(card: Card) -> list[str]:
    """Return all ids and marks by which a work may be known."""
    return [name for each in _papers(card) for name in (each.id, mark(each))]


def _papers(card: Card) -> tuple[Document, ...]:
    return card.document, *card.others


def mark(paper: Document) -> str:
    """Return what identifies a work when its paper was deleted and only a copy is left: a hash of its title and of
    the last name of its first author."""
    names = key_form(paper.authors[0]).split() if paper.authors else []
    words = f"{key_form(paper.title)}\n{''.join(names[-1:])}"
    return f"={hashlib.blake2b(words.encode(), digest_size=8).hexdigest()}"


def back(day: date) -> date:
    """Return the first day whose papers may still be new on a day."""
    return day - min(REACH, day - date.min)


def _newest(collection: Collection, period: Period) -> date:
    """Return the last day that has papers."""
    day = collection.store.days.before(period.last + timedelta(days=1)) if period.last < date.max else None
    return max(day or period.first, back(period.first))


def quiet(collection: Collection, period: Period, *, today: date, zone: tzinfo | None) -> str:
    """Return why a period has no edition, in a sentence."""
    store = collection.store
    listed = store.days.between(period.first, period.last)
    if store.days.news(listed):
        return f"All papers of this {period.kind} were in an earlier digest."
    if listed:
        return f"The papers of this {period.kind} were fetched later, so they are in no digest."
    return why_empty.reason(store, period, today=today, zone=zone)


def why(card: Card) -> str:
    """Return why a paper is in the general list, in a few words."""
    reasons = [f"{card.votes:,} vote{'' if card.votes == 1 else 's'}"] if card.votes else []
    if card.document.links.get("code"):
        reasons.append("with code")
    if not reasons and card.document.categories:
        reasons.append(f"new in {card.document.categories[0]}")
    return ", ".join(reasons)
