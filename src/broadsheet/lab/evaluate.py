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
from typing import Any, Literal, get_args

import numpy as np

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, SourceError, UsageError, nearest
from broadsheet.core.metrics import Difference, Floats, Measure, bootstrap, difference, parse
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.lab.beir import RetrievalTask, read_task
from broadsheet.search.hybrid import search
from broadsheet.sync import sync

Setting = Literal["lexical", "semantic", "rrf", "hybrid"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
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
    chosen, parsed = [_setting(name) for name in settings], [parse(name) for name in measures]
    rows: list[Row] = []
    for task in [read_task(folder) for folder in folders]:
        values = _measure(task, chosen, parsed, encoder=encoder, now=now, progress=progress or _silent)
        rows += [_row(task, setting, measure, values, seed) for measure in parsed for setting in chosen]
    return rows


def _setting(name: str) -> Setting:
    for setting in SETTINGS:
        if setting == name:
            return setting
    raise UsageError(f"unknown setting {name!r}. {nearest(name, SETTINGS)}")


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
        fill(collection, task, now=now, progress=progress(f"{task.name}: sync"))
        for setting in settings:
            lists = rank(collection, task, setting, k=k, progress=progress(f"{task.name}: {setting}"))
            for measure in measures:
                values[setting, measure] = np.array([measure(lists[name], task.judged[name]) for name in task.queries])
    return values


def fill(collection: Collection, task: RetrievalTask, *, now: datetime, progress: Progress | None = None) -> None:
    """Put a task's corpus into an empty Collection, every document under its own id, and sync."""
    counts = collection.store.papers.put(task.documents(), now=now)
    if counts.bad:
        first = counts.bad[0]
        raise SourceError(
            f"{task.folder}: {len(counts.bad)} documents cannot be kept; the first, {first.where!r}: {first.reason}"
        )
    sync(collection, progress=progress)


def rank(
    collection: Collection, task: RetrievalTask, setting: Setting, *, k: int, progress: Progress
) -> dict[str, list[str]]:
    """Rank documents for each query under a setting: the first k ids, best first, without pinned titles or identifiers.

    CollectionError when the search fell back to the words alone.
    """
    lists: dict[str, list[str]] = {}
    for done, (name, text) in enumerate(task.queries.items(), 1):
        results = search(collection, text, k=k, mode=setting, pins=False)
        if (
            results.items and results.mode == "lexical" != setting
        ):  # a fallback, which readers see in a note, must not be measured
            raise CollectionError(f"the setting {setting} could not be measured. {results.note}")
        lists[name] = [result.document.id for result in results.items]
        progress(done, len(task.queries))
    return lists


def _row(task: RetrievalTask, setting: Setting, measure: Measure, values: Values, seed: int) -> Row:
    own, base = values[setting, measure], values.get((_BASE, measure))
    low, high = bootstrap(own, seed=seed)
    return Row(
        set=task.name,
        setting=setting,
        measure=repr(measure),
        value=float(own.mean()),
        low=low,
        high=high,
        queries=len(own),
        split=task.split,
        behind=None if base is None or setting == _BASE else difference(base, own, seed=seed),
    )
