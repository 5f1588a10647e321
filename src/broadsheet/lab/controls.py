"""Controls: a run is believed only if what must come out does come out.

the same subject twice -> not one number differs;  a planted worse one -> it is found;  random vectors -> chance
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.comparison import Comparison, matched
from broadsheet.lab.intervals import Sample, estimate

_SHUFFLES = 2_000
_SURE = 0.999  # of chance's own range, both sides


@dataclass(frozen=True, slots=True)
class Control:
    """A control by ``name``: whether it ``holds``, and what was seen, in a sentence."""

    name: str
    holds: bool
    message: str


def twins(one: Sample, again: Sample) -> Control:
    """Check that the same subject measured twice has the same numbers to the last bit."""
    other = matched(one, again)
    rows = np.flatnonzero((one.numbers != other.numbers).any(axis=1))
    if not len(rows):
        return Control("twins", True, f"{one.subject} measured twice on {one.set}: no number differs.")
    worst = int(rows[0])
    return Control(
        "twins", False,
        f"{one.subject} measured twice on {one.set} differs on {len(rows)} of {len(one.items):,} items, first "
        f"{one.items[worst]!r}: {one.numbers[worst].tolist()} and {other.numbers[worst].tolist()}. Its encoder depends "
        "on something that is not in its manifest (batches, threads, an unset seed): believe no small difference.",
    )  # fmt: skip


def planted(found: Comparison) -> Control:
    """Check a comparison of a subject (``one``) with a copy of it that was made worse: it must be found worse."""
    holds = found.verdict == "better"
    gap = f"by {found.gain:.3g} of {found.figure} on {found.set} (p {found.adjusted:.2g})"
    if holds:
        return Control("planted", True, f"{found.other}, made worse, is found worse than {found.one} {gap}.")
    return Control(
        "planted", False,
        f"{found.other} was made worse than {found.one} but is not found worse: {found.verdict} {gap}. The set sees "
        f"differences from {found.resolution:.2g}: take more items, or believe no smaller difference.",
    )  # fmt: skip


def at_chance(measured: Sample, *, expected: float | None = None, seed: int = 0) -> Control:
    """Check that a random subject is not better than chance, at a level at which one run of 2,000 fails by accident.

    Chance shuffles the judgements over the items (a permutation, Fisher 1935). A mean has no judgements in its rows:
    ``expected`` is then what a random order has on average; UsageError without it.
    """
    what = f"{measured.subject} has {measured.figure.name} {measured.value:.3f} on {measured.set}"
    if len(measured.statistic.columns) == 1:
        if expected is None:
            raise UsageError(f"{measured.figure.name} on {measured.set} is a mean: say what chance gives.")
        holds = _lowest(measured, seed) <= expected + 1e-9
        seen = f"chance gives {expected:.3f}"
    else:
        low, high = np.quantile(_shuffled(measured, seed), [(1 - _SURE) / 2, (1 + _SURE) / 2])
        holds, seen = bool(measured.value <= high + 1e-9), f"chance gives {low:.3f} to {high:.3f}"
    if holds:
        return Control("random", True, f"{what}; {seen}.")
    leak = "The judgements leak into the items, their order or their ids: believe no figure of this set."
    return Control("random", False, f"{what}, but {seen}. {leak}")


def _lowest(measured: Sample, seed: int) -> float:
    return estimate(measured, seed=seed, level=_SURE).low


def _shuffled(measured: Sample, seed: int) -> Floats:
    """Values with the judgements in another order."""
    random, rows = np.random.default_rng(seed), measured.numbers
    call = measured.statistic
    return np.array([call(np.column_stack([rows[:, 0], random.permutation(rows[:, 1])])) for _ in range(_SHUFFLES)])
