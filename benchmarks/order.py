"""The order of encoders on tasks, from a file of results: what `reduction.py` and `mine.py` compare."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

import numpy as np
from common import CACHE, need_data

from broadsheet import names
from broadsheet.core.maps import Moments, VectorMap, fit
from broadsheet.core.protocols import Encoder
from broadsheet.encoders.join import JoinEncoder
from broadsheet.encoders.mapped import MappedEncoder
from broadsheet.lab.beir import read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.intervals import sample
from broadsheet.lab.runs import Runs, version_of
from broadsheet.lab.suite import Choice, Encoders, Plan, measure
from broadsheet.lab.task import Task

VECTORS = CACHE.parent / "evaluate"
_SMALL, _LARGE = (f"static:{CACHE / 'belief' / name}" for name in ("static-64", "static-256"))
_MODELS = CACHE.parent / "models"
MAPS = {
    "whitened": "whiten:1",
    "half-whitened": "whiten:0.5",
    "top3": "top:3",
    "axes64": "axes:64",
    "axes16": "axes:16",
}
"""Maps of the vectors of `minilm`, fitted to the documents of Cranfield without their judgements."""
ENCODERS = (
    "hash", _SMALL, _LARGE, f"join:{_LARGE}|hash", "minilm", *(f"minilm?map={name}" for name in MAPS),
    "join:minilm|hash", f"join:minilm|{_SMALL}", "minilm?layers=1", "minilm?layers=2", "minilm?layers=3",
    "minilm?layers=4", "minilm?layers=5", "minilm?pooling=cls", "minilm?pooling=max", f"bert:{_MODELS / 'e5-small'}",
)  # fmt: skip
"""From cheap to dear; `belief.py` makes the static ones, `e5.py` brings the last."""
LEAST = 8  # encoders, below which an order says little

Worths = Mapping[str, object]
"""What is known of each encoder."""


def asked(arguments: Sequence[str]) -> tuple[str, ...]:
    """The encoders to measure: none with ``--known``, the cheapest with ``--first N``."""
    if "--known" in arguments:
        return ()
    return ENCODERS[: int(arguments[arguments.index("--first") + 1])] if "--first" in arguments else ENCODERS


def short(name: str) -> str:
    """The name of an encoder without the folder of its model."""
    return re.sub(r"(static|bert):/[^|]*/", "", name)


def measured(tasks: Sequence[Task], encoders: Sequence[str], runs: Runs) -> None:
    """Measure what is not known yet, the cheapest encoder first."""
    plan = Plan([Choice(task, task.name) for task in tasks], encoders, controls=False)
    for _ in measure(plan, Encoders(_encoder, VECTORS), runs, clock=lambda: datetime.now(UTC), begin=_tell):
        pass


def known(task: Task, runs: Runs, encoders: Sequence[str] = ENCODERS) -> dict[str, float]:
    """The value of the main figure of each encoder with a whole run on the data of a task; an error is negative."""
    found = {}
    for run in runs.all(task=task.name):
        fits = run.data == task.data and run.version == version_of(task) and not run.seed
        if fits and run.ended and run.subject in encoders:
            figure = run.figures[0]
            value = sample(runs.rows(run, figure.name), figure).value
            found[run.subject] = value if figure.higher else -value
    return {name: found[name] for name in encoders if name in found}


def shared(orders: Sequence[Worths]) -> list[str]:
    """The encoders that all of these have."""
    return [name for name in orders[0] if all(name in each for each in orders)] if orders else []


def _encoder(name: str) -> Encoder:
    """An encoder; those that are made of others take the vectors of these from the cache."""
    if name.startswith("join:"):
        return JoinEncoder([_cached(each) for each in name.removeprefix("join:").split("|")], name=name)
    base, mark, own = name.partition("?map=")
    if mark:
        return MappedEncoder(_cached(base), _map(base, MAPS[own]), name=name)
    return names.encoder(name, cache=CACHE / "models")


@cache
def _cached(name: str) -> CachedEncoder:
    return CachedEncoder.under(_encoder(name), VECTORS)


@cache
def _map(base: str, recipe: str) -> VectorMap:
    texts = [document.content for document in read_task(need_data() / "cranfield").documents()]
    rows = _cached(base).encode(texts).astype(np.float64)
    return fit(recipe, Moments(len(rows), rows.mean(axis=0), np.cov(rows, rowvar=False, bias=True)))


def _tell(step: str) -> Callable[[int, int | None], None]:
    print(f"  {step} ...", file=sys.stderr, flush=True)
    return lambda _done, _total: None
