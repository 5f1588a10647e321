"""The feed: the papers that are listed on a day, in a week or in a month, in an order with a name.

take the papers of the days; join each with its copies elsewhere: one card for each work, on its first day
leave out what the editor has hidden and works without a paper that meets the filters; put the others in order, the
editor's picks first; read the documents of the part to show
without any card, say why
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
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import Document, Filters
from broadsheet.daily import why_empty
from broadsheet.daily.copies import Group, works_of
from broadsheet.daily.counts import total
from broadsheet.daily.standing import fallen
from broadsheet.store.days import Standing

SIZE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A work as it is listed on a day: the paper to show, and the same work's other papers, wherever they are listed.

    ``votes`` and ``comments``: the most that a source counts, plus those of people here, one vote per person;
    ``counted``: the votes without those of people here. None where there is no count.
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

    ``papers`` are the row numbers of the shown papers of all of them, best first, ``works`` those of all papers of each
    in the same order. ``withheld`` is how many more were left out by ``Wanted.without``. ``previous`` and ``next`` are
    the nearest periods of the same kind with papers that meet the filters, whether or not one of these also matches.
    ``note`` says why there are no cards; ``hidden`` is how many works the editor has hidden.
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
    papers: tuple[int, ...] = ()
    works: tuple[Group, ...] = ()
    withheld: int = 0

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
_MOST_REMEMBERED, _ROOM = 64, 32_000_000  # periods, and roughly their bytes
_WORK = 900  # bytes of one of a period

Order = Callable[[Collection, Sequence[Work], datetime], Iterable[float]]
Matching = Callable[[Collection, Sequence[int]], AbstractSet[int]]


def _by_votes(_collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
    return [-1 if work.votes is None else work.votes for work in found]


def _by_day(_collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
    return [0.0] * len(found)


def by_best(measure: Callable[[Collection, Sequence[int]], Mapping[int, float]]) -> Order:
    """Make an order of works by the highest value that a measure of papers gives to any paper of a work."""

    def order(collection: Collection, found: Sequence[Work], _now: datetime) -> Iterable[float]:
        known = measure(collection, [paper.number for work in found for paper in work.papers if paper.day])
        return [max((known[number] for number in work.numbers if number in known), default=-inf) for work in found]

    return order


# An order gives each work a score, higher first; equal ones are sorted newest first, then by id.
ORDERS: Mapping[str, Order] = {"votes": _by_votes, "newest": _by_day}
"""The orders that need only the day; ``trending.ranking`` adds the order by trend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cards of a period to show: works with a paper that meets ``filters`` and is ``matching``, in the order
    ``sort``, at most ``k`` from place ``offset``.

    ``matching`` takes row numbers and returns those that match (an alert: ``alerts.match``). ``without`` does the same,
    and a work with such a paper is left out (one that was read: ``people.day``). ``order`` puts the cards
    in a reader's own order, whose name is then ``sort``. The editor's ``picks`` come first unless this is false.
    Without ``fallen``, retracted, withdrawn and rejected works are left out.
    """

    sort: str = "votes"
    filters: Filters = field(default_factory=Filters)
    matching: Matching | None = None
    without: Matching | None = None
    order: Order | None = None
    picks: bool = True
    fallen: bool = True
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

    A paper belongs to its day (``Document.day``); one without a day, and the starter shelf, to none.
    ``zone`` is where the reader's days begin (None: this machine's zone). ``orders`` are the orders by name: UsageError
    for a ``sort`` that is not among them.
    """
    wanted = wanted or Wanted()
    order = wanted.order or order_named(wanted.sort, orders)
    today = now.astimezone(zone).date()
    period = period or latest(collection, today)
    works, hidden = _works(collection, period)
    if not wanted.fallen:
        out = fallen(collection.store, [work.numbers for work in works])
        works = [work for place, work in enumerate(works) if place not in out]
    meeting = _meeting(collection, works, wanted)
    selection = _remaining(collection, meeting, wanted)
    best = _sorted(selection, order(collection, selection, now), picks_first=wanted.picks and wanted.order is None)
    shown = best[wanted.part]
    before = collection.store.days.before(period.first, wanted.filters)
    after = collection.store.days.after(period.last, wanted.filters)
    return Feed(
        period=period,
        cards=_cards(collection, shown),
        total=len(selection),
        offset=wanted.offset,
        sort=wanted.sort,
        previous=periods.period(period.kind, before) if before else None,
        next=periods.period(period.kind, after) if after else None,
        note="" if shown else unknown_note(collection.store.topics.unknown(wanted.filters))
        or _why(collection, period, found=len(works), hidden=hidden, kept=len(selection), withheld=len(meeting))
        or why_empty.reason(collection.store, period, today=today, zone=zone),
        hidden=hidden,
        papers=tuple(work.papers[0].number for work in best),
        works=tuple(work.numbers for work in best),
        withheld=len(meeting) - len(selection),
    )  # fmt: skip


