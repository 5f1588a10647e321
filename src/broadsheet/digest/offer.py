"""What is new to a person: the edition of their period, and those of the last days that they got nothing from.

a day -> its own edition, and those of the three days before it that no email to the person was made from
several editions -> their papers ranked again
places left when a person's own list and the general one are used up -> what their alerts have beyond their shares
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.edition import Edition, Entry, PersonalEdition, Rest
from broadsheet.core.periods import Period
from broadsheet.digest import editions
from broadsheet.digest.personal import Day, Own, Reader, Window, day_of
from broadsheet.store.deliveries import Had
from broadsheet.trending.table import scores

_OWN_SHARE = 2 / 3  # of the places, where both lists come in one mail


@dataclass(frozen=True)
class Offer:
    """The new papers of some editions (``of``): the best of them (``papers``), best first, and all of them
    (``day``)."""

    of: tuple[str, ...]
    papers: Sequence[Entry]
    day: Day

    @cached_property
    def ids(self) -> Mapping[str, frozenset[str]]:
        """For each paper of the offer that still exists, its ids and those of its copies."""
        return {document.id: self.day.ids(number) for number, document in self.day.documents.items()}


class Offers:
    """What can be new to anyone in a period. ``draft`` takes the place of its edition while that is not frozen."""

    def __init__(self, collection: Collection, period: Period, draft: Edition | None = None) -> None:
        self._collection, self._period, self._draft = collection, period, draft
        self._made: dict[tuple[str, ...], Offer] = {}

    @cached_property
    def _editions(self) -> Mapping[str, Edition]:
        """The existing editions of the period and of the days before it, by name, oldest first."""
        names = [*map(str, reversed(self._days)), self._period.name]
        frozen = {name: self._collection.store.editions.get(name) for name in names}
        frozen[self._period.name] = frozen[self._period.name] or self._draft
        return {name: edition for name, edition in frozen.items() if edition}

    @cached_property
    def _days(self) -> list[date]:
        """The days whose editions may still be new to someone, newest first."""
        first = self._period.first
        if self._period.kind != "day":
            return []
        return [first - timedelta(days=back) for back in range(1, editions.REACH.days + 1)]

    @cached_property
    def around(self) -> list[str]:
        """The periods whose deliveries show what a person got."""
        period = self._period
        if period.kind != "day":
            return [(period.first + timedelta(days=day)).isoformat() for day in range(-7, 14)]
        weeks = {periods.period("week", day).name for day in (*self._days, period.first)}
        return [*map(str, self._days), period.name, *sorted(weeks)]

    @property
    def window(self) -> Window:
        """When a followed paper must have changed for its new version to be news: in the week itself, or on the days
        whose deliveries show what a person heard of."""
        first = self._period.first if self._period.kind != "day" else editions.back(self._period.first)
        ends = _begin(self._period.last) + timedelta(days=1) if self._period.kind != "day" else None
        return Window(after=_begin(first), before=ends)

    def names(self, had: Sequence[Had], *, since: date) -> tuple[str, ...]:
        """Return the names of the editions that are new to a person who subscribed ``since`` a day and
        ``had`` these deliveries."""
        of = frozenset[str]().union(*(each.of for each in had if each.state != "failed"))
        covered = of | {day.isoformat() for day in self._days if periods.period("week", day).name in of}
        days = {day.isoformat() for day in self._days if day > since}
        own = self._period.name
        return tuple(name for name in self._editions if name not in covered and (name == own or name in days))

    def of(self, names: tuple[str, ...]) -> Offer:
        """Return the papers of these editions."""
        if names not in self._made:
            self._made[names] = self._offer(names)
        return self._made[names]

    def _offer(self, names: tuple[str, ...]) -> Offer:
        several = [self._editions[name] for name in names]
        papers = [each for edition in several for each in edition.papers]
        day = day_of(self._collection, several)
        return Offer(names, self._ranked(papers) if len(several) > 1 else papers, day)

    def _ranked(self, papers: Sequence[Entry]) -> list[Entry]:
        """Return the papers by what trends now; those that were removed come last."""
        numbers = self._collection.store.papers.numbers([each.id for each in papers])
        known = scores(self._collection, list(numbers.values()))
        score = {name: known.get(number, float("-inf")) for name, number in numbers.items()}
        return sorted(papers, key=lambda each: (-score.get(each.id, float("-inf")), each.id))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def heard(had: Sequence[Had]) -> frozenset[tuple[str, str]]:
    """Return the new versions of followed papers that a person got, or may have got, by id and moment."""
    return frozenset().union(*(each.changes for each in had if each.state not in ("failed", "suppressed")))


def shown(had: Sequence[Had]) -> frozenset[str]:
    """Return the ids of the papers that a person got, or may have got."""
    return frozenset().union(*(each.ids for each in had if each.state not in ("failed", "suppressed")))


def arrange(reader: Reader, own: Own, offer: Offer) -> PersonalEdition:
    """Return what a reader's digest holds, as it is frozen: of their ``own`` list and of the offer, as many papers as
    they chose. What their alerts have beyond their shares fills places that are left."""
    choice = reader.choice
    common = [] if choice.contents == "mine" else [each for each in offer.papers if _is_new(each, reader, offer)]
    places = choice.most if choice.contents == "mine" else round(choice.most * _OWN_SHARE)
    mine = list(own.papers)[: max(places, choice.most - len(common))]
    had = {each.id for each in mine}
    general = [each for each in common if each.id not in had][: choice.most - len(mine)]
    had |= {each.id for each in general}
    spare = [each for each in own.spare if each.id not in had]
    mine += spare[: choice.most - len(mine) - len(general)]
    had |= {each.id for each in mine}
    more = max(0, len(offer.day.documents) - sum(not each.changed for each in mine) - len(general))
    rest = [Rest(*alert, len(ids - had)) for alert, ids in own.fitting.items() if ids - had]
    return PersonalEdition(of=offer.of, papers=mine, general=general, more=more, cadence=choice.cadence, rest=rest)


def _is_new(entry: Entry, reader: Reader, offer: Offer) -> bool:
    """Whether a paper of the general list still exists, and the reader got neither it nor a copy before."""
    ids = offer.ids.get(entry.id)
    return ids is not None and reader.shown.isdisjoint(ids)
