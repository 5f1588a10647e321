"""A suite on the terminal: the table of tasks, and measuring encoders on them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from broadsheet import config
from broadsheet.cli import options, report
from broadsheet.cli.lab import VECTORS, data_folder, encoders_of, runs_of, show, steps
from broadsheet.cli.terminal import note, print_json, progress, table
from broadsheet.collection import DEFAULT_ENCODER
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.lab import suite as lab
from broadsheet.lab.reduction import REDUCED
from broadsheet.lab.report.results import report_of
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.tasks.mine import MINE
from broadsheet.wiring.collection import open_configured


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured, in the words of the command line."""

    names: Sequence[str]
    encoders: Sequence[str]
    suite: str = ""
    again: bool = False
    seed: int = 0
    mine: bool = False
    reduce: bool = False


def print_tasks(*, as_json: bool) -> None:
    """Print the sets of each kind of task, and whether their files are here."""
    data = data_folder()
    with progress("Counting items"):
        offers = lab.offers(data)
    if as_json:
        print_json([asdict(each) for each in offers])
        return
    shown = [
        [each.kind, each.name, "yes" if each.present else "no", "" if each.items is None else f"{each.items:,}",
         each.language, each.licence, ", ".join(each.suites)]
        for each in offers
    ]  # fmt: skip
    table(["kind", "set", "here", "#items", "language", "licence of the set", "suite"], shown)
    note(f"The files are in the folder BROADSHEET_DATA, which is {data or 'not set'}.")
    note("A folder of your own is a set, too: describe it in a task.toml, see docs/lab.md.")


def measure_all(
    request: Request,
    *,
    results: Path | None,
    cache: Path | None,
    data: Path | None,
    as_json: bool,
    costs: bool,
    target: report.Target = report.Target(),
) -> None:
    """Measure what is not known yet, print it all, and write the report."""
    with runs_of(results, data) as runs:
        done = measured(request, runs, cache=cache, data=data)
        found = show(runs, done, seed=request.seed, as_json=as_json, costs=costs)
        made = report_of(found, done, made=options.now())
        report.deliver(made, target, stored=runs.path.parent, cache=cache or VECTORS, data=data)


def measured(request: Request, runs: Runs, *, cache: Path | None, data: Path | None) -> list[Run]:
    """Measure what is not known yet, and return all runs that were requested."""
    plan = _remembered(request, runs, data) if request.again else _plan(request, data)
    encoders = encoders_of(data, cache)
    start = time.perf_counter()
    with steps() as begin:
        done = list(lab.measure(plan, encoders, runs, clock=options.now, begin=begin))
    note(f"Sets: {len(plan.tasks)}. Runs: {len(done)}. Measured in {time.perf_counter() - start:,.0f} s.")
    tasks = {each.task.name for each in plan.tasks}
    return done + [run for run in runs.all() if run.task in tasks and run.foreign]


def _plan(request: Request, data: Path | None) -> lab.Plan:
    if not request.names and not request.suite and not request.mine:
        raise UsageError(
            "Say on what to measure: sets, kinds of task or folders, --suite core or --mine. `broadsheet evaluate "
            "--tasks` lists them."
        )
    names = request.encoders or [config.load(config.collection_folder(data)).encoder or DEFAULT_ENCODER]
    lab.require(names)
    return lab.Plan(chosen_tasks(request.names, request, data), names, request.seed)


def chosen_tasks(names: Sequence[str], request: Request, data: Path | None) -> list[lab.Choice]:
    """Return the tasks of names, of a suite, and those that the Collection makes of itself, ``mine`` or
    ``mine/titles``; cut down where the request says so, or a name does: ``scifact/reduced``."""
    cut = [name.removesuffix(REDUCED) for name in names if name.endswith(REDUCED)]
    whole = [name for name in names if not name.endswith(REDUCED)]
    chosen = _whole(whole, request, data) if whole or request.suite or request.mine else []
    if request.reduce:
        chosen = lab.cut_down(chosen, note)
    return chosen + (lab.cut_down(_whole(cut, replace(request, suite="", mine=False), data), note) if cut else [])


def _whole(names: Sequence[str], request: Request, data: Path | None) -> list[lab.Choice]:
    own = [name for name in names if name.partition("/")[0] == MINE and not Path(name).is_dir()]
    others = [name for name in names if name not in own]
    chosen: list[lab.Choice] = []
    if others or request.suite:
        chosen, left_out = lab.choices(others, data=data_folder(), suite=request.suite)
        for message in left_out:
            note(message)
    if own or request.mine:
        with open_configured(data, create=False) as collection, progress("Making tasks of your papers"):
            chosen += lab.mine(collection, own or [MINE], note)
    return chosen


def _remembered(request: Request, runs: Runs, data: Path | None) -> lab.Plan:
    """The plan of all that is in the file of results, or of those tasks and encoders of it that were named."""
    known = runs.all()
    if not known:
        raise NotFoundError(f"{runs.path} has no results yet: name sets, or --suite core, without --again.")
    origins = request.names or list(dict.fromkeys(run.origin for run in known))
    tasks = chosen_tasks(origins, request, data)
    own = [run for run in known if not run.foreign]
    names = [run.subject for run in own if not run.subject.startswith(lab.TWIN)]
    return lab.Plan(tasks, request.encoders or list(dict.fromkeys(names)), request.seed)
