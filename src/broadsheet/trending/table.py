"""The table of scores: the Store holds those of the last days, an act changes one row, and a look writes nothing.

fresh: document, basis of the guess, and what readers did are the ones that the row was computed from
look: take the fresh rows as they are; compute the others and remember them in this process, without writing
keep: write the rows of the last days that are missing or stale, or whose topic's week changed; in short transactions
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp2, inf

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.store.trends import StoredTrend, Subject
from broadsheet.trending.guess import Guess, Voice, by_paper, guesses, trend, voice, windows, without_vectors
from broadsheet.trending.prior import learn, why_not_due
from broadsheet.trending.score import Counter, Trend

DAYS = 45  # days whose scores are kept
_MOST_REMEMBERED = 20_000
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class _Row:
    """A score, and what it was computed from: ``sequence`` of the document, ``basis`` of the guess, ``heard`` of
    readers. ``week`` is how many papers were near in time when a topic was looked at."""

    sequence: int
    score: float
    basis: str
    heard: str
    trend: Trend
    week: str = ""


def scores(collection: Collection, numbers: Sequence[int]) -> dict[int, float]:
    """Return the score of each of these papers that is listed on a day: stored where it is fresh, else computed."""
    look = _Look(collection, numbers)
    fresh = {row.number: row.score for row in look.stored if row.score is not None and look.holds(row.number, row)}
    return fresh | {number: row.score for number, row in look.computed(look.sequences.keys() - fresh.keys()).items()}


def trends(collection: Collection, numbers: Sequence[int]) -> dict[int, Trend]:
    """Return the Trend of each of these papers that is listed on a day. Without a synced Space only counts matter."""
    look = _Look(collection, numbers)
    bodies = collection.store.trends.bodies([row.number for row in look.stored if look.holds(row.number, row)])
    fresh = {number: _trend_of(body) for number, body in bodies.items()}
    return fresh | {number: row.trend for number, row in look.computed(look.sequences.keys() - fresh.keys()).items()}


def interest(collection: Collection, numbers: Sequence[int]) -> dict[int, float]:
    """Return the interest that each of these papers has gathered, whenever it came, in votes (> 0); papers listed on no
    day are left out. A past week is ranked by it, for there the newest need not be the best."""
    store, known = collection.store, trends(collection, numbers)
    guessed = {number: Guess("", each.text, each.topic) for number, each in known.items()}
    events = by_paper(store.reactions.happenings(list(known)))
    whole = (
        (paper.number, trend(paper, guessed[paper.number], events.get(paper.number, ()), half_life=inf))
        for paper in store.trends.subjects(list(known))
    )
    return {number: exp2(each.score) for number, each in whole}


def touch(collection: Collection, numbers: Sequence[int]) -> None:
    """Update the scores of papers after an act of a reader (a vote, a comment, a save, or taking one back).

    Costs as many steps as these papers have events, where their guesses are stored already.
    """
    look = _Look(collection, numbers)
    _write(collection, look.computed([row.number for row in look.stored if not look.holds(row.number, row)]))


def keep(collection: Collection, *, now: datetime, days: int = DAYS) -> int:
    """Compute and store the scores of the papers of the last ``days`` days that are missing or no longer fresh.

    Return how many were. A run that is killed has written a part; the next one goes on from there.
    """
    last = now.date() + timedelta(days=1)  # it is tomorrow somewhere
    written = 0
    for back in range(days + 1):
        day = last - timedelta(days=back)
        numbers = collection.store.days.between(day, day)
        for start in range(0, len(numbers), _BATCH):
            written += _keep(collection, day, numbers[start : start + _BATCH])
    return written


def tend(collection: Collection, *, now: datetime) -> str:
    """Learn when it is time to, then store scores; return in words what was done, or why nothing was learned."""
    summary = why_not_due(collection, now=now)
    if not summary:
        try:
            made = learn(collection, now=now)
            summary = f"learned from {made.papers:,} papers of {made.days:,} days, {made.first} to {made.last}"
        except UsageError as error:  # a young Collection is not a failure
            summary = f"nothing to learn from yet: {error}"
    written = keep(collection, now=now)
    return f"{summary}; {written:,} score{'' if written == 1 else 's'} updated"


def _keep(collection: Collection, day: date, numbers: Sequence[int]) -> int:
    look = _Look(collection, numbers)
    week = _week(collection, look.voice, day)
    bodies = collection.store.trends.bodies([row.number for row in look.stored if look.holds(row.number, row)])
    fresh = {number for number, body in bodies.items() if json.loads(body)["week"] == week}
    rows = look.computed(look.sequences.keys() - fresh, anew=True, week=week)
    _write(collection, rows)
    return len(rows)


def _week(collection: Collection, voice: Voice, day: date) -> str:
    """How many papers a topic's growth on a day is counted from, as text; empty while there is a prior."""
    if voice.space is None or voice.prior is not None:
        return ""
    return " ".join(
        str(int((voice.space.rows(np.array(each, dtype=np.int64)) >= 0).sum())) for each in windows(collection, day)
    )


