"""Results of the lab: list them, and exchange them with other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli import options
from broadsheet.cli.lab import File, Vectors, encoders_of, runs_of
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.suite import Request, chosen_tasks
from broadsheet.cli.terminal import bars, note, out, print_json, table
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.lab import suite, transfer
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.tasks.retrieval import Retrieval

Set = Annotated[str, typer.Argument(metavar="SET", help="The set, or a folder of your own, that the file is about.")]
Foreign = Annotated[Path, typer.Argument(metavar="FILE", help="A TREC run, values by query, or mteb's JSON.")]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What was measured. Default: the name of the file.")
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; made when it is missing.")]
Sets = Annotated[
    list[str] | None, typer.Argument(metavar="[SET]...", help="Sets whose results are written. Default: all.")
]

_NONE = Request([], [])


def list_all(results: File = None, data: Data = None, as_json: AsJson = False) -> None:
    """List what was measured, when, and whether it came to its end.

    Example: broadsheet results list
    """
    with runs_of(results, data) as runs:
        known = runs.all()
        if as_json:
            print_json([_as_json(run) for run in known])
            return
        shown = [
            [str(run.number), run.task, run.kind, run.subject, str(run.seed), run.key, run.started[:16],
             "yes" if run.ended else "no, run it again"]
            for run in known
        ]  # fmt: skip
        table(["#run", "set", "kind", "measured", "#seed", "key", "began", "complete"], shown)
        note(f"In {runs.path}.")


def _as_json(run: Run) -> dict[str, object]:
    return {
        "run": run.number, "key": run.key, "task": run.task, "kind": run.kind, "data": run.data,
        "subject": run.subject, "subject_key": run.subject_key, "seed": run.seed, "version": run.version,
        "started": run.started, "ended": run.ended or None, "notes": list(run.notes),
    }  # fmt: skip


def import_(
    set: Set,
    file: Foreign,
    name: Name = None,
    results: File = None,
    data: Data = None,
) -> None:
    """Take in what another program measured on a set, so that it is compared with yours.

    A TREC run (query Q0 document rank score tag) is measured like any other ranking. Values by query are what
    `ir_measures --by_query` prints. mteb's JSON holds one value for all items: it is shown, but cannot be compared.

    Example: broadsheet results import scifact other-system.run --name other
    """
    tasks = chosen_tasks([set], _NONE, data)
    if len(tasks) > 1:
        raise UsageError(f"{set!r} means {len(tasks)} sets: name one of them, for example {tasks[0].task.name}.")
    with runs_of(results, data) as runs:
        run = transfer.take_in(runs, tasks[0].task, file, name=name or file.name.partition(".")[0], now=options.now())
        values = [each for each in Results(runs, [run]).values() if each.subject == run.subject]
        for each in values:
            out().print(f"{each.task}  {each.subject}  {each.figure} {each.value:.4f}", markup=False)
        note(f"In {runs.path}; broadsheet evaluate {set} shows it next to yours.")


def export(
    folder: Folder,
    sets: Sets = None,
    results: File = None,
    cache: Vectors = None,
    data: Data = None,
) -> None:
    """Write results as files that other programs read.

    For each encoder and set: mteb's JSON, values by query as `ir_measures --by_query` prints them, and where
    documents are ranked, the ranking as a TREC run with the judgements as qrels.

    Example: broadsheet results export results scifact
    """
    with runs_of(results, data) as runs:
        chosen = [run for run in runs.all() if run.ended and (not sets or run.task in sets)]
        if not chosen:
            raise NotFoundError(
                f"{runs.path} has no results{' of these sets' if sets else ''} yet: run evaluate first."
            )
        written = _written(runs, chosen, folder, cache=cache, data=data)
    note(f"{len(written):,} files in {folder}.")


def _written(runs: Runs, chosen: list[Run], folder: Path, *, cache: Path | None, data: Path | None) -> list[Path]:
    found = Results(runs, chosen)
    values = found.values()
    origins = {run.task: run.origin for run in chosen}
    encoders = encoders_of(data, cache)
    written: list[Path] = []
    with bars() as begin:
        for task_name, origin in origins.items():
            (choice,) = [each for each in chosen_tasks([origin], _NONE, data) if each.task.name == task_name]
            own = [each for each in values if each.task == task_name]
            newest = [run for run in chosen if run.key in {key for each in own for key in each.runs}]
            rows = {run.subject: runs.rows(run) for run in newest}
            written += transfer.write_out(folder, choice.task, own, rows=rows)
            if isinstance(choice.task, Retrieval):
                for subject in _able(newest):
                    begin(f"{task_name}: {subject}")
                    made = encoders.subject(subject, now=options.now())
                    written += transfer.write_rankings(folder, choice.task, made)
    return written


def _able(runs: list[Run]) -> list[str]:
    """The subjects that can be asked to rank once more."""
    own = (run.subject for run in runs if not run.foreign)
    return list(dict.fromkeys(name for name in own if not name.startswith(suite.TWIN)))
