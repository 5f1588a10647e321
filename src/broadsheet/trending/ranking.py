"""What trends, as cards, and each score explained: its terms in numbers and in words, and where its guess comes from.

the works of the last days -> the highest score first -> the trend of each shown card -> its terms
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.core.recent import Recent
from broadsheet.core.types import Filters
from broadsheet.daily import day
from broadsheet.daily.day import Card, Feed, Order, Wanted, by_best
from broadsheet.daily.why_empty import long_date, midnight
from broadsheet.trending.prior import ENOUGH, Prior, current_prior
from broadsheet.trending.score import WEIGHTS, Parts, Trend, day_of
from broadsheet.trending.table import scores, trends

MOST_DAYS = 31
_Memory = Recent[tuple[int, ...], tuple[int, frozenset[int]]]
_MOST_REMEMBERED, _ROOM = 64, 16_000_000  # lists of papers whose news are remembered, and roughly their bytes
_NUMBER = 150  # bytes of a number in such a list and among its news
_LATE = (
    "The papers of these days were fetched after their day. One of them is ranked here once a reader votes for it, "
    "comments on it or saves it."
)
ORDERS: Mapping[str, Order] = {
    "votes": day.ORDERS["votes"],
    "trending": by_best(scores),
    "newest": day.ORDERS["newest"],
}
"""Every order of a day that has a name, in the order in which pages offer them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a score: its name, the interest it is worth now, and the reason in a sentence."""

    name: str
    worth: float
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score on one day, and its terms; their worths add up to ``parts.total``. ``trend`` is the highest among the
    card's papers."""

    trend: Trend
    parts: Parts
    terms: tuple[Term, ...]


def feed(
    collection: Collection,
    period: Period | None = None,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    wanted: Wanted | None = None,
) -> Feed:
    """Return the cards of a period (None: the newest day that has papers, else today), best first.

    A paper belongs to its day (``Document.day``); one without a day, and the starter shelf, to none.
    ``zone`` is where the reader's days begin (None: this machine's zone). UsageError for an unknown sort.
    """
    return day.feed(collection, period, now=now, zone=zone, wanted=wanted, orders=ORDERS)


def trending_feed(
    collection: Collection,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    days: int = 7,
    filters: Filters | None = None,
    k: int = 50,
    offset: int = 0,
    newest: bool = False,
) -> Feed:
    """Rank the works of the last ``days`` days by trend. UsageError unless ``days`` is 1 to MOST_DAYS.

    A paper that came after the day that was estimated for it is not a trend: it is ranked from the first vote, comment
    or save of a reader here on. If none of these days has a paper, ``newest`` ranks as many days that end with the
    newest one that has; the ``period`` of the list says which, and its ``note`` says so in words.
    """
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"trending looks back 1 to {MOST_DAYS} days; got {days}")
    if k < 1 or offset < 0:
        raise UsageError(f"k counts from 1 and offset from 0; got k={k}, offset={offset}")
    today = now.astimezone(zone).date()
    stretch = _stretch(today, days)
    selection = Wanted(
        sort="trending", filters=filters or Filters(), matching=moving, picks=False, fallen=False, k=k, offset=offset
    )
    found = feed(collection, stretch, now=now, zone=zone, wanted=selection)
    if found.total:
        return found
    listed = collection.store.days.between(stretch.first, stretch.last)
    if listed and not moving(collection, listed):
        return replace(found, note=_LATE)
    last = None if listed or not newest else collection.store.days.before(stretch.first, filters)
    if last is None:
        return found
    older = feed(collection, _stretch(last, days), now=now, zone=zone, wanted=selection)
    return replace(older, note=_older(days, last)) if older.total else found


