"""Guesses and trends: what is known about papers on a day -> a Trend for each.

papers of the days -> their stored vectors -> what the prior predicts from vectors and words; without a prior, how much
their topic grows
the counts from their sources and the events of readers -> a Trend for each
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from broadsheet.collection import Collection
from broadsheet.space import Snapshot
from broadsheet.store.reactions import Happening
from broadsheet.store.trends import Subject
from broadsheet.trending.prior import Prior, current_prior, read
from broadsheet.trending.score import HALF_LIFE, PRIOR, WEIGHTS, Trend, acceleration, by_day, day_of

WINDOW, PAST = 7, 56  # days: what counts as new around a paper, and its past before that
_MOST = 20_000  # papers read from a window and from its past; of more, every n-th

Around = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Guess:
    """What stands in for votes: what the prior predicts from the text, or how much the topic grows and, ``around`` the
    paper, how many others of its week are near it and how many its past predicts. ``basis`` says what it was made
    from: a guess of another basis is out of date."""

    basis: str
    text: float | None = None
    topic: float | None = None
    around: Around | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """What guesses are made with now: a prior that fits the vectors, or (``space`` alone) the growth of topics."""

    space: Snapshot | None
    prior: Prior | None

    @property
    def basis(self) -> str:
        """The basis of a guess for a paper that has a vector."""
        rule = f"{HALF_LIFE:g} {PRIOR:g} {' '.join(f'{weight:g}' for weight in WEIGHTS.values())}"
        if self.space is None:
            return rule
        key = self.space.manifest.key
        return f"{rule} {key} " + (f"learned {self.prior.learned.isoformat()}" if self.prior else "topics")


def voice(collection: Collection) -> Voice:
    """Return what guesses are made with now."""
    space = collection.space.snapshot() if collection.space.ready else None
    return Voice(space, current_prior(collection) if space else None)


def guesses(collection: Collection, voice: Voice, papers: Sequence[Subject]) -> dict[int, Guess]:
    """Return a Guess for each of these papers. A paper without a vector gets an empty one, on an empty basis."""
    silent = {paper.number: Guess("" if voice.space else voice.basis) for paper in papers}
    if voice.space is None or not papers:
        return silent
    without = without_vectors(voice, list(silent))
    known = sorted((paper.day, paper.number) for paper in papers if paper.number not in without)
    if voice.prior:
        numbers = [number for _, number in known]
        values = voice.prior.ridge.guess(*read(collection, voice.space, numbers)).tolist()
        return silent | {number: Guess(voice.basis, text=value) for number, value in zip(numbers, values, strict=True)}
    days = [day for day, _ in known]
    for rows in by_day(days):
        silent |= _growth(collection, voice, days[rows[0]], [known[row][1] for row in rows])
    return silent


def _growth(collection: Collection, voice: Voice, day: date, numbers: Sequence[int]) -> dict[int, Guess]:
    """Topic acceleration of a day's papers as it was on that day, so that the score never changes with time."""
    assert voice.space is not None
    recent, past = windows(collection, day)
    recent = sorted({*recent, *numbers})
    measured = acceleration(*(voice.space.of(np.array(each, dtype=np.int64)) for each in (numbers, recent, past)))
    rows = zip(measured.growth.tolist(), measured.found.tolist(), measured.expected.tolist(), strict=True)
    return {
        number: Guess(voice.basis, topic=growth, around=(near, expected))
        for number, (growth, near, expected) in zip(numbers, rows, strict=True)
    }


def windows(collection: Collection, day: date) -> tuple[Sequence[int], Sequence[int]]:
    """Return the papers of the week up to a day, and those of the weeks before; of very many, every n-th."""
    begun = day - timedelta(days=WINDOW)
    recent = collection.store.days.between(begun + timedelta(days=1), day)
    past = collection.store.days.between(begun - timedelta(days=PAST - 1), begun)
    return _thin(recent), _thin(past)


def trend(paper: Subject, guess: Guess, events: Sequence[Happening], *, half_life: float = HALF_LIFE) -> Trend:
    """Return the Trend of a paper. Votes and comments that a source only counts are dated to the listing."""
    made = Trend(listed=day_of(paper.day), text=guess.text, topic=guess.topic, around=guess.around, half_life=half_life)
    made = made.with_event("votes", made.listed, paper.votes).with_event("comments", made.listed, paper.comments)
    for event in events:
        made = made.with_event(event.kind, day_of(event.at))
    return made


def by_paper(events: Sequence[Happening]) -> Mapping[int, list[Happening]]:
    """Group events by their paper's row number."""
    groups: dict[int, list[Happening]] = {}
    for event in events:
        groups.setdefault(event.number, []).append(event)
    return groups


def _thin(numbers: Sequence[int]) -> Sequence[int]:
    """At most _MOST of them, evenly spread."""
    return numbers[:: max(1, -(-len(numbers) // _MOST))]


def without_vectors(voice: Voice, numbers: Sequence[int]) -> frozenset[int]:
    """Find the papers that have no vector while others have one."""
    if voice.space is None:
        return frozenset()
    rows = np.array(numbers, dtype=np.int64)
    return frozenset(rows[voice.space.rows(rows) < 0].tolist())
