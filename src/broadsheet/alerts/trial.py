"""A trial of an alert on the past, before it is created: how many papers a day it would have sent, and which.

the newest days that have papers -> match the alert, the same one step stricter and looser, and at each word for a
minimum, with all of their papers
the papers just above and just below the minimum -> what the reader gains and loses by another one
the same by the bands of cosines, as words were read before they meant probabilities -> what changes for the reader
a paper that was listed on an earlier day already, by another source, is not sent again
-> papers a day, silent days, the last ten
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import Hit, Prepared, explain, gather, prepare
from broadsheet.alerts.scale import by_bands
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.query import ask
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import LEVELS, Result, Results, Strength
from broadsheet.daily.copies import works_of

MOST_DAYS = 366
SHOWN = 10
BORDER = 3  # papers on either side of the minimum
FEW = 7  # days: a rate from fewer is a guess
_STEP = 0.05  # of a minimum that is a number
_SPARE = 9  # papers on either side that are looked at besides: some were listed before
_BLOCK = 32_768  # papers matched at once: 50 MB of vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a ``minimum`` would have sent: how many ``papers`` in how many ``days`` with papers, how many days
    silent."""

    minimum: Strength | float
    days: int
    papers: int
    silent: int

    @property
    def a_day(self) -> float:
        """Papers a day, over the days that had papers; 0 without any."""
        return self.papers / self.days if self.days else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an alert would have sent: its ``rate`` on the days from ``first`` to ``last`` that had papers (``looked`` at
    so many), the rates one step ``stricter`` and ``looser`` (None at an end of the scale), and the ``newest`` papers,
    newest day first, best first within a day. ``before`` is what a minimum in a word would have sent when words were
    bands of cosines (None for a cosine, which means what it meant), and ``shared`` how many of its papers are still
    sent. ``rates`` are those of the words fair, good and strong. ``above`` are the papers just above the minimum and
    ``below`` those just below it, the nearest to it first. ``note`` says why the numbers may mislead; mostly it is
    empty."""

    alert: Alert
    rate: Rate
    stricter: Rate | None
    looser: Rate | None
    newest: Results
    looked: int
    first: date | None = None
    last: date | None = None
    note: str = ""
    before: Rate | None = None
    shared: int = 0
    rates: tuple[Rate, ...] = ()
    above: tuple[Result, ...] = ()
    below: tuple[Result, ...] = ()


def try_alert(
    collection: Collection, alert: Alert, *, now: datetime, days: int = 30, zone: tzinfo | None = None
) -> Trial:
    """Try an alert: find what it would have sent on the newest ``days`` days that have papers, up to the reader's
    today.

    UsageError unless ``days`` is 1 to MOST_DAYS; ModelError and CollectionError as ``prepare``.
    """
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"an alert can be tried on 1 to {MOST_DAYS} days; got {days}")
    past = collection.store.days.newest(now.astimezone(zone).date(), days)
    day = dict(past)
    steps, words = _steps(alert), [replace(alert, minimum=level) for level in LEVELS]
    every = list(dict.fromkeys((alert, *steps, *words)))
    looked = _looked(collection, prepare(collection, every), list(day))
    rates = {step: _rate(step.minimum, hits, day) for step, hits in zip(every, looked.hits, strict=True)}
    before, shared = _before(collection, alert, day, looked.hits[0])
    newest = sorted(looked.hits[0], key=lambda hit: (-day[hit.number].toordinal(), hit.order))[:SHOWN]
    return Trial(
        alert=alert,
        rate=rates[alert],
        stricter=rates[steps[2]] if steps[2] != alert else None,
        looser=rates[steps[0]] if steps[0] != alert else None,
        newest=explain(collection, alert, newest),
        looked=len(past),
        first=past[0][1] if past else None,
        last=past[-1][1] if past else None,
        note=_note(days, len(set(day.values())), len(past), looked.placed) or _unknown_topics(collection, alert),
        before=before,
        shared=shared,
        rates=tuple(rates[each] for each in words),
        above=explain(collection, alert, looked.above[:BORDER]).items,
        below=explain(collection, alert, looked.below[:BORDER]).items,
    )


def _steps(alert: Alert) -> list[Alert]:
    """One step looser, as given, one step stricter; at an end of the scale the same again."""
    if isinstance(alert.minimum, str):
        at = LEVELS.index(alert.minimum)
        around: list[Strength | float] = [LEVELS[max(0, at - 1)], alert.minimum, LEVELS[min(2, at + 1)]]
    else:
        around = [alert.minimum + step for step in (-_STEP, 0, _STEP)]
    return [replace(alert, minimum=each if _possible(each) else alert.minimum) for each in around]


def _possible(minimum: Strength | float) -> bool:
    return isinstance(minimum, str) or 0 < minimum <= 1


def _before(
    collection: Collection, alert: Alert, day: Mapping[int, date], sent: Sequence[Hit]
) -> tuple[Rate | None, int]:
    """What the word would have sent as a band of cosines, and how many of these papers are ``sent``."""
    if not isinstance(alert.minimum, str) or alert.papers:
        return None, 0
    (before,) = _looked(collection, prepare(collection, [alert], measure=by_bands), list(day)).hits
    shared = {hit.number for hit in before} & {hit.number for hit in sent}
    return _rate(alert.minimum, before, day), len(shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What each alert would have sent of many papers (``hits``), what is just ``above`` and ``below`` the minimum of
    the first, the nearest to it first, and how many of the papers have a vector (``placed``)."""

    hits: list[list[Hit]]
    above: list[Hit]
    below: list[Hit]
    placed: int


