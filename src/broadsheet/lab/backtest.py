"""The task ``trending``: each past day's list is ranked as if its votes did not exist yet, then compared with them.

days with votes -> leave out, and count, days with fewer than five papers or with equal votes
for each of the last months: learn from the days before it -> for each of its days: every method ranks the list
each ranking against the recorded votes: Spearman, precision of the first three -> means, intervals, differences
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Difference, bootstrap, difference, spearman, top_precision
from broadsheet.core.protocols import Encoder, Progress, Vectors
from broadsheet.core.types import Document
from broadsheet.lab.facts import listing_facts
from broadsheet.trending.score import Floats, acceleration, by_day, train
from broadsheet.trending.wording import lengths, words

METHODS = ("text", "text+facts", "acceleration")
BASELINES = ("random", "newest published", "earliest listed")
MEASURES = ("Spearman", "P@3")
LEAST = 5  # papers of a day
WINDOW, PAST = 7, 56  # days of acceleration: what counts as new, and its past before that
_DRAWS = 100  # random orders of a day, averaged
_AT_ONCE = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The mean of a ``measure`` over the tested days with its 95 % bootstrap interval; ``above``: how far it is above
    each baseline on the same days (empty for a baseline)."""

    method: str
    measure: str
    value: float
    low: float
    high: float
    above: Mapping[str, Difference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Rows, and what they are about: tested ``days`` from ``first`` to ``last`` with so many ``papers``, days of the
    same span that were ``left_out``, and the number of earlier days that were ``learned`` from."""

    rows: tuple[Row, ...]
    first: date
    last: date
    days: int
    papers: int
    left_out: int
    learned: int

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Days:
    """The tested ``days`` in order, with so many ``papers``; ``values`` of each (method, measure) in that order; and
    what a Backtest says about them."""

    days: tuple[date, ...]
    values: Mapping[tuple[str, str], Sequence[float]]
    papers: int
    left_out: int
    learned: int


def backtest(
    documents: Sequence[Document],
    encoder: Encoder,
    *,
    months: int = 3,
    progress: Progress | None = None,
    seed: int = 0,
) -> Backtest:
    """Measure the days as ``measure_days`` does, and return means, intervals and differences."""
    found = measure_days(documents, encoder, months=months, progress=progress, seed=seed)
    return Backtest(
        rows=tuple(_rows(found.values, seed)), first=found.days[0], last=found.days[-1], days=len(found.days),
        papers=found.papers, left_out=found.left_out, learned=found.learned,
    )  # fmt: skip


def measure_days(
    documents: Sequence[Document],
    encoder: Encoder,
    *,
    months: int = 3,
    progress: Progress | None = None,
    seed: int = 0,
) -> Days:
    """Measure how well each method predicts the votes of the last ``months`` calendar months of listed ``documents``.

    Documents without a day or votes are skipped. ``progress`` counts the texts encoded. UsageError without days to test
    or days to learn from.
    """
    papers = sorted((d for d in documents if d.day and d.votes is not None), key=lambda d: (str(d.day), d.id))
    days = [paper.day for paper in papers if paper.day]
    spans = sorted({(day.year, day.month) for day in days})
    if len(spans) <= months:
        raise UsageError(
            f"trending needs listed papers with votes in more than {months} months; there are {len(papers):,} papers "
            f"in {len(spans)} months. Ingest past days, or set BROADSHEET_DATA to the folder of the test sets"
        )
    past = _Past(papers, days, _encode(papers, encoder, progress))
    values: dict[tuple[str, str], list[float]] = {}
    tested: list[np.ndarray] = []
    left_out = 0
    for span in spans[-months:]:
        groups = [rows for rows in past.groups if (days[rows[0]].year, days[rows[0]].month) == span]
        whole = [rows for rows in groups if len(rows) >= LEAST and np.ptp(past.votes[rows]) > 0]
        left_out += len(groups) - len(whole)
        tested += whole
        _hold(past, groups[0][0], whole, values, seed)
    begun = next(row for row, day in enumerate(days) if (day.year, day.month) == spans[-months])
    if not tested:
        raise UsageError(f"no day of the last {months} months has {LEAST} papers with different votes")
    return Days(
        days=tuple(days[rows[0]] for rows in tested),
        values=values,
        papers=sum(len(rows) for rows in tested),
        left_out=left_out,
        learned=len(set(days[:begun])),
    )


def of_collection(collection: Collection) -> list[Document]:
    """Find the papers of a Collection that are listed on a day and have votes."""
    numbers = collection.store.days.between(date.min, date.max)
    parts = (
        collection.store.papers.by_numbers(numbers[start : start + 1_000]) for start in range(0, len(numbers), 1_000)
    )
    return [paper for part in parts for paper in part.values() if paper.votes is not None]


class _Past:
    """All that is known about the papers, in the order of days."""

    def __init__(self, papers: Sequence[Document], days: Sequence[date], vectors: Vectors) -> None:
        self.papers, self.days, self.vectors = papers, days, vectors
        self.groups = by_day(days)
        self.votes: Floats = np.array([paper.votes for paper in papers], dtype=np.float64)
        self.facts = listing_facts(papers, self.votes, days)
        self.words = [words(paper.content) for paper in papers]
        self.lengths = lengths([paper.shown_title for paper in papers], [paper.shown_text for paper in papers])
        self.ordinals = np.array([day.toordinal() for day in days])
        self.published = [_published(paper) for paper in papers]
        self.listed = [_listed(paper) for paper in papers]


def _hold(
    past: _Past, before: int, groups: Sequence[np.ndarray], values: dict[tuple[str, str], list[float]], seed: int
) -> None:
    """Rank the days ``groups`` with what the rows ``before`` them taught, and note every measure."""
    written = np.hstack([past.vectors, past.lengths])
    both = np.hstack([past.vectors, _alike(past.facts, before)])  # the lengths are among the facts
    text = train(written[:before], past.votes[:before], past.days[:before], papers=past.words[:before])
    known = train(both[:before], past.votes[:before], past.days[:before])
    for rows in groups:
        guesses = {
            "text": text.order(written[rows], [past.words[row] for row in rows]),
            "text+facts": known.order(both[rows]),
            "acceleration": _acceleration(past, rows),
            "newest published": _places([past.published[row] for row in rows]),
            "earliest listed": -_places([past.listed[row] for row in rows]),
        }
        for method, guess in guesses.items():
            _keep(values, method, _measure(guess, past.votes[rows]))
        _keep(values, "random", _by_chance(past.votes[rows], seed + int(rows[0])))


def _keep(values: dict[tuple[str, str], list[float]], method: str, found: Sequence[float]) -> None:
    for measure, value in zip(MEASURES, found, strict=True):
        values.setdefault((method, measure), []).append(value)


def _measure(guess: Floats, votes: Floats) -> tuple[float, float]:
    return spearman(guess, votes), top_precision(guess, votes, 3)


def _by_chance(votes: Floats, seed: int) -> Sequence[float]:
    random = np.random.default_rng(seed)
    return np.mean([_measure(random.random(len(votes)), votes) for _ in range(_DRAWS)], axis=0).tolist()  # type: ignore[no-any-return]


def _acceleration(past: _Past, rows: np.ndarray) -> Floats:
    """Topic acceleration on the day of ``rows``, from what was listed until then."""
    today = past.ordinals[rows[0]]
    recent = (past.ordinals > today - WINDOW) & (past.ordinals <= today)
    before = (past.ordinals > today - WINDOW - PAST) & (past.ordinals <= today - WINDOW)
    return acceleration(past.vectors[rows], past.vectors[recent], past.vectors[before]).growth


def _alike(facts: Floats, before: int) -> Floats:
    """Facts brought to one scale, measured on the rows to learn from."""
    spread = facts[:before].std(axis=0)
    return np.asarray((facts - facts[:before].mean(axis=0)) / np.where(spread > 0, spread, 1))


def _published(paper: Document) -> tuple[str, str]:
    """The day it was submitted, then its identifier: arXiv numbers papers in the order they come."""
    return str(paper.submitted or paper.day), paper.id


def _listed(paper: Document) -> str:
    """When a daily list added it, as precisely as the source says."""
    return str(paper.extra.get("submitted") or paper.day)


def _places(keys: Sequence[Any]) -> Floats:
    """The place of each key in sorted order, equal keys alike."""
    order = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([order[key] for key in keys], dtype=np.float64)


def _encode(papers: Sequence[Document], encoder: Encoder, progress: Progress | None) -> Vectors:
    parts = []
    for start in range(0, len(papers), _AT_ONCE):
        parts.append(encoder.encode([paper.content for paper in papers[start : start + _AT_ONCE]], role="document"))
        if progress:
            progress(min(start + _AT_ONCE, len(papers)), len(papers))
    return np.concatenate(parts)


def _rows(values: Mapping[tuple[str, str], Sequence[float]], seed: int) -> list[Row]:
    rows = []
    for measure in MEASURES:
        for method in (*METHODS, *BASELINES):
            own = values[method, measure]
            low, high = bootstrap(own, seed=seed)
            above = {name: difference(own, values[name, measure], seed=seed) for name in BASELINES}
            rows.append(
                Row(method=method, measure=measure, value=float(np.mean(own)), low=low, high=high,
                    above=above if method in METHODS else {})
            )  # fmt: skip
    return rows
