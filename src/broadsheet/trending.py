"""Trending: the listed papers of some days by a score that opens to its parts.

papers of the days -> their stored vectors -> what the prior reads in them, or without one how much their topic grows
the counts of their sources and the events of readers -> a Trend each -> the highest score first
learn: days that have had their votes, and the stored vectors -> a prior, kept in the Store with where it came from
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from broadsheet.collection import Collection
from broadsheet.errors import UsageError
from broadsheet.space import Snapshot
from broadsheet.trend import Kind, Parts, Ridge, Trend, by_day, day_of, rising, train
from broadsheet.types import Document
from broadsheet.vectors import Rows

WINDOW, PAST = 7, 56  # days: what counts as new around a paper, and its past before that
SETTLED = 3  # days after which the votes of a day are learned from
ENOUGH = 20  # days with votes that a prior needs
_FACT = "trending.prior"
_MOST = 20_000  # papers of a window, and of its past, that are looked at: evenly many of more
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Event:
    """A vote, a comment or a save of a reader; ``count`` is -1 when it is taken back."""

    kind: Kind
    at: datetime
    count: int = 1


@dataclass(frozen=True, slots=True)
class Trending:
    """A paper, its trend, and the parts of its score now. ``rank`` counts from 1."""

    rank: int
    document: Document
    trend: Trend
    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A ridge on stored vectors, and where it came from: the key of their manifest, the days from ``first`` to
    ``last``, how many papers, and when."""

    ridge: Ridge
    manifest: str
    first: date
    last: date
    days: int
    papers: int
    learned: datetime


Events = Mapping[str, Sequence[Event]]


def trending(
    collection: Collection, *, now: datetime, days: int = 7, k: int = 50, events: Events | None = None
) -> list[Trending]:
    """The k papers that trend most of those that stand on the last ``days`` days, best first, ties by id.

    ``events`` are those of readers by document id, in any order. UsageError for a number below 1.
    """
    if days < 1 or k < 1:
        raise UsageError(f"trending takes at least one day and one paper; got days={days}, k={k}")
    last = now.date()
    found = trends(collection, collection.store.on_days(last - timedelta(days=days - 1), last), events=events)
    best = sorted(found.items(), key=lambda each: (-each[1][1].score, each[1][0]))[:k]
    papers = collection.store.by_numbers([number for number, _ in best])
    return [
        Trending(rank, papers[number], trend, trend.parts(day_of(now)))
        for rank, (number, (_, trend)) in enumerate(best, 1)
        if number in papers
    ]


def trends(
    collection: Collection, numbers: Sequence[int], *, events: Events | None = None
) -> dict[int, tuple[str, Trend]]:
    """The id and the Trend of each of these row numbers that stands on a day.

    Votes and comments that a source only counts stand at the listing. Without a synced Space only counts speak.
    """
    papers = {number: paper for number, paper in _documents(collection, numbers).items() if paper.day}
    texts, topics = _guesses(collection, papers)
    found = {}
    for number, paper in papers.items():
        trend = Trend(listed=day_of(paper.day or date.min), text=texts.get(number), topic=topics.get(number))
        trend = trend.with_event("votes", trend.listed, paper.votes or 0)
        trend = trend.with_event("comments", trend.listed, paper.comments or 0)
        for event in (events or {}).get(paper.id, ()):
            trend = trend.with_event(event.kind, day_of(event.at), event.count)
        found[number] = paper.id, trend
    return found


def learn(collection: Collection, *, now: datetime) -> Prior:
    """Train the prior on the Collection's days that have had their votes, and keep it in the Store.

    UsageError when there are fewer than ENOUGH such days; CollectionError without a synced Space.
    """
    space = collection.space.snapshot()
    settled = now.date() - timedelta(days=SETTLED)
    listed = [
        (paper.day, number, float(paper.votes))
        for number, paper in _documents(collection, collection.store.on_days(date.min, settled)).items()
        if paper.day and paper.votes is not None
    ]
    placed = _placed(space, [number for _, number, _ in listed])
    rows = sorted(row for row, place in zip(listed, placed, strict=True) if place >= 0)
    days = [day for day, _, _ in rows]
    if len(set(days)) < ENOUGH:
        raise UsageError(
            f"a prior needs {ENOUGH} days with votes, older than {SETTLED} days and synced; there are {len(set(days))}"
        )
    vectors = space.of(np.array([number for _, number, _ in rows]))
    ridge = train(vectors, np.array([votes for _, _, votes in rows]), days)
    prior = Prior(ridge=ridge, manifest=space.manifest.key, first=days[0], last=days[-1], days=len(set(days)),
                  papers=len(rows), learned=now)  # fmt: skip
    collection.store.set_fact(_FACT, _to_json(prior))
    return prior


