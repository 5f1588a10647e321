"""The verb feed: the papers that stand on a day, a week or a month, in an order that says how it was made.

take the papers of the days; join each with its copies elsewhere: one card a work, on the first day it stood on
keep the cards that the editor has not hidden and of which a paper meets the filters; put them in order, the editor's
picks first; read the documents of the shown part
none: say why
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from math import inf

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.errors import UsageError, nearest
from broadsheet.core.periods import Period
from broadsheet.core.recent import Recent
from broadsheet.core.types import Document, Filters
from broadsheet.daily import why_empty
from broadsheet.daily.copies import Group, joined
from broadsheet.daily.counts import added
from broadsheet.store.days import Standing

SIZE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A work as it stands on a day: the paper to show, and the same work's other papers, wherever they stand.

    ``votes`` and ``comments``: the most that a source counts, and those of people here, each person's votes once;
    ``counted``: the votes less those of people here. None where nobody counts.
    """

    document: Document
    others: tuple[Document, ...]
    day: date
    votes: int | None
    comments: int | None = None
    counted: int | None = None
    picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A part of the cards of a period, from place ``offset``; ``total`` counts all that meet the filters.

    ``previous`` and ``next`` are the nearest periods of the same kind that have papers which meet the filters;
    whether one of them also matches is not looked at. ``note`` says why there are no cards; ``hidden`` is how many
    works the editor has taken off it.
    """

    period: Period
    cards: tuple[Card, ...]
    total: int
    offset: int
    sort: str
    previous: Period | None
    next: Period | None
    note: str = ""
    hidden: int = 0

    @property
    def more(self) -> bool:
        """Whether cards follow at ``offset`` + the number of ``cards``."""
        return self.offset + len(self.cards) < self.total


@dataclass(frozen=True, slots=True)
class Work:
    """A work before its documents are read: its papers, the shown one first, its day, its votes (as ``Card``)."""

    papers: tuple[Standing, ...]
    numbers: tuple[int, ...]
    day: date
    votes: int | None
    counted: int | None = None
    picked: bool = False


_Standings = tuple[list[Work], dict[int, int]]
_Memory = Recent[tuple[date, date], tuple[list[Group], _Standings]]
_MOST_REMEMBERED, _ROOM = 64, 32_000_000  # periods, and about their bytes
_WORK = 900  # bytes of one of a period

Order = Callable[[Collection, Sequence[Work], datetime], Iterable[float]]
Matching = Callable[[Collection, Sequence[int]], AbstractSet[int]]


def _by_votes(_collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
    return [-1 if work.votes is None else work.votes for work in found]


def _by_day(_collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
    return [0.0] * len(found)


def by_best(measure: Callable[[Collection, Sequence[int]], Mapping[int, float]]) -> Order:
    """The order of works by the highest that a measure of papers gives to any of theirs."""

    def order(collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
        known = measure(collection, [paper.number for work in found for paper in work.papers if paper.day])
        return [max((known[number] for number in work.numbers if number in known), default=-inf) for work in found]

    return order


# An order gives each work a score, higher first; equal ones stand newest first, then by id.
ORDERS: Mapping[str, Order] = {"votes": _by_votes, "newest": _by_day}
"""Those that need no more than the day; ``trending.ranking`` puts them together with what trends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a period is wanted: cards of which a paper meets ``filters`` and is ``matching``, in the order ``sort``,
    at most ``k`` from place ``offset``.

    ``matching`` takes row numbers and returns those that match (an alert: ``alerts.match``). ``order`` puts the cards
    in an order of a reader's own, of which ``sort`` is then the name. The editor's ``picks`` come first, unless not
    wanted so.
    """

    sort: str = "votes"
    filters: Filters = field(default_factory=Filters)
    matching: Matching | None = None
    order: Order | None = None
    picks: bool = True
    k: int = SIZE
    offset: int = 0

    @property
    def part(self) -> slice:
        """The places to show."""
        return slice(self.offset, self.offset + self.k)


def feed(
    collection: Collection,
    period: Period | None = None,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    wanted: Wanted | None = None,
    orders: Mapping[str, Order] = ORDERS,
) -> Feed:
    """Return the cards of a period (None: the newest day that has papers, else today), best first.

    A paper stands on the day it was announced or listed; one without such a day, and the starter shelf, on none.
    ``zone`` is where the reader's days begin (None: this machine's zone). ``orders`` are those that can be asked for
    by name: UsageError for a ``sort`` that is not among them.
    """
    wanted = wanted or Wanted()
    order = wanted.order or ordered(wanted.sort, orders)
    today = now.astimezone(zone).date()
    period = period or latest(collection, today)
    found, hidden = _works(collection, period)
    kept = _meeting(collection, found, wanted)
    best = _sorted(kept, order(collection, kept, now), picks_first=wanted.picks and wanted.order is None)
    shown = best[wanted.part]
    before = collection.store.days.before(period.first, wanted.filters)
    after = collection.store.days.after(period.last, wanted.filters)
    return Feed(
        period=period,
        cards=_cards(collection, shown),
        total=len(kept),
        offset=wanted.offset,
        sort=wanted.sort,
        previous=periods.period(period.kind, before) if before else None,
        next=periods.period(period.kind, after) if after else None,
        note="" if shown else _why(collection, period, found=len(found), hidden=hidden, kept=len(kept))
        or why_empty.reason(collection.store, period, today=today, zone=zone),
        hidden=hidden,
    )  # fmt: skip


def ordered(sort: str, orders: Mapping[str, Order]) -> Order:
    """Return the order of this name; UsageError for an unknown one, with the nearest name."""
    if sort not in orders:
        raise UsageError(f"papers cannot be sorted by {sort[:50]!r}. {nearest(sort, orders)}")
    return orders[sort]


def latest(collection: Collection, today: date) -> Period:
    """The newest day that has papers, at most tomorrow (it is tomorrow somewhere); today when there is none."""
    day = collection.store.days.before(min(today, date.max - timedelta(days=2)) + timedelta(days=2))
    return periods.period("day", day or today)


def _works(collection: Collection, period: Period) -> tuple[list[Work], int]:
    """The works whose first day lies in the period, and how many more the editor has hidden."""
    store = collection.store
    standing, of = _standing(collection, period)
    votes, decided = store.reactions.ballots(list(of)), store.desk.decided(list(of))
    shown = list(standing)
    for place in {of[number] for number in votes}:
        shown[place] = _voted(shown[place], votes)
    hidden = {of[number] for number, act in decided.items() if act == "hide"}
    for place in {of[number] for number, act in decided.items() if act == "pick"}:
        shown[place] = replace(shown[place], picked=True)
    return [work for place, work in enumerate(shown) if place not in hidden], len(hidden)


def _standing(collection: Collection, period: Period) -> _Standings:
    """The works of a period as their sources know them, and where in the list each paper's work is.

    Remembered as long as the same works are joined: a paper that changes joins them anew.
    """
    store = collection.store
    memory: _Memory = collection.memory("day", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    groups = joined(collection, store.days.between(period.first, period.last))
    key = period.first, period.last
    known = memory.get(key)
    if known is None or known[0] is not groups:
        rows = {row.number: row for row in store.days.placements([number for group in groups for number in group])}
        works = [_work([rows[number] for number in group if number in rows]) for group in groups]
        found = [work for work in works if work and work.day in period]
        known = groups, (found, {number: place for place, work in enumerate(found) for number in work.numbers})
        memory.keep(key, known, size=_WORK * (1 + len(found)))
    return known[1]


def _voted(work: Work, ballots: Mapping[int, frozenset[int]]) -> Work:
    """A work with the votes of people here, one a person."""
    voters = frozenset[int]().union(*(ballots[number] for number in work.numbers if number in ballots))
    return replace(work, votes=(work.counted or 0) + len(voters))


def _work(papers: Sequence[Standing]) -> Work | None:
    """The shown paper is the first that stood on a day; a tie goes to the one with most votes, then by id."""
    days = [paper.day for paper in papers if paper.day]
    if not days:
        return None
    if len(papers) > 1:
        papers = sorted(papers, key=lambda p: (p.day or date.max, -(p.votes or 0), p.id))
    counted = max((paper.votes for paper in papers if paper.votes is not None), default=None)
    numbers = tuple(paper.number for paper in papers)
    return Work(tuple(papers), numbers, min(days), counted, counted)


def _meeting(collection: Collection, found: Sequence[Work], wanted: Wanted) -> list[Work]:
    if not (wanted.filters or wanted.matching):
        return list(found)
    meeting = {number for work in found for number in work.numbers}
    if wanted.filters:
        meeting = set(map(int, collection.store.papers.numbers_where(wanted.filters, among=sorted(meeting))))
    if wanted.matching:
        meeting &= wanted.matching(collection, sorted(meeting))
    return [work for work in found if not meeting.isdisjoint(work.numbers)]


def _sorted(found: Sequence[Work], scores: Iterable[float], *, picks_first: bool) -> list[Work]:
    scored = zip(scores, found, strict=True)
    ranked = sorted(scored, key=lambda each: (-each[0], -each[1].day.toordinal(), each[1].papers[0].id))
    best = [work for _, work in ranked]
    return sorted(best, key=lambda work: not work.picked) if picks_first else best


def _cards(collection: Collection, shown: Sequence[Work]) -> tuple[Card, ...]:
    numbers = [number for work in shown for number in work.numbers]
    read, written = collection.store.papers.by_numbers(numbers), collection.store.comments.counts(numbers)
    cards = []
    for work in shown:
        documents = [read[number] for number in work.numbers if number in read]
        if documents:
            comments = added((each.comments for each in documents), sum(written.get(n, 0) for n in work.numbers))
            cards.append(
                Card(documents[0], tuple(documents[1:]), work.day, work.votes, comments, work.counted, work.picked)
            )
    return tuple(cards)


def _why(collection: Collection, period: Period, *, found: int, hidden: int, kept: int) -> str:
    if kept:
        return "The list ends before this place."
    if found:
        return f"No paper of this {period.kind} meets the filters; it has {found:,} without them."
    if hidden:
        return f"The editor has hidden the {hidden:,} paper{'' if hidden == 1 else 's'} of this {period.kind}."
    if collection.store.days.between(period.first, period.last):
        return f"The papers of this {period.kind} are copies of papers that stand on an earlier one."
    return ""
