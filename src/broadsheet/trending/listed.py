"""The verb trending: the papers of the last days, the highest score first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.trending.score import Parts, Trend, day_of
from broadsheet.trending.table import scores, trends


@dataclass(frozen=True, slots=True)
class Trending:
    """A paper, its trend, and the parts of its score now. ``rank`` counts from 1."""

    rank: int
    document: Document
    trend: Trend
    parts: Parts


def trending(collection: Collection, *, now: datetime, days: int = 7, k: int = 50) -> list[Trending]:
    """The k papers that trend most of those that stand on the last ``days`` days, best first, ties by id.

    What the editor has hidden is left out. UsageError for a number below 1.
    """
    if days < 1 or k < 1:
        raise UsageError(f"trending takes at least one day and one paper; got days={days}, k={k}")
    store, last = collection.store, now.date()
    numbers = store.on_days(last - timedelta(days=days - 1), last)
    decided = store.decided(numbers)
    found = scores(collection, [number for number in numbers if decided.get(number) != "hide"])
    ids = store.ids(list(found))
    best = sorted(ids, key=lambda number: (-found[number], ids[number]))[:k]
    papers, opened = store.by_numbers(best), trends(collection, best)
    return [
        Trending(rank, papers[number], opened[number], opened[number].parts(day_of(now)))
        for rank, number in enumerate((number for number in best if number in papers and number in opened), 1)
    ]
