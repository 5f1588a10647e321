"""Transfer: results of other programs become runs next to ours, and ours become files for other programs.

in: a ranking -> our own measures for each query;  values of queries -> rows;  mteb's JSON -> one value without items
out: for each subject and task mteb's JSON, values by query, and where documents are ranked a TREC run and qrels
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.lab import exchange
from broadsheet.lab.exchange import tag_of
from broadsheet.lab.results import Value
from broadsheet.lab.runs import IMPORTED, REPORTED, Run, Runs, version_of
from broadsheet.lab.task import Figure, Row, Subject, Task
from broadsheet.lab.tasks.retrieval import Retrieval

_NO_ITEMS = "A reported value whose items are not known: it has no interval and is not compared."


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class _Reported:
    """A task, as far as the file of results knows it."""

    name: str
    kind: str
    figures: tuple[Figure, ...]
    data: str
    version: int


def take_in(runs: Runs, task: Task, path: Path, *, name: str, now: datetime) -> Run:
    """Store the results in a file (a TREC run, values by query, or mteb's JSON) as those of a subject with a ``name``
    on a task, and return the run. UsageError when something measured here has this name, SourceError when the file is
    not whole or is about something else."""
    if any(not run.foreign for run in runs.all(task=task.name, subject=name)):
        raise UsageError(f"{name!r} was measured here on {task.name}: give the results in {path} another name.")
    form = exchange.kind_of(path)
    rows, figures = {"run": _of_run, "values": _of_values, "mteb": _of_mteb}[form](task, path)
    start = REPORTED if form == "mteb" else IMPORTED
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    reported = _Reported(task.name, task.kind, figures, task.data, version_of(task))
    run = runs.begin(reported, _Named(name, start + digest), seed=0, now=now)
    if not run.ended:
        for _ in runs.take(run, rows):
            pass
        runs.note(run, [_NO_ITEMS] if form == "mteb" else [])
        runs.end(run, now=now)
    return runs.get(run.number)


def _of_run(task: Task, path: Path) -> tuple[list[Row], tuple[Figure, ...]]:
    if not isinstance(task, Retrieval):
        raise UsageError(f"{path} ranks documents, but {task.name} is of the kind {task.kind}: name a retrieval set.")
    rankings, _ = exchange.read_run(path)
    queries = task.read()
    _require_some(path, task, set(rankings) & set(queries))
    rows = [
        row for query in queries for row in task.measured(query, [each for each, _ in rankings.get(query, ())])
    ]  # a query without a ranking counts as 0
    return rows, task.figures


def _of_values(task: Task, path: Path) -> tuple[list[Row], tuple[Figure, ...]]:
    values = exchange.read_values(path)
    figures = tuple(each for each in task.figures if any(figure == each.name for figure, _ in values))
    if not figures or figures[0] != task.figures[0]:
        names = ", ".join(sorted({figure for figure, _ in values}))
        raise SourceError(
            f"{path} has no values of {task.figures[0].name}, the main figure of {task.name}; it has {names}."
        )
    if wide := [each.name for each in figures if each.statistic not in ("mean", "accuracy")]:
        raise UsageError(f"{wide[0]} of {task.name} is not a mean over items: values by item do not make one.")
    items = [str(item) for item in task.read()] if isinstance(task, Retrieval) else None
    own = {figure.name: {item: value for (name, item), value in values.items() if name == figure.name}
           for figure in figures}  # fmt: skip
    wanted = items or list(own[figures[0].name])
    _require_some(path, task, set(wanted) & set(own[figures[0].name]))
    for figure, by_item in own.items():
        if lost := [item for item in wanted if item not in by_item]:
            raise SourceError(f"{path} has no {figure} of {len(lost)} items of {task.name}, first {lost[0]!r}.")
    groups = task.groups if isinstance(task, Retrieval) else {}
    rows = [Row(each.name, item, (own[each.name][item],), groups.get(item, "")) for item in wanted for each in figures]
    return rows, figures


def _of_mteb(task: Task, path: Path) -> tuple[list[Row], tuple[Figure, ...]]:
    _, numbers = exchange.read_mteb(path)
    values = exchange.values_of_mteb(task.figures, numbers)
    figures = tuple(Figure(each.name, "mean", each.higher) for each in task.figures if each.name in values)
    return [Row(each.name, "all", (values[each.name],)) for each in figures], figures


def _require_some(path: Path, task: Task, shared: set[str]) -> None:
    if not shared:
        raise SourceError(f"{path} has none of the queries of {task.name}: is it about another set?")


def write_out(folder: Path, task: Task, values: Sequence[Value], *, rows: Mapping[str, Sequence[Row]]) -> list[Path]:
    """Write what subjects reached on a task, below a folder of each subject's name: mteb's JSON, and the ``rows`` of
    those figures that are means as values by query. Return the files."""
    written = []
    for subject in dict.fromkeys(each.subject for each in values):
        place = _place(folder, subject)
        own = [each for each in values if each.subject == subject]
        path = place / f"{tag_of(task.name)}.json"
        exchange.write_mteb(path, task.name, {each.figure: each.value for each in own}, data=task.data)
        written.append(path)
        single = {(row.figure, row.item): row.numbers[0] for row in rows.get(subject, ()) if len(row.numbers) == 1}
        if single:
            path = place / f"{tag_of(task.name)}.tsv"
            exchange.write_values(path, single)
            written.append(path)
    return written


def write_rankings(folder: Path, task: Retrieval, subject: Subject) -> Iterator[Path]:
    """Rank the documents of a task once more, and write the TREC run and the qrels that it is judged by."""
    path = _place(folder, subject.name) / f"{tag_of(task.name)}.run"
    exchange.write_run(path, dict(task.rankings(subject)), subject.name)
    yield path
    path = folder / f"{tag_of(task.name)}.qrels"
    exchange.write_qrels(path, {query: task.judged[query] for query in task.read()})
    yield path


def _place(folder: Path, subject: str) -> Path:
    place = folder / tag_of(subject)
    place.mkdir(parents=True, exist_ok=True)
    return place
