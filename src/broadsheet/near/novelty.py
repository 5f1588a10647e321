"""How new a paper is: how many papers of its kind were listed before its day, and which.

the papers listed in the days before -> those whose vectors are as near as the level of the Space -> each work once,
without copies of the paper, without papers that came late and papers on an estimated day -> a count with its evidence

Papers of one day are not earlier than one another. The level is the cosine one band above a strong match; what share of
such pairs is of one area is measured by ``./run.sh bench near novelty``. Novelty as a lack of density before: Markou
and Singh 2003, "Novelty detection: a review"; it describes, and does not predict what becomes of a paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.near.same import groups
from broadsheet.near.vectors import rows_of, snapshot_of
from broadsheet.space import Snapshot

DAYS, MOST_DAYS = 90, 3_650
SHOWN = 5
"""How many earlier papers are given as evidence."""
_MOST = 200  # earlier papers of one that are looked at; more count as so many
_FEW = 100  # papers before a day that are too few to call one the first
_HIGHEST = 0.95  # the highest level
_NO_SPACE = "There are no vectors yet: run `broadsheet sync`."
_NO_VECTOR = "It has no vector yet: run `broadsheet sync`."
_NO_DAY = "How new it is cannot be said: it is not listed on a day."
_ESTIMATED = "Its day is an estimate, so what came before it is not known."
_LATE = "It came after its day."
_NOTHING = "No paper is listed before its day."


@dataclass(frozen=True, slots=True)
class Earlier:
    """A paper of the same kind that was listed before: its day, and the cosine of both vectors."""

    document: Document
    day: date
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """How new a paper is on its ``day``: ``earlier`` holds the nearest of the ``count`` works of its kind that were
    listed in the ``days`` before, ``this_month`` counts those of its own month. ``among`` is how many papers were
    listed in these days, ``level`` the cosine from which a paper is of its kind. ``note`` says why nothing is known;
    all else is then empty."""

    day: date | None = None
    days: int = 0
    count: int = 0
    this_month: int = 0
    among: int = 0
    level: float = 0.0
    earlier: tuple[Earlier, ...] = ()
    note: str = ""

    @property
    def tells(self) -> bool:
        """Return whether it says something of the paper: enough others were listed before it, or some of its kind."""
        return not self.note and (self.count > 0 or self.among >= _FEW)

    @property
    def in_words(self) -> str:
        """Return it as a sentence, or the reason why nothing is known."""
        if self.note:
            return self.note
        papers = f"{self.among:,} paper{'' if self.among == 1 else 's'}"
        if not self.count and self.among < _FEW:
            return f"Of {papers} listed in {_days(self.days)} before it, none is of its kind: too few to say more."
        if not self.count:
            return f"First of its kind in {_days(self.days)}, among {papers}."
        more = "more than " if self.count >= _MOST else ""
        if self.this_month:
            nth = f"The {more}{ordinal(self.this_month + 1)} of its kind this month"
            return f"{nth}, the {more}{ordinal(self.count + 1)} in {_days(self.days)}, among {papers}."
        return f"The {more}{ordinal(self.count + 1)} of its kind in {_days(self.days)}, among {papers}."


def level_of(snapshot: Snapshot) -> float:
    """Return the cosine from which one paper is of the kind of another: one band above a strong match."""
    _, good, strong = snapshot.bands
    return min(_HIGHEST, 2 * strong - good)


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``11th`` ..."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def novelty(collection: Collection, papers: Iterable[Document], *, days: int = DAYS) -> dict[str, Novelty]:
    """Return how new each of these papers is among those listed in the ``days`` before its day, by id.

    A paper that is not stored is left out. UsageError for days outside 1 to 3,650.
    """
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"novelty looks at {days} days; expected 1 to {MOST_DAYS:,}")
    documents = {document.id: document for document in papers}
    numbers = collection.store.papers.numbers(list(documents))
    snapshot = snapshot_of(collection)
    found = {name: Novelty(note=_why_not(documents[name])) for name in numbers}
    asked: dict[date, list[str]] = defaultdict(list)
    for name in numbers:
        if snapshot is None:
            found[name] = Novelty(note=_NO_SPACE)
        elif not found[name].note and (day := documents[name].day):
            asked[day].append(name)
    for day, names in asked.items():
        if snapshot is None:
            break
        try:
            found |= _of_day(_Window(collection, snapshot, day, days), {name: numbers[name] for name in names})
        except CollectionError as error:  # vectors turn out to be damaged
            found |= {name: Novelty(note=str(error)) for name in names}
    return found


def _why_not(document: Document) -> str:
    if document.day is None:
        return _NO_DAY
    if document.on_estimate:
        return _LATE if document.is_late else _ESTIMATED
    return ""


class _Window:
    """The papers listed in the days before one day."""

    def __init__(self, collection: Collection, snapshot: Snapshot, day: date, days: int) -> None:
        self.collection, self.snapshot, self.day = collection, snapshot, day
        first = collection.store.days.after(date.min)
        begin = date.fromordinal(max(1, day.toordinal() - days))
        self.days = (day - max(begin, first)).days if first and first < day else 0
        listed = collection.store.days.between(begin, day - timedelta(days=1)) if self.days else []
        self.numbers = np.array(listed, dtype=np.int64)
        self.level = level_of(snapshot)

    def near(self, vector: Vectors) -> list[tuple[int, float]]:
        """Return the papers of its kind of a unit vector (dim,) with their cosines, the nearest first, 200 at most.
        It is empty for a vector that is not a number."""
        if not len(self.numbers) or not np.isfinite(vector).all():
            return []
        numbers, cosines = self.snapshot.search(vector, _MOST, allowed=self.numbers)
        near = cosines >= self.level
        return list(zip(numbers[near].tolist(), cosines[near].tolist(), strict=True))


def _of_day(window: _Window, numbers: Mapping[str, int]) -> dict[str, Novelty]:
    """How new papers of one day are, by id."""
    vectors = rows_of(window.snapshot, list(numbers.values()))
    near = [window.near(vector) for vector in vectors]
    every = sorted({number for each in near for number, _ in each})
    stated = window.collection.store.days.stated(every)
    known = _Known(window, every)
    found = {}
    for (name, number), vector, each in zip(numbers.items(), vectors, near, strict=True):
        if not np.isfinite(vector).all():
            found[name] = Novelty(note=_NO_VECTOR)
        elif not window.days:
            found[name] = Novelty(note=_NOTHING)
        else:
            found[name] = known.told(number, [pair for pair in each if pair[0] in stated])
    return found


class _Known:
    """What is known of the papers that may be evidence."""

    def __init__(self, window: _Window, numbers: Sequence[int]) -> None:
        self._window = window
        self._days = {row.number: row.day for row in window.collection.store.days.placements(numbers)}

    def told(self, number: int, near: Sequence[tuple[int, float]]) -> Novelty:
        """Return how new one paper is, given the papers near it."""
        window = self._window
        single = _each_work_once(window.collection, number, near)
        days = [day for other, _ in single if (day := self._days.get(other))]
        month = sum((day.year, day.month) == (window.day.year, window.day.month) for day in days)
        documents = window.collection.store.papers.by_numbers([other for other, _ in single[:SHOWN]])
        earlier = tuple(
            Earlier(documents[other], day, cosine)
            for other, cosine in single[:SHOWN]
            if other in documents and (day := self._days.get(other))
        )
        return Novelty(day=window.day, days=window.days, count=len(single), this_month=month,
                       among=len(window.numbers), level=window.level, earlier=earlier)  # fmt: skip


def _each_work_once(collection: Collection, number: int, near: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The papers near one, without copies of it, and of each other work the nearest alone."""
    if not near:
        return []
    works = groups(collection, [number, *(other for other, _ in near)])
    copies = {other for work in works for other, _ in work[1:]}
    return [pair for pair in near if pair[0] not in copies]


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