def order_named(sort: str, orders: Mapping[str, Order]) -> Order:
    """Return the order of this name; UsageError for an unknown one, with the nearest name."""
    if sort not in orders:
        raise UsageError(f"papers cannot be sorted by {sort[:50]!r}. {nearest(sort, orders)}")
    return orders[sort]


def latest(collection: Collection, today: date) -> Period:
    """Return the newest day that has papers, at most tomorrow (it is tomorrow somewhere), else today."""
    day = collection.store.days.before(min(today, date.max - timedelta(days=2)) + timedelta(days=2))
    return periods.period("day", day or today)


def works_on(collection: Collection, period: Period) -> list[Group]:
    """Return the works that a period lists, each the row numbers of its papers, without those that the editor has
    hidden."""
    standing, of = _standings(collection, period)
    hidden = {of[number] for number, act in collection.store.desk.decided(list(of)).items() if act == "hide"}
    return [work.numbers for place, work in enumerate(standing) if place not in hidden]


def _works(collection: Collection, period: Period) -> tuple[list[Work], int]:
    """The works whose first day lies in the period, and how many more the editor has hidden."""
    store = collection.store
    standing, of = _standings(collection, period)
    votes, decided = store.reactions.ballots(list(of)), store.desk.decided(list(of))
    shown = list(standing)
    for place in {of[number] for number in votes}:
        shown[place] = _with_votes(shown[place], votes)
    hidden = {of[number] for number, act in decided.items() if act == "hide"}
    for place in {of[number] for number, act in decided.items() if act == "pick"}:
        shown[place] = replace(shown[place], picked=True)
    return [work for place, work in enumerate(shown) if place not in hidden], len(hidden)


def _standings(collection: Collection, period: Period) -> _Standings:
    """The works of a period as their sources know them, and the place of each paper's work in the list.

    Remembered as long as the same works are joined: a paper that changes makes them join again.
    """
    store = collection.store
    memory: _Memory = collection.memory("day", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    groups = works_of(collection, store.days.between(period.first, period.last))
    key = period.first, period.last
    known = memory.get(key)
    if known is None or known[0] is not groups:
        rows = {row.number: row for row in store.days.placements([number for group in groups for number in group])}
        works = [_work([rows[number] for number in group if number in rows]) for group in groups]
        listed = [work for work in works if work and work.day in period]
        known = groups, (listed, {number: place for place, work in enumerate(listed) for number in work.numbers})
        memory.keep(key, known, size=_WORK * (1 + len(listed)))
    return known[1]


def _with_votes(work: Work, ballots: Mapping[int, frozenset[int]]) -> Work:
    """A work with the votes of people here, one per person."""
    voters = frozenset[int]().union(*(ballots[number] for number in work.numbers if number in ballots))
    return replace(work, votes=(work.counted or 0) + len(voters))


def _work(papers: Sequence[Standing]) -> Work | None:
    """The shown paper is the one listed first; a tie goes to the one with most votes, then by id."""
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


def _remaining(collection: Collection, found: Sequence[Work], wanted: Wanted) -> list[Work]:
    """The works without a paper that is to be left out."""
    if not wanted.without:
        return list(found)
    out = wanted.without(collection, sorted(number for work in found for number in work.numbers))
    return [work for work in found if out.isdisjoint(work.numbers)]


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
            comments = total((each.comments for each in documents), sum(written.get(n, 0) for n in work.numbers))
            cards.append(
                Card(documents[0], tuple(documents[1:]), work.day, work.votes, comments, work.counted, work.picked)
            )
    return tuple(cards)


def _why(collection: Collection, period: Period, *, found: int, hidden: int, kept: int, withheld: int) -> str:
    if kept:
        return "The list ends before this place."
    if withheld:
        return f"You have read {_all_of(withheld)} of {why_empty.name(period)}."
    if found:
        return f"No paper of {why_empty.name(period)} meets the filters; without them there are {found:,}."
    if hidden:
        return f"The editor has hidden the {hidden:,} paper{'' if hidden == 1 else 's'} of {why_empty.name(period)}."
    if collection.store.days.between(period.first, period.last):
        return f"The papers of {why_empty.name(period)} are copies of papers that were listed earlier."
    return ""


def _all_of(papers: int) -> str:
    return "the one paper" if papers == 1 else "both papers" if papers == 2 else f"all {papers:,} papers"
