"""What trends, as cards, and every score opened: its terms in numbers and in words, and where its guess comes from.

the works of the last days -> what trends first -> the trend of each shown card -> terms
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.core.types import Filters
from broadsheet.daily import day
from broadsheet.daily.day import Card, Feed, Order, Wanted, by_best
from broadsheet.daily.why_empty import said
from broadsheet.trending.prior import Prior, fitting
from broadsheet.trending.score import WEIGHTS, Parts, Trend, day_of
from broadsheet.trending.table import scores, trends

MOST_DAYS = 31
ORDERS: Mapping[str, Order] = {
    "votes": day.ORDERS["votes"],
    "trending": by_best(scores),
    "newest": day.ORDERS["newest"],
}
"""Every order of a day that can be asked for by name, as they are offered."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a score: what it is called, the interest it is worth now, and why, in words."""

    name: str
    worth: float
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A score on one day, and its terms; their worths add up to ``parts.total``. ``trend`` is that of the card's paper
    which trends most."""

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

    A paper stands on the day it was announced or listed; one without such a day, and the starter shelf, on none.
    ``zone`` is where the reader's days begin (None: this machine's zone). UsageError for an unknown sort.
    """
    return day.feed(collection, period, now=now, zone=zone, wanted=wanted, orders=ORDERS)


def risen(
    collection: Collection,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    days: int = 7,
    filters: Filters | None = None,
    k: int = 50,
    offset: int = 0,
) -> Feed:
    """The works of the last ``days`` days, what trends most first. UsageError for more than MOST_DAYS, or none."""
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"trending looks back 1 to {MOST_DAYS} days; got {days}")
    if k < 1 or offset < 0:
        raise UsageError(f"trending takes at least one paper, from place 0 on; got k={k}, offset={offset}")
    today = now.astimezone(zone).date()
    # A stretch of days is no period with a name, but the verb asks only where it begins and ends.
    stretch = Period("day", today - timedelta(days=days - 1), today)
    wanted = Wanted(sort="trending", filters=filters or Filters(), picks=False, k=k, offset=offset)
    return feed(collection, stretch, now=now, zone=zone, wanted=wanted)


def opened(collection: Collection, cards: Sequence[Card], *, now: datetime) -> dict[str, Opened]:
    """The score of each card, by the id of its shown paper: as of ``now``, or of the newest event of any of them."""
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
    return {shown: Opened(trend, parts[shown], _terms(trend, parts[shown])) for shown, trend in best.items()}


def _terms(trend: Trend, parts: Parts) -> tuple[Term, ...]:
    age = parts.day - trend.listed
    terms = [
        Term("listed", parts.listing, f"1 on the day it was listed, {_days(age)} ago"),
        Term("expected", parts.expected, _expected(trend)),
        Term("votes", parts.votes, f"{WEIGHTS['votes']:g} for each, when it came"),
        Term("comments", parts.comments, f"{WEIGHTS['comments']:g} for each, when it came"),
        Term("saves", parts.saves, f"{WEIGHTS['saves']:g} for each reader who saved it, when they did"),
    ]
    return tuple(term for term in terms if term.worth or term.name in ("listed", "expected"))


def _expected(trend: Trend) -> str:
    votes = f"{trend.expected:.1f} vote{'' if f'{trend.expected:.1f}' == '1.0' else 's'}"
    if trend.text is not None:
        return f"its text lets expect {votes}, where a paper of which nothing is known has 1"
    if trend.around is not None:
        return f"{growing(trend)}, which counts as {votes}"
    return f"nothing is known of it yet, which counts as {votes}"


def growing(trend: Trend) -> str:
    """How a topic grows, in words; empty where that is not looked at."""
    if trend.around is None:
        return ""
    near, expected = trend.around
    papers = f"{near:.0f} paper{'' if round(near) == 1 else 's'}"
    return f"{papers} near this one in the week to its day, where its past lets expect {expected:.0f}"


def _days(age: float) -> str:
    return f"{age:.1f} day{'' if f'{age:.1f}' == '1.0' else 's'}"


def rule(half_life: float) -> str:
    """The rule in one sentence."""
    return f"Each part halves every {half_life:g} days from the moment it came; their sum is the interest that is left."


def origin(collection: Collection) -> str:
    """Where the guess comes from that speaks while a paper has no votes."""
    prior = fitting(collection)
    if prior is None:
        return (
            "What a paper is expected to be worth is how much its topic grows: days with votes, from which a text could"
            " be judged, have not been learned from yet."
        )
    return (
        f"What a text lets expect was learned on {said(prior.learned.date())} from {prior.papers:,} papers of "
        f"{prior.days:,} days, {said(prior.first)} to {said(prior.last)}: from what they were about, their words, and "
        f"the length of title and text.{agreement(prior)}"
    )


def agreement(prior: Prior) -> str:
    """How well a prior foretold days that it had not seen; empty when it could not be measured."""
    if prior.ridge.agreement is None:
        return ""
    return (
        " On days that it had not learned from, its order agreed with the votes by a Spearman of "
        f"{prior.ridge.agreement:.2f} (0 is chance, 1 the same order)."
    )
