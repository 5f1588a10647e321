"""A report of stored results: the values, ties, resolutions and costs of one table, with the machine and the data.

Results -> the values of every figure, the groups and resolutions of main figures, what each subject cost -> a Report
the agreement of encoders on texts -> their likeness, in the order of their tree;  the health of vectors -> a shape
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from broadsheet.lab.agreement.models import TREE, Agreement
from broadsheet.lab.agreement.tree import groups
from broadsheet.lab.comparison import Comparison, Resolution, resolutions
from broadsheet.lab.controls import Control
from broadsheet.lab.geometry.health import Health
from broadsheet.lab.report.content import Cost, Entry, Likeness, Report, Shape, Sight, Ties
from broadsheet.lab.results import Results, Value
from broadsheet.lab.runs import Run
from broadsheet.lab.subjects import CONTROLS

_GROUPS = ("spread", "neighbours")  # of the findings of geometry: what is comparable between encoders
_ALIKE = 0.2  # the largest distance, 1 - likeness, within a cluster


def report_of(
    results: Results,
    runs: Sequence[Run],
    *,
    made: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Return the report of a table of results, which is made of these ``runs``."""
    values = results.values(progress)
    comparisons = results.comparisons()
    costs = results.costs()
    return Report(
        title=_title(values),
        made=made,
        entries=[_entry(each) for each in values],
        costs=[_cost(each) for each in costs],
        ties=list(_ties(results, values, comparisons)),
        sights=[_sight(each) for each in _real(comparisons)],
        facts=[*_facts(costs), *_data(runs)],
        notes=list(_notes(results.twins())),
    )


def with_likeness(report: Report, found: Agreement) -> Report:
    """Return the report with the likeness of encoders."""
    order = groups(found.names, found.tree, most=float("inf"))
    names = order[0] if order else found.names
    place = {name: at for at, name in enumerate(found.names)}
    rows = found.matrix(TREE)
    return replace(
        report,
        likeness=Likeness(
            measure=TREE,
            names=names,
            rows=tuple(tuple(rows[place[one]][place[other]] for other in names) for one in names),
            texts=found.texts,
            groups=tuple(groups(found.names, found.tree, most=_ALIKE)),
        ),
    )


def with_shape(report: Report, subject: str, found: Health) -> Report:
    """Return the report with the geometry of a subject's vectors as well."""
    numbers = {each.name: each.value for each in found.findings if each.group in _GROUPS and each.value is not None}
    shape = Shape(subject=subject, vectors=found.rows, numbers=numbers, spectrum=found.spectrum)
    return replace(report, shapes=[*report.shapes, shape])


def _title(values: Sequence[Value]) -> str:
    subjects = {each.subject for each in values} - set(CONTROLS)
    sets = {each.task for each in values}
    return f"{_counted(len(subjects), 'subject')} on {_counted(len(sets), 'set')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _entry(value: Value) -> Entry:
    names = ("kind", "figure", "subject", "value", "low", "high", "error", "items", "higher", "main", "warnings")
    return Entry(
        set=value.task, control=value.subject in CONTROLS, **{name: getattr(value, name) for name in names}
    )  # fmt: skip


def _cost(found: Mapping[str, Any]) -> Cost:
    return Cost(
        subject=found["subject"],
        queries_a_second=found["queries"]["a_second"],
        texts_a_second=found["documents"]["a_second"],
        vector_bytes=found["bytes_a_vector"],
        joules=found["queries"]["joules_per_1000"],
        estimated=str(found["energy"]).startswith("estimate"),
    )


def _ties(results: Results, values: Sequence[Value], comparisons: Sequence[Comparison]) -> Iterator[Ties]:
    figures = {each.task: each.figure for each in values if each.main}
    for name, figure in figures.items():
        yield Ties(set=name, figure=figure, groups=tuple(results.groups(name, comparisons)))


def _real(comparisons: Sequence[Comparison]) -> list[Resolution]:
    """The resolutions, from pairs of subjects that are not chance."""
    return resolutions(each for each in comparisons if "random" not in (each.one, each.other))


def _sight(found: Resolution) -> Sight:
    names = ("set", "figure", "value", "low", "high", "items")
    return Sight(**{name: getattr(found, name) for name in names})


def _facts(costs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The machine and the versions of the newest measurement."""
    if not costs:
        return
    newest = costs[-1]
    machine = newest["machine"]
    yield "processor", f"{machine['processor']}, {machine['cores']} cores, load {machine['load']} when measured"
    yield "memory", f"{machine['gigabytes']} GB"
    yield "system", f"{machine['system']}, Python {machine['python']}"
    yield "versions", ", ".join(f"{name} {version}" for name, version in newest["versions"].items())
    yield "energy", str(newest["energy"])


def _data(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """What each set was, by the hash of all that was read of it, and what each subject was."""
    for name in dict.fromkeys(run.task for run in runs):
        own = [run for run in runs if run.task == name]
        hashes = ", ".join(dict.fromkeys(run.data for run in own))
        seeds = sorted({run.seed for run in own})
        yield f"set {name}", f"data {hashes}; {_counted(len(seeds), 'seed')}: {', '.join(map(str, seeds))}"
    for name, key in dict.fromkeys((run.subject, run.subject_key) for run in runs):
        yield f"subject {name}", key


def _notes(controls: Sequence[Control]) -> Iterator[str]:
    failed = [each for each in controls if not each.holds]
    yield from (f"Control failed: {each.message}" for each in failed)
    if controls and not failed:
        yield f"Control: the same encoder measured twice differs by exactly 0 on all {len(controls)} sets."
