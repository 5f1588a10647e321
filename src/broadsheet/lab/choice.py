"""The choice: which encoder and setting is best on these sets, within limits of time and memory, and how sure that is.

samples of every candidate on the same sets, and a Probe of each -> those within the limits
draws of the items of each set, the same for all candidates -> the mean of each -> how often each is the best
    (Hall and Miller 2009, "Using the bootstrap to quantify the authority of an empirical ranking")
the draws of the difference from the best -> intervals; p, corrected (Holm 1979) -> who cannot be told from it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.comparison import ALPHA, holm, matched
from broadsheet.lab.intervals import LEVEL, Sample, draws
from broadsheet.lab.probe import Probe
from broadsheet.lab.runs import Run

_ROUNDS = 4_000
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
Samples = Mapping[str, Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a candidate may take: milliseconds that 19 of 20 queries stay within, megabytes of encoder and vectors, and
    how many queries a second it must answer one after another. None: no limit."""

    ms: float | None = None
    megabytes: float | None = None
    queries_a_second: float | None = None

    def broken(self, found: Probe) -> tuple[str, ...]:
        """Return which limits a probe breaks, each in words."""
        return tuple(self._broken(found))

    def _broken(self, found: Probe) -> Iterator[str]:
        if self.ms is not None and found.query_ms_high > self.ms:
            yield f"1 of 20 queries takes {found.query_ms_high:.3g} ms or more"
        if self.megabytes is not None and found.megabytes > self.megabytes:
            yield f"it takes {found.megabytes:,.0f} MB"
        if self.queries_a_second is not None and found.queries_a_second < self.queries_a_second:
            yield f"it answers {found.queries_a_second:.3g} queries a second"

    def __str__(self) -> str:
        parts = [
            f"{self.ms:g} ms a query" if self.ms is not None else "",
            f"{self.megabytes:g} MB" if self.megabytes is not None else "",
            f"{self.queries_a_second:g} queries a second" if self.queries_a_second is not None else "",
        ]
        return " and ".join(filter(None, parts)) or "no limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A subject with the mean of its values over the sets and its interval, its ``probe``, and the limits that it
    ``breaks``. Of those that break none: ``chance``, how often it is the best of them in draws of the items; ``gap``,
    how far it is behind the best, with its interval; ``tied``: it cannot be told from the best."""

    subject: str
    value: float
    low: float
    high: float
    probe: Probe
    breaks: tuple[str, ...] = ()
    chance: float | None = None
    gap: tuple[float, float, float] | None = None
    tied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The candidates, the best that fits first, those that do not fit last; each on all ``sets``, with ``items`` in
    total. ``left_out``: subjects that are not candidates, each with the reason; ``controls``: their means on the sets.
    """

    candidates: tuple[Candidate, ...]
    sets: tuple[str, ...]
    figure: str
    items: int
    limits: Limits
    left_out: tuple[tuple[str, str], ...] = ()
    controls: tuple[tuple[str, float], ...] = ()

    @property
    def best(self) -> Candidate | None:
        """Return the best within the limits, None if nothing is."""
        return next((each for each in self.candidates if not each.breaks), None)

    @property
    def tied(self) -> list[Candidate]:
        """Return the others that cannot be told from the best, the fastest first."""
        return sorted((each for each in self.candidates if each.tied), key=lambda each: each.probe.query_ms)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def choose(
    samples: Mapping[str, Samples],
    probes: Mapping[str, Probe],
    limits: Limits,
    *,
    left_out: Sequence[tuple[str, str]] = (),
    seed: int = 0,
) -> Choice:
    """Choose among subjects by their ``samples`` (subject -> set -> Sample) and ``probes``; the same ``seed`` gives the
    same. Every set weighs the same. UsageError without candidates, or when they were measured on different sets."""
    if not samples:
        raise UsageError("There is nothing to choose from: measure encoders on sets first.")
    first = next(iter(samples.values()))
    for subject, own in samples.items():
        if own.keys() != first.keys():
            raise UsageError(f"{subject} was not measured on the same sets as the others: {', '.join(first)}.")
    drawn = dict(zip(samples, _drawn(samples, seed), strict=True))
    made = [_candidate(subject, own, drawn[subject], probes[subject], limits) for subject, own in samples.items()]
    sign = 1.0 if all(each.figure.higher for each in first.values()) else -1.0
    made.sort(key=lambda each: (bool(each.breaks), -sign * each.value))
    fitting = [each for each in made if not each.breaks]
    judged = _judged(fitting, {name: sign * values for name, values in drawn.items()})
    return Choice(
        candidates=(*judged, *made[len(fitting) :]), sets=tuple(first), limits=limits, left_out=tuple(left_out),
        figure=", ".join(dict.fromkeys(each.figure.name for each in first.values())),
        items=sum(len(each.items) for each in first.values()),
    )  # fmt: skip


def _drawn(samples: Mapping[str, Samples], seed: int) -> Floats:
    """The mean over the sets of each subject in each draw, (subjects, rounds); draws are the same for all subjects."""
    subjects = list(samples.values())
    total = np.zeros((len(subjects), _ROUNDS))
    for place, name in enumerate(subjects[0]):
        lead = subjects[0][name]
        own = [matched(lead, each[name]) for each in subjects]
        calls = [each.statistic.prepare(each.numbers) for each in own]
        at = 0
        for weights in draws(lead, _ROUNDS, seed + place):
            for row, call in enumerate(calls):
                total[row, at : at + len(weights)] += call(weights)
            at += len(weights)
    return total / len(subjects[0])


def _candidate(subject: str, own: Samples, drawn: Floats, found: Probe, limits: Limits) -> Candidate:
    low, high = np.quantile(drawn, _TAILS)
    value = float(np.mean([each.value for each in own.values()]))
    return Candidate(
        subject=subject, value=value, low=float(low), high=float(high), probe=found, breaks=limits.broken(found)
    )


def _judged(fitting: Sequence[Candidate], gains: Mapping[str, Floats]) -> list[Candidate]:
    """How often each is the best in the draws, equal ones sharing, and which cannot be told from the first."""
    if not fitting:
        return []
    table = np.stack([gains[each.subject] for each in fitting])
    on_top = table == table.max(axis=0)
    chances = (on_top / on_top.sum(axis=0)).mean(axis=1)
    gaps = table[0] - table
    adjusted = [1.0, *holm([_p(row) for row in gaps[1:]])]
    return [
        replace(each, chance=float(chances[row]), gap=_gap(gaps[row]), tied=row > 0 and adjusted[row] > ALPHA)
        for row, each in enumerate(fitting)
    ]


def _p(gaps: Floats) -> float:
    """Two-sided p of a difference, from its draws (Efron and Tibshirani 1993)."""
    aside = min((gaps <= 0).sum(), (gaps >= 0).sum())
    return min(1.0, float(2 * (aside + 1) / (len(gaps) + 1)))


def _gap(gaps: Floats) -> tuple[float, float, float]:
    low, high = np.quantile(gaps, _TAILS)
    return float(gaps.mean()), float(low), float(high)


def newest(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that ended, without those of older data, older encoders or older code of the same task."""
    kept: dict[tuple[str, str], list[Run]] = {}
    data: dict[str, str] = {}
    for run in sorted((each for each in runs if each.ended), key=lambda each: each.number, reverse=True):
        if run.data != data.setdefault(run.task, run.data):
            continue
        own = kept.setdefault((run.task, run.subject), [])
        if not own or (own[0].subject_key, own[0].version) == (run.subject_key, run.version):
            own.append(run)
    return sorted((run for own in kept.values() for run in own), key=lambda each: each.number)
