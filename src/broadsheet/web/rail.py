"""What stands next to a day: four weeks as bars, the day by topic, the reader's alerts, and the email digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from broadsheet.alerts.counts import counts
from broadsheet.core import periods
from broadsheet.core.periods import Period
from broadsheet.core.topic import Counted
from broadsheet.daily.day import Feed
from broadsheet.site.context import Site
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.days import DayCount
from broadsheet.store.mail import Choice

DAYS, HEIGHT = 28, 44  # of the bars; HEIGHT in pixels
_AFTER = timedelta(days=6)  # days after the shown ones that are among the bars, so that one sees what follows
_LEAST = 4  # pixels of a day with any paper


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the four weeks: its counts, and how many pixels its bar and the read part of it are high."""

    day: date
    count: DayCount
    height: int
    read: int
    shown: bool

    @property
    def period(self) -> Period:
        """The day as a period."""
        return periods.period("day", self.day)


@dataclass(frozen=True, slots=True)
class Rail:
    """``bars`` are of ``DAYS`` days. ``alerts`` are the reader's, each with how many works of the shown days match it
    (None: not known yet); ``digest`` is what the reader subscribed to, None for no digest."""

    bars: tuple[Bar, ...]
    topics: tuple[Counted, ...]
    alerts: tuple[tuple[SavedQuery, int | None], ...]
    digest: Choice | None

    @property
    def unread(self) -> dict[date, int]:
        """How many papers of each day of the bars the reader has not read."""
        return {bar.day: bar.count.unread for bar in self.bars}


def rail_of(site: Site, person: int, listing: Feed, *, alerts: Sequence[SavedQuery]) -> Rail:
    """Read what stands next to a list, with one query a kind. ``person`` 0 is a stranger."""
    store = site.collection.store
    last = max(listing.period.last, min(site.today, listing.period.last + _AFTER)) if _has_room(listing) else site.today
    first = last - timedelta(days=DAYS - 1)
    matching = counts(site.collection, alerts, listing.works) if alerts else {}
    fields = store.topics.fields(listing.papers)
    return Rail(
        bars=bars(store.days.counts(first, last, reader=person), first, listing.period),
        topics=_counted(fields),
        alerts=tuple((each, matching.get(each.number)) for each in alerts),
        digest=_digest(site, person),
    )


def _digest(site: Site, person: int) -> Choice | None:
    """The digest that a person gets; None without one in force."""
    known = site.collection.store.mail.choice(person) if person else None
    return known[0] if known and known[1] else None


def _has_room(listing: Feed) -> bool:
    """Whether days can be added to the list's last; the calendar ends."""
    return date.min + timedelta(days=DAYS) < listing.period.last < date.max - _AFTER


def bars(known: Mapping[date, DayCount], first: date, shown: Period) -> tuple[Bar, ...]:
    """Return a bar for each of ``DAYS`` days from ``first``: as high as its papers are many, the most at ``HEIGHT``."""
    most = max((count.papers for count in known.values()), default=0)
    made = []
    for back in range(DAYS):
        day = first + timedelta(days=back)
        count = known.get(day, DayCount(0))
        height = max(_LEAST, round(HEIGHT * count.papers / most)) if count.papers else 0
        read = round(height * count.read / count.papers) if count.papers else 0
        made.append(Bar(day, count, height, read, day in shown))
    return tuple(made)


def _counted(fields: Mapping[int, tuple[int, str]]) -> tuple[Counted, ...]:
    """The fields and how many papers are in each, the largest first."""
    papers: dict[tuple[int, str], int] = {}
    for field in fields.values():
        papers[field] = papers.get(field, 0) + 1
    return tuple(
        Counted(*field, count) for field, count in sorted(papers.items(), key=lambda each: (-each[1], each[0]))
    )
