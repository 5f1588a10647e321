"""How far to trust what a Collection asks about itself: does it order encoders as judged queries do?

values of encoders on such a task, and on judged queries -> Kendall's tau on each set -> the mean, with its interval
``trust.toml``: what was measured, for each signal -> a sentence next to the task

`benchmarks/mine.py` measures the table and writes it; a signal that it has nothing on says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.lab.intervals import LEVEL, Sample, draws
from broadsheet.lab.mine import VERSION
from broadsheet.lab.statistics import statistic
from broadsheet.lab.task import Figure

LEAST = 4  # encoders: an order of fewer says nothing
_ROUNDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Kendall's ``tau`` with its 95 % interval, over so many ``encoders``."""

    tau: float
    low: float
    high: float
    encoders: int


def agreement(orders: Sequence[Floats], *, seed: int = 0) -> Agreement:
    """Return how far two orders of the same encoders agree: the mean of Kendall's tau over sets, of which each is an
    array of (value, judged value), (encoders, 2), with the encoders in the same order.

    The interval draws encoders with replacement, the same ones for all sets; a draw of fewer than two different ones
    counts as 0. UsageError for fewer than four encoders, or none of the sets.
    """
    counts = {len(each) for each in orders}
    if len(counts) != 1 or min(counts) < LEAST:
        raise UsageError(f"An agreement needs the same encoders on every set, at least {LEAST}; got {sorted(counts)}.")
    [count] = counts
    tau = statistic("kendall")
    calls = [tau.prepare(tau.checked(each)) for each in orders]
    names = tuple(str(place) for place in range(count))
    whole = Sample("", "", Figure("tau", "kendall"), names, np.asarray(orders[0], dtype=np.float64))
    drawn = np.concatenate([np.mean([call(w) for call in calls], axis=0) for w in draws(whole, _ROUNDS, seed)])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = float(np.mean([call(np.ones((1, count)))[0] for call in calls]))
    return Agreement(tau=value, low=float(low), high=float(high), encoders=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What was measured about a ``signal`` (``titles``): how its order of ``encoders`` agrees with that by judged
    queries of the ``sets``, which are about the same ``papers``, or about others."""

    signal: str
    papers: str
    sets: tuple[str, ...]
    encoders: int
    tau: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """Say it in words."""
        where = ", ".join(self.sets)
        return (
            f"its order of {self.encoders} encoders agreed with judged queries of {self.papers}: tau {self.tau:.2f} "
            f"({self.low:.2f} to {self.high:.2f}) on {where}"
        )


@cache
def table() -> tuple[Trust, ...]:
    """Return what the package knows; nothing when the questions are made in another way than those it was measured
    on."""
    body = tomllib.loads(resources.files(__package__).joinpath("trust.toml").read_text("utf-8"))
    if body["version"] != VERSION:
        return ()
    return tuple(Trust(**{**row, "sets": tuple(row["sets"])}) for row in body["signals"])


def sentence_of(task: str, rows: Sequence[Trust] | None = None) -> str:
    """Say how far to trust a task, ``mine/titles``, also one that was cut down."""
    signal = task.split("/")[1] if "/" in task else task
    own = [each.sentence for each in (table() if rows is None else rows) if each.signal == signal]
    if not own:
        return f"{task}: how far its order of encoders agrees with judged queries was not measured."
    return f"{task}: {'; '.join(own)}."


def written(rows: Sequence[Trust], command: str) -> str:
    """Return the text of ``trust.toml``."""
    lines = [
        "# How far the order of encoders on tasks of one's own papers agrees with judged queries: Kendall's tau, 95 %.",
        f"# Made by: {command}",
        f"version = {VERSION}",
        "signals = [",
    ]
    for each in rows:
        sets = ", ".join(f'"{name}"' for name in each.sets)
        lines.append(
            f'  {{ signal = "{each.signal}", papers = "{each.papers}", sets = [{sets}], encoders = {each.encoders}, '
            f"tau = {each.tau:.3f}, low = {each.low:.3f}, high = {each.high:.3f} }},"
        )
    return "\n".join([*lines, "]", ""])