def prior(collection: Collection) -> Prior | None:
    """The prior that was learned last, or None; not whether it fits the Space of today."""
    kept = collection.store.facts(_FACT)
    return None if kept is None else _from_json(kept)


def _to_json(prior: Prior) -> dict[str, object]:
    ridge = prior.ridge
    return {
        "mean": ridge.mean.tolist(), "weights": ridge.weights.tolist(), "scale": ridge.scale, "penalty": ridge.penalty,
        "manifest": prior.manifest, "first": prior.first.isoformat(), "last": prior.last.isoformat(),
        "days": prior.days, "papers": prior.papers, "learned": prior.learned.isoformat(),
    }  # fmt: skip


def _from_json(kept: Mapping[str, object]) -> Prior:
    facts = dict(kept)
    ridge = Ridge(np.array(facts["mean"]), np.array(facts["weights"]), float(str(facts["scale"])),
                  float(str(facts["penalty"])))  # fmt: skip
    return Prior(
        ridge=ridge,
        manifest=str(facts["manifest"]),
        first=date.fromisoformat(str(facts["first"])),
        last=date.fromisoformat(str(facts["last"])),
        days=int(str(facts["days"])),
        papers=int(str(facts["papers"])),
        learned=datetime.fromisoformat(str(facts["learned"])),
    )


def _documents(collection: Collection, numbers: Sequence[int]) -> dict[int, Document]:
    found: dict[int, Document] = {}
    for start in range(0, len(numbers), _BATCH):
        found |= collection.store.by_numbers(numbers[start : start + _BATCH])
    return found


def _guesses(collection: Collection, papers: Mapping[int, Document]) -> tuple[dict[int, float], dict[int, float]]:
    """What the prior reads in the papers that have a vector; without a prior for it, how much their topics grow."""
    if not papers or not collection.space.exists:
        return {}, {}
    space = collection.space.snapshot()
    known = sorted((paper.day, number) for number, paper in papers.items() if paper.day)
    placed = _placed(space, [number for _, number in known])
    known = [each for each, place in zip(known, placed, strict=True) if place >= 0]
    numbers, days = [number for _, number in known], [day for day, _ in known]
    learned = prior(collection)
    if learned and learned.manifest == space.manifest.key:
        return dict(zip(numbers, learned.ridge.guess(space.of(np.array(numbers))).tolist(), strict=True)), {}
    growth = [_growth(collection, space, days[rows[0]], [numbers[row] for row in rows]) for rows in by_day(days)]
    return {}, {number: value for each in growth for number, value in each.items()}


def _growth(collection: Collection, space: Snapshot, day: date, numbers: Sequence[int]) -> dict[int, float]:
    """Topic acceleration of the papers of a day as it was on that day, so that the score never changes with time."""
    begun = day - timedelta(days=WINDOW)
    recent = sorted({*_thinned(collection.store.on_days(begun + timedelta(days=1), day)), *numbers})
    past = _thinned(collection.store.on_days(begun - timedelta(days=PAST - 1), begun))
    found = rising(space.of(np.array(numbers)), space.of(np.array(recent)), space.of(np.array(past, dtype=np.int64)))
    return dict(zip(numbers, found.growth.tolist(), strict=True))


def _thinned(numbers: Sequence[int]) -> Sequence[int]:
    """At most _MOST of them, evenly."""
    return numbers[:: max(1, -(-len(numbers) // _MOST))]


def _placed(space: Snapshot, numbers: Sequence[int]) -> Rows:
    return space.rows(np.array(numbers, dtype=np.int64))