def _memory(collection: Collection) -> dict[int, _Row]:
    """Rows that were computed and are not stored, by paper."""
    return collection.memory("trending", dict[int, _Row])


class _Look:
    """Papers at one moment: their change numbers, their stored rows, how guesses are made, what readers did."""

    def __init__(self, collection: Collection, numbers: Sequence[int]) -> None:
        store = collection.store
        self.collection = collection
        self.voice = voice(collection)
        self.heard = store.trends.heard(numbers)
        self.stored = store.trends.rows(numbers)
        self.sequences = {row.number: row.sequence for row in self.stored}
        self.basis = self.voice.basis
        self.silent = without_vectors(self.voice, list(self.sequences))

    def holds(self, number: int, row: StoredTrend | _Row) -> bool:
        """Whether a row is still what would be computed."""
        return (
            row.sequence == self.sequences.get(number)
            and row.basis == ("" if number in self.silent else self.basis)
            and row.heard == self.heard.get(number, "")
        )

    def computed(self, numbers: Iterable[int], *, anew: bool = False, week: str = "") -> dict[int, _Row]:
        """Rows of these papers: remembered, or made from stored guesses, or (``anew``) from new ones."""
        memory = _memory(self.collection)
        rows = list(numbers)
        known = {} if anew else {n: row for n in rows if (row := memory.get(n)) and self.holds(n, row)}
        made = self._made([n for n in rows if n not in known], anew=anew, week=week)
        if not anew:  # what is about to be written need not be remembered
            if len(memory) + len(made) > _MOST_REMEMBERED:
                memory.clear()
            memory |= made
        return known | made

    def _made(self, numbers: Sequence[int], *, anew: bool, week: str) -> dict[int, _Row]:
        store = self.collection.store
        papers = store.trends.subjects(numbers) if numbers else []
        stored = {} if anew else self._guessed()
        new = guesses(self.collection, self.voice, [paper for paper in papers if paper.number not in stored])
        events = by_paper(store.reactions.happenings([n for n in numbers if n in self.heard]))
        return {
            paper.number: self._row(paper, trend(paper, guess, events.get(paper.number, ())), guess.basis, week)
            for paper in papers
            for guess in [new.get(paper.number) or stored[paper.number]]
        }

    def _row(self, paper: Subject, made: Trend, basis: str, week: str) -> _Row:
        heard = self.heard.get(paper.number, "")
        return _Row(paper.sequence, made.score, basis, heard, made, week)

    def _guessed(self) -> dict[int, Guess]:
        """Stored guesses that still hold, whatever readers did since."""
        held = [row.number for row in self.stored if row.basis == self.basis and not self.holds(row.number, row)]
        trends_ = {number: _trend_of(body) for number, body in self.collection.store.trends.bodies(held).items()}
        return {number: Guess(self.basis, known.text, known.topic, known.around) for number, known in trends_.items()}


def _write(collection: Collection, rows: Mapping[int, _Row]) -> None:
    store = collection.store
    store.trends.put([(number, row.sequence, row.score, _body(row)) for number, row in rows.items()])


def _body(row: _Row) -> str:
    kinds = {"votes": row.trend.votes, "comments": row.trend.comments, "saves": row.trend.saves}
    values = {
        "basis": row.basis, "heard": row.heard, "week": row.week, "listed": row.trend.listed, "text": row.trend.text,
        "topic": row.trend.topic, "around": row.trend.around,
    }  # fmt: skip
    values |= {kind: [counter.value, counter.at] for kind, counter in kinds.items()}
    return json.dumps(values, separators=(",", ":"))


def _trend_of(body: str) -> Trend:
    values = json.loads(body)
    around = values["around"]
    return Trend(
        listed=values["listed"],
        text=values["text"],
        topic=values["topic"],
        around=(around[0], around[1]) if around else None,
        votes=Counter(*values["votes"]),
        comments=Counter(*values["comments"]),
        saves=Counter(*values["saves"]),
    )
