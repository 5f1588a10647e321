"""The places of a trending list a day ago, by the same score as now, from what is stored.

papers that were here a day ago and moved then -> their scores without what came since: later votes, comments and saves
here, and votes that their sources counted later -> the list as it was -> the place of each work in it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from broadsheet.collection import Collection
from broadsheet.core.periods import Period
from broadsheet.daily.day import Feed, Wanted, by_best
from broadsheet.store.history import Reading
from broadsheet.trending.guess import Guess, by_paper, trend
from broadsheet.trending.ranking import feed, moving
from broadsheet.trending.table import scores, trends

BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a work in a list, from 1, and the one that it had a day before; None if it was not in the list.
    ``compared``: whether anything was in the list then."""

    now: int
    before: int | None
    compared: bool = True

    @property
    def is_new(self) -> bool:
        """Whether others were in the list a day before, and this work was not."""
        return self.compared and self.before is None

    @property
    def change(self) -> str:
        """The change in words: ``up 3``, ``down 1``, ``same place`` or ``new``; empty without a list to compare."""
        if self.before is None:
            return "new" if self.compared else ""
        if self.before == self.now:
            return "same place"
        return f"up {self.before - self.now}" if self.now < self.before else f"down {self.now - self.before}"


def places(collection: Collection, listing: Feed, *, now: datetime, zone: tzinfo | None = None) -> dict[str, Place]:
    """Return the place of each card of a trending list, by the id of its shown paper, now and a day before ``now``.

    A paper that is known to have come within that day is new.
    """
    if not listing.cards:
        return {}
    before = _before(collection, listing.period, now=now, zone=zone)
    numbers = collection.store.papers.numbers([card.document.id for card in listing.cards])
    return {
        card.document.id: Place(place, before.get(numbers.get(card.document.id, 0)), bool(before))
        for place, card in enumerate(listing.cards, listing.offset + 1)
    }


def _before(collection: Collection, period: Period, *, now: datetime, zone: tzinfo | None) -> dict[int, int]:
    """The place of each work, by its shown paper, in the list of a day before, over as many days."""
    then, history = now - BACK, collection.store.history
    known, here = history.last_number(then), history.last_number(now)
    stretch = Period("day", period.first - BACK, period.last - BACK)

    def there(_: Collection, numbers: Sequence[int]) -> frozenset[int]:
        came = frozenset(number for number in numbers if known < number <= here)
        return moving(collection, numbers, until=then) - came

    def then_scores(_: Collection, numbers: Sequence[int]) -> dict[int, float]:
        return scores_at(collection, numbers, then)

    wanted = Wanted(matching=there, order=by_best(then_scores), picks=False, fallen=False, k=1)
    found = feed(collection, stretch, now=then, zone=zone, wanted=wanted)
    return {number: place for place, number in enumerate(found.papers, 1)}


def scores_at(collection: Collection, numbers: Sequence[int], moment: datetime) -> dict[int, float]:
    """Return the scores that these papers had at a moment: time alone changes none, so that only those differ for which
    something came later."""
    store, known = collection.store, scores(collection, numbers)
    acts = by_paper(store.reactions.happenings(list(known)))
    later = {number for number, events in acts.items() if any(event.at > moment for event in events)}
    later |= set(store.history.counted_since(list(known), moment))
    readings, now = store.history.readings(sorted(later)), trends(collection, sorted(later))
    for paper in store.trends.subjects(sorted(later)):
        if paper.number in now:
            made = now[paper.number]
            votes = _votes_at(readings.get(paper.number, ()), moment, paper.votes)
            events = [event for event in acts.get(paper.number, ()) if event.at <= moment]
            guess = Guess("", made.text, made.topic, made.around)
            known[paper.number] = trend(replace(paper, votes=votes), guess, events).score
    return known


def _votes_at(readings: Sequence[Reading], moment: datetime, present: int) -> int:
    """The votes that a source had counted when it was last read before a moment; else when it was read first."""
    earlier = [reading.votes for reading in readings if reading.at <= moment]
    return earlier[-1] if earlier else readings[0].votes if readings else present
