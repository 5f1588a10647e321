"""Which topics rise: more of the papers of the last days are in them than their own past predicts, beyond chance.

    expected = papers of the window * the topic's share of the twelve weeks before it
    growth ~ Gamma(SURENESS, SURENESS), a mean of 1;  papers ~ Poisson(growth * expected)
    score = the 10 % quantile of growth, given the papers: Gamma(SURENESS + papers, SURENESS + expected)

This is the shrinkage of DuMouchel (1999, "Bayesian data mining in large frequency tables") with one Gamma as the prior:
few papers prove little, whatever their ratio is. A topic rises when its score is above 1: then its growth is above what
its past predicts with a probability of 90 %. Shares are compared, so that a week with few papers at all, or with many,
changes nothing. Votes are shown and do not count: no public data say when a vote was cast, so that a rule with them
could not be checked, and the trend of each paper counts them already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import NormalDist

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.recent import Recent
from broadsheet.core.topic import Topic
from broadsheet.store.topics import Count
from broadsheet.topics import about

PAST = 84  # days before the window that a topic is compared with
SURENESS = 8.0  # how sure it is beforehand that a topic does not grow, in papers: see benchmarks/topics_rising.py
MOST_DAYS = 31
_LEAST_PAST, _LEAST_PAPERS = 28, 50  # days that the past must reach back, and papers in it, to say anything
_QUANTILE = NormalDist().inv_cdf(0.1)
_UNSEEN = 0.5  # papers that a topic is taken to have had beyond those that were counted
_MOST_REMEMBERED, _ROOM = 8, 16_000_000  # windows whose counts are remembered, and roughly their bytes
_Memory = Recent[tuple[date, int], tuple[tuple[object, ...], list[Count]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """A topic that rises: its papers in the window, how many its past predicts, the votes on those papers, at their
    sources and here, the score that it is ranked by, and ``why`` in a sentence."""

    topic: Topic
    recent: int
    expected: float
    votes: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Window:
    """The papers of each living topic in the last days and in the weeks before them, and of all that were placed."""

    recent: Counter[int]
    votes: Counter[int]
    past: Counter[int]
    papers: int
    earlier: int
    weeks: int


def rising(collection: Collection, *, now: datetime, days: int = 7, k: int = 10) -> list[Rising]:
    """Return the topics whose share of the last ``days`` days is above that of the weeks before, the surest first.

    A paper counts on the day that it is listed on, else on the one on which it was published. Empty where the past is
    too short to compare with, or nothing rises: see ``reason``. UsageError unless ``days`` is 1 to MOST_DAYS.
    """
    if k < 1:
        raise UsageError(f"k counts from 1; got {k}")
    window = _window(collection, now=now, days=days)
    if _too_little(window):
        return []
    known = {each.id: each for each in collection.store.topics.all() if each.level == "topic"}
    risen = []
    for topic in window.recent.keys() & known.keys():
        papers, predicted = window.recent[topic], expected(window, topic, len(known))
        score = surely(papers, predicted)
        if score > 1:
            risen.append(
                Rising(
                    topic=known[topic], recent=papers, expected=predicted, votes=window.votes[topic], score=score,
                    why=_why(papers, predicted, days, window.weeks),
                )
            )  # fmt: skip
    return sorted(risen, key=lambda each: (-each.score, each.topic.id))[:k]


def reason(collection: Collection, *, now: datetime, days: int = 7) -> str:
    """Say in a sentence why no topic rises in the last ``days`` days."""
    missing = about.reason(collection)
    if missing:
        return missing
    if _too_little(_window(collection, now=now, days=days)):
        return (
            f"It is too early to say which topics rise: this takes {_LEAST_PAPERS} papers with known days, from before "
            f"the last {_days(days)}, that reach back {_LEAST_PAST // 7} weeks or more."
        )
    return f"No topic has clearly more papers in the last {_days(days)} than its past predicts."


def surely(papers: int, predicted: float) -> float:
    """Return the growth that a topic is above with a probability of 90 %, by how many papers it has and how many its
    past predicts: the quantile of a Gamma distribution (Wilson and Hilferty 1931)."""
    shape, rate = SURENESS + papers, SURENESS + predicted
    root = 1 - 1 / (9 * shape) + _QUANTILE / (3 * sqrt(shape))
    return float(shape * max(0.0, root) ** 3 / rate)


def expected(window: Window, topic: int, topics: int) -> float:
    """Return how many papers the past of one of so many topics predicts for the window."""
    share = (window.past[topic] + _UNSEEN) / (window.earlier + _UNSEEN * topics)
    return window.papers * share


def counted(counts: Iterable[Count], homes: dict[int, int], first: date) -> Window:
    """Return the counts of days before and from ``first`` on by living topic; ``homes`` says which one holds each."""
    recent, votes, past, totals, earliest = Counter[int](), Counter[int](), Counter[int](), [0, 0], first.toordinal()
    for each in counts:
        new = each.day >= first.toordinal()
        totals[new] += each.papers
        earliest = min(earliest, each.day)
        topic = homes.get(each.topic or 0)
        if topic is not None:
            (recent if new else past)[topic] += each.papers
            votes[topic] += each.votes if new else 0
    return Window(recent, votes, past, totals[1], totals[0], round((first.toordinal() - earliest) / 7))


def _window(collection: Collection, *, now: datetime, days: int) -> Window:
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"topics rise over 1 to {MOST_DAYS} days; got {days}")
    today, topics = now.date(), collection.store.topics
    first = today - timedelta(days=days - 1)
    memory: _Memory = collection.memory("days of topics", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    state, known = topics.state(), memory.get((today, days))
    if known is None or known[0] != state:
        known = state, topics.by_day(first - timedelta(days=PAST), today)
        memory.keep((today, days), known, size=100 * len(known[1]))
    return counted(known[1], topics.homes(), first)


def _too_little(window: Window) -> bool:
    return window.weeks * 7 < _LEAST_PAST or window.earlier < _LEAST_PAPERS


def _why(papers: int, predicted: float, days: int, weeks: int) -> str:
    counted_ = f"{papers:,} paper{'' if papers == 1 else 's'} in {_days(days)}"
    return f"{counted_}; its past {weeks} weeks predict {predicted:.1f}."


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