def _looked(collection: Collection, prepared: Prepared, numbers: Sequence[int]) -> _Looked:
    """Match alerts with many papers. Papers of earlier days than a followed one count too: the past shows how much
    its future may bring."""
    placed = 0
    hits: list[list[Hit]] = [[] for _ in prepared.alerts]
    above, below = list[Hit](), list[Hit]()
    for start in range(0, len(numbers), _BLOCK):
        papers = gather(collection, numbers[start : start + _BLOCK], prepared, words=False, later=False)
        placed += int(papers.placed.sum())
        for whole, part in zip(hits, prepared.hits(papers), strict=True):
            whole.extend(part)
        for several, more in zip((above, below), prepared.border(papers, 0, BORDER + _SPARE), strict=True):
            several.extend(more)
    again = repeated(collection, {hit.number for each in (*hits, above, below) for hit in each})
    above, below, *hits = ([hit for hit in each if hit.number not in again] for each in (above, below, *hits))
    return _Looked(
        hits=hits,
        above=sorted(above, key=lambda hit: hit.order, reverse=True),
        below=sorted(below, key=lambda hit: hit.order),
        placed=placed,
    )


def repeated(collection: Collection, numbers: set[int]) -> set[int]:
    """Return which of these papers have a copy that was listed on an earlier day, and all but one of copies of the
    same day."""
    groups = works_of(collection, sorted(numbers))
    several = [group for group in groups if len(group) > 1]
    standings = collection.store.days.placements([number for group in several for number in group])
    days = {each.number: each.day for each in standings if each.day}
    again = set()
    for group in several:
        ours = sorted((days[number], number) for number in group if number in numbers and number in days)
        first = min(days[number] for number in group if number in days)
        again |= {number for day, number in ours if day > first or (day, number) != ours[0]}
    return again


def _rate(minimum: Strength | float, hits: Sequence[Hit], day: Mapping[int, date]) -> Rate:
    days = set(day.values())
    heard = {day[hit.number] for hit in hits}
    return Rate(minimum=minimum, days=len(days), papers=len(hits), silent=len(days - heard))


def _unknown_topics(collection: Collection, alert: Alert) -> str:
    return unknown_note(collection.store.topics.unknown(ask(alert.text).filters))


def _note(asked: int, days: int, papers: int, placed: int) -> str:
    if not days:
        return "No day has papers yet, so there is no past to try this on: ingest some days first."
    said = []
    if days < min(FEW, asked):
        said.append(f"Only {days} day{' has' if days == 1 else 's have'} papers so far: take the numbers as a guess.")
    elif days < asked:
        said.append(f"Only {days} days have papers, fewer than the {asked} you asked for.")
    if placed < papers:
        said.append(f"{papers - placed:,} of {papers:,} papers have no vector yet: run sync, then try again.")
    return " ".join(said)
