"""The interest in a work day by day, and how many of its votes are recent: what is known of it, and nothing else.

votes, comments and saves here -> each on its day
votes that a source counts -> those between two readings not more than two days apart, over that time; and those of the
    first reading, if it was soon after the listing, since then
other days -> unknown
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from math import fsum

from broadsheet.collection import Collection
from broadsheet.daily.day import Card
from broadsheet.daily.why_empty import midnight
from broadsheet.store.history import Act, Reading

DAYS = 14  # of a curve
RECENT = timedelta(days=2)
_SURE = timedelta(days=2)  # between two readings whose votes are put on the days between them
_SOON = timedelta(hours=36)  # from the beginning of the day of listing to a first reading that counts what came since
_SLACK = timedelta(hours=12)  # by which "two days" may be wrong
_COVERED = 0.5  # of a day that has to be known
_Span = tuple[datetime, datetime, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """The votes, comments and saves of a work: how many a day over ``DAYS`` days from ``first`` on, None where that is
    not known; its ``votes``; how many of them came in the last two days (``recent``; None: unknown), and how many of
    those from readers ``here``."""

    first: date
    days: tuple[float | None, ...]
    votes: int
    recent: int | None
    here: int

    @property
    def dated(self) -> list[tuple[date, float | None]]:
        """Each day with its value."""
        return [(self.first + timedelta(days=place), value) for place, value in enumerate(self.days)]

    @property
    def words(self) -> str:
        """The votes in words, and how many are recent where that is known; empty without votes."""
        if not self.votes:
            return ""
        whole = f"{self.votes:,} vote{'' if self.votes == 1 else 's'}"
        if self.recent and self.recent < self.votes:
            return f"{whole}, {self.recent:,} of them in two days"
        if self.recent is None and self.here:
            return f"{whole}, {self.here:,} of them here in two days"
        return whole


def curves(
    collection: Collection, cards: Sequence[Card], *, now: datetime, zone: tzinfo | None = None
) -> dict[str, Curve]:
    """Return the curve of each work up to ``now``, by the id of its shown paper."""
    of = {card.document.id: [card.document.id, *(other.id for other in card.others)] for card in cards}
    numbers = collection.store.papers.numbers([name for names in of.values() for name in names])
    history = collection.store.history
    readings, acts = history.readings(list(numbers.values())), history.acts(list(numbers.values()))
    made = {}
    for card in cards:
        own = {numbers[name] for name in of[card.document.id] if name in numbers}
        counted = max((readings[each] for each in own if each in readings), key=lambda all_: all_[-1].votes, default=[])
        mine = _once([act for act in acts if act.number in own and act.at <= now])
        made[card.document.id] = _curve(card, [each for each in counted if each.at <= now], mine, now=now, zone=zone)
    return made


def _curve(
    card: Card, readings: Sequence[Reading], acts: Sequence[Act], *, now: datetime, zone: tzinfo | None
) -> Curve:
    listed, last = midnight(card.day, zone), now.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    here = [act.at.astimezone(zone).date() for act in acts]
    silent = card.counted is None  # no source counts its votes, so that all of them are known
    spans = list(_spans(listed, readings))
    days: list[float | None] = []
    for day in (first + timedelta(days=each) for each in range(DAYS)):
        begin, end = midnight(day, zone), min(now, midnight(day, zone, after=1))
        known = silent or _share(begin, end, spans) >= _COVERED
        own = float(here.count(day))
        counted = fsum(votes * _overlap(begin, end, since, until) for since, until, votes in spans)
        days.append(own + counted if day >= card.day and known else own or None)
    recent = sum(act.kind == "votes" and act.at > now - RECENT for act in acts)
    elsewhere = 0 if silent else _recent(listed, readings, now)
    return Curve(first, tuple(days), card.votes or 0, None if elsewhere is None else recent + elsewhere, recent)


def _spans(listed: datetime, readings: Sequence[Reading]) -> Iterator[_Span]:
    """The times in which a known number of votes came."""
    if readings and listed < readings[0].at <= listed + _SOON:
        yield listed, readings[0].at, readings[0].votes
    for one, other in pairwise(readings):
        if other.at - one.at <= _SURE:
            yield one.at, other.at, max(0, other.votes - one.votes)


def _recent(listed: datetime, readings: Sequence[Reading], now: datetime) -> int | None:
    """How many of the votes that a source counts came in the last two days; None where that is not known."""
    if not readings:
        return None
    if listed >= now - RECENT:
        return readings[-1].votes
    then = [each for each in readings if each.at <= now - RECENT]
    if not then or len(then) == len(readings) or then[-1].at < now - RECENT - _SLACK:
        return None
    return max(0, readings[-1].votes - then[-1].votes)


def _share(begin: datetime, end: datetime, spans: Sequence[_Span]) -> float:
    """The part of a time that lies in the spans, which do not overlap."""
    covered = sum((max(timedelta(), min(end, until) - max(begin, since)) for since, until, _ in spans), timedelta())
    return covered / (end - begin) if end > begin else 0.0


def _overlap(begin: datetime, end: datetime, since: datetime, until: datetime) -> float:
    """The part of a span, from ``since`` to ``until``, that lies between ``begin`` and ``end``."""
    return max(timedelta(), min(end, until) - max(begin, since)) / (until - since) if until > since else 0.0


def _once(acts: Sequence[Act]) -> list[Act]:
    """Acts on the copies of a work: the first vote and the first save of each person, and every comment."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for act in acts:
        key = act.kind, act.person
        if act.kind == "comments" or key not in seen:
            kept.append(act)
        seen.add(key)
    return kept
