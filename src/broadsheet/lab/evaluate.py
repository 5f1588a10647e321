"""Evaluation: how good the search is on judged tasks, through the same search that readers use.

for each task: put its corpus into a Collection made for it, and sync
    for each setting: every judged query through ``search`` -> ranked ids -> a value of every measure
the mean over the queries, with a bootstrap interval, and for each setting how far `hybrid` is above it
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.collection import open_collection
from broadsheet.core.metrics import Difference, Floats, Measure, bootstrap, difference, parse
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.lab.beir import RetrievalTask, read_task
from broadsheet.lab.setting import SETTINGS, Setting, fill, needs_tokens, rank, setting

DEPTH = 1_000  # places of a measure without a cutoff
_BASE: Setting = "hybrid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The mean ``value`` of a measure over the judged ``queries`` of a task, with its 95 % bootstrap interval.

    ``behind`` is how much `hybrid` is above this setting on the same queries; None for `hybrid` itself, or if it was
    not measured.
    """

    set: str
    setting: Setting
    measure: str
    value: float
    low: float
    high: float
    queries: int
    split: str = ""
    behind: Difference | None = None


def to_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows as JSON values."""
    return [asdict(row) for row in rows]


def evaluate(
    folders: Sequence[str | Path],
    *,
    encoder: str | Encoder,
    now: datetime,
    settings: Sequence[str] = SETTINGS,
    measures: Sequence[str] = ("nDCG@10",),
    progress: Callable[[str], Progress] | None = None,
    seed: int = 0,
) -> list[Row]:
    """Measure every task folder, measure and setting, and return a Row for each, in this order.

    ``encoder`` is a name or, to keep the vectors of the corpora for another time, a ``cache.CachedEncoder``.
    ``progress`` makes a Progress from the name of each step. Everything is checked before any work begins: UsageError
    for an unknown setting or measure, NotFoundError for a missing file, SourceError for a malformed one.
    """
    chosen, parsed = [setting(name) for name in settings], [parse(name) for name in measures]
    rows: list[Row] = []
    for task in [read_task(folder) for folder in folders]:
        values = _measure(task, chosen, parsed, encoder=encoder, now=now, progress=progress or _silent)
        rows += [_row(task, each, measure, values, seed) for measure in parsed for each in chosen]
    return rows


def _silent(_: str) -> Progress:
    return lambda _done, _total: None


Values = Mapping[tuple[Setting, Measure], Floats]


def _measure(
    task: RetrievalTask,
    settings: Sequence[Setting],
    measures: Sequence[Measure],
    *,
    encoder: str | Encoder,
    now: datetime,
    progress: Callable[[str], Progress],
) -> Values:
    """The values of each setting and measure, one for each query, in the order of the task's queries."""
    k = max(measure.cutoff or DEPTH for measure in measures)
    values: dict[tuple[Setting, Measure], Floats] = {}
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-evaluate-") as folder,
        open_collection(folder, encoder=encoder) as collection,
    ):
        tokens = any(map(needs_tokens, settings))
        fill(collection, task.documents(), now=now, progress=progress(f"{task.name}: sync"), tokens=tokens)
        for each in settings:
            lists = rank(collection, task.queries, each, k=k, progress=progress(f"{task.name}: {each}"))
            for measure in measures:
                values[each, measure] = np.array(
                    [measure(list(lists[name]), task.judged[name]) for name in task.queries]
                )
    return values


def _row(task: RetrievalTask, chosen: Setting, measure: Measure, values: Values, seed: int) -> Row:
    own, base = values[chosen, measure], values.get((_BASE, measure))
    low, high = bootstrap(own, seed=seed)
    return Row(
        set=task.name,
        setting=chosen,
        measure=repr(measure),
        value=float(own.mean()),
        low=low,
        high=high,
        queries=len(own),
        split=task.split,
        behind=None if base is None or chosen == _BASE else difference(base, own, seed=seed),
    )