def ended(listing: Feed, *, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Return the moment as of which a list is shown: ``now``, or the end of its last day if that is over."""
    return min(now, midnight(listing.period.last, zone, after=1))


def _stretch(last: date, days: int) -> Period:
    """The days up to one: not a named period, but the feed only asks where it begins and ends."""
    return Period("day", last - timedelta(days=days - 1), last)


def _older(days: int, last: date) -> str:
    when = "today" if days == 1 else f"the last {days} days"
    return f"No paper is from {when}. These were trending on {long_date(last)}."


def moving(collection: Collection, numbers: Sequence[int], *, until: datetime | None = None) -> frozenset[int]:
    """Return the papers that came on their day, and those that readers here have done something with (``until`` a
    moment)."""
    store, key = collection.store, tuple(numbers)
    memory: _Memory = collection.memory("news", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    change, known = store.papers.last_change(), memory.get(key)
    if known is None or known[0] != change:
        known = change, frozenset(store.days.news(numbers))
        memory.keep(key, known, size=_NUMBER * len(key))
    if until is None:
        return known[1] | store.trends.heard(numbers).keys()
    events = store.reactions.happenings([number for number in numbers if number not in known[1]])
    return known[1] | {event.number for event in events if event.at <= until}


def explain(collection: Collection, cards: Sequence[Card], *, now: datetime) -> dict[str, Explanation]:
    """Explain the score of each card, by the id of its shown paper: as of ``now``, or of the newest event if later."""
    of = {card.document.id: [card.document.id, *(other.id for other in card.others)] for card in cards}
    numbers = collection.store.papers.numbers([name for names in of.values() for name in names])
    known = trends(collection, list(numbers.values()))
    best = {}
    for shown, names in of.items():
        own = [known[numbers[name]] for name in names if numbers.get(name) in known]
        if own:
            best[shown] = max(own, key=lambda trend: trend.score)
    day = max([day_of(now), *(trend.newest for trend in best.values())])
    parts = {shown: trend.parts(day) for shown, trend in best.items()}
    return {shown: Explanation(trend, parts[shown], _terms(trend, parts[shown])) for shown, trend in best.items()}


def _terms(trend: Trend, parts: Parts) -> tuple[Term, ...]:
    age = parts.day - trend.listed
    terms = [
        Term("listed", parts.listing, f"A paper gets 1 when it is listed; this one was listed {_days(age)} ago."),
        Term("expected", parts.expected, _expected(trend)),
        Term("votes", parts.votes, f"{WEIGHTS['votes']:g} for each vote when it is cast."),
        Term("comments", parts.comments, f"{WEIGHTS['comments']:g} for each comment when it is written."),
        Term("saves", parts.saves, f"{WEIGHTS['saves']:g} for each reader when they save it."),
    ]
    return tuple(term for term in terms if term.worth or term.name in ("listed", "expected"))


def _expected(trend: Trend) -> str:
    votes = f"{trend.expected:.1f} vote{'' if f'{trend.expected:.1f}' == '1.0' else 's'}"
    if trend.text is not None:
        return f"Its text predicts {votes}; an unknown paper counts as 1."
    if trend.around is not None:
        return f"{growth(trend)} This counts as {votes}."
    return f"Nothing is known about it yet; it counts as {votes}."


def growth(trend: Trend) -> str:
    """Describe in a sentence how a paper's topic grows; empty where that was not measured."""
    if trend.around is None:
        return ""
    near, expected = trend.around
    papers = f"{near:.0f} paper{'' if round(near) == 1 else 's'}"
    return f"{papers} near this one in the week up to its day; the weeks before predict {expected:.0f}."


def _days(age: float) -> str:
    return f"{age:.1f} day{'' if f'{age:.1f}' == '1.0' else 's'}"


def rule(half_life: float) -> str:
    """State the rule in one sentence; ``half_life`` is in days."""
    return f"Votes and saves count less as they age: half after {24 * half_life:g} hours."


def origin(collection: Collection) -> str:
    """Say where the prediction comes from that counts until a paper has votes."""
    prior = current_prior(collection)
    if prior is None:
        return (
            "New papers start with a small bonus if their topic is growing. Predictions from texts take its place when"
            f" there are votes on {ENOUGH} past days to learn from."
        )
    return (
        "New papers start with the votes that their texts predict. Predictions were learned on "
        f"{long_date(prior.learned.date())} from {prior.papers:,} papers of {prior.days:,} days, "
        f"{long_date(prior.first)} to {long_date(prior.last)}: from their subjects, their words, and the lengths "
        f"of their titles and texts.{agreement(prior)}"
    )


def agreement(prior: Prior) -> str:
    """Say how well a prior predicted days that it had not seen; empty when that could not be measured."""
    if prior.ridge.agreement is None:
        return ""
    return (
        " On days it had not learned from, its order agreed with the votes at a Spearman correlation of "
        f"{prior.ridge.agreement:.2f} (0 is chance, 1 is the same order)."
    )
