"""Threshold: from which score on do two texts count as the same, and how sure is that score?

(score, label) of judged pairs -> the score that decides best -> its interval, by drawing the pairs again
other judged pairs -> right or wrong at that score, an item each, whose mean is the accuracy
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.intervals import LEVEL, Sample, draws
from broadsheet.lab.statistics import ranked
from broadsheet.lab.task import Figure

Aim = Literal["accuracy", "f1"]
_ROUNDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The recommended ``score``: pairs at or above it count as the same. Its 95 % interval, the ``aim`` that it is
    best for, what it reached (``reached``) on the ``items`` it was chosen on, which is too good for others."""

    score: float
    low: float
    high: float
    aim: Aim
    reached: float
    items: int


def recommend(measured: Sample, *, aim: Aim = "accuracy", seed: int = 0) -> Threshold:
    """Choose the threshold of (score, label) rows that is best for ``aim``, with a percentile bootstrap interval (Efron
    1979). UsageError for rows of another form, or with one label only.

    Choose on other pairs than those that are judged with it.
    """
    if measured.statistic.columns != ("score", "label"):
        raise UsageError(f"A threshold needs rows of (score, label); {measured.figure.name} has other rows.")
    if np.ptp(measured.numbers[:, 1]) == 0:
        raise UsageError(f"All {len(measured.items):,} pairs have the same label: no threshold can be chosen.")
    choose = _chooser(measured.numbers, aim)
    [score], [reached] = choose(np.ones((1, len(measured.items))))
    drawn = np.concatenate([choose(weights)[0] for weights in draws(measured, _ROUNDS, seed)])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Threshold(
        score=float(score), low=float(low), high=float(high), aim=aim, reached=float(reached), items=len(measured.items)
    )


def _chooser(rows: Floats, aim: Aim) -> Callable[[Floats], tuple[Floats, Floats]]:
    """A function of weights: the best threshold of each round, half-way to the next lower score, and its value."""
    scores = -np.unique(-rows[:, 0])
    halves = np.append((scores[:-1] + scores[1:]) / 2, scores[-1])
    counts = ranked(rows)

    def choose(weights: Floats) -> tuple[Floats, Floats]:
        hits, seen = (np.cumsum(each, axis=1) for each in counts(weights))
        positives, total = hits[:, -1:], seen[:, -1:]
        values = 2 * hits / (seen + positives) if aim == "f1" else (2 * hits - seen + total - positives) / total
        best = values.argmax(axis=1)
        return halves[best], values[np.arange(len(best)), best]

    return choose


def decided(measured: Sample, score: float) -> Sample:
    """Return whether each pair is right at a threshold, 1 or 0, as the rows of accuracy."""
    rows = measured.numbers
    right = (rows[:, 0] >= score) == (rows[:, 1] > 0)
    return replace(measured, figure=Figure("accuracy", "accuracy"), numbers=right.astype(np.float64)[:, None])


def classified(measured: Sample, score: float) -> Sample:
    """Return what each pair is called at a threshold and what it is, as the rows of macro-averaged F1."""
    rows = measured.numbers
    called = np.column_stack([rows[:, 0] >= score, rows[:, 1]]).astype(np.float64)
    return replace(measured, figure=Figure("macro F1", "macro_f1"), numbers=called)
