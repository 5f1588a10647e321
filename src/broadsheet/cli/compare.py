"""Comparison: which of two is better, and is the difference real."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli import options
from broadsheet.cli.lab import File, Seed, Vectors, data_folder, encoders_of, runs_of, steps
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, table
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.lab import suite as lab
from broadsheet.lab.comparison import Summary, summary
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Run, Runs

One = Annotated[str, typer.Argument(metavar="ONE", help="An encoder or a control, for example minilm.")]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="What it is compared with.")]
Sets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SET|KIND|DIR]...", help="Where to compare; default: all that both were measured on."),
]
Suite = Annotated[str | None, typer.Option("--suite", metavar="NAME", help="Compare on a suite: core or full.")]
Margin = Annotated[
    float | None, typer.Option("--margin", metavar="X", min=0, help="A difference below this counts as none.")
]


def compare(
    one: One,
    other: Other,
    sets: Sets = None,
    suite: Suite = None,
    margin: Margin = None,
    seed: Seed = 0,
    results: File = None,
    cache: Vectors = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Compare two encoders item by item, and say which is better.

    The last line is the answer in one sentence. What is not known yet is measured first when you name sets. A
    difference is real here if a test that swaps the two on each item gives it a chance of at most 5 %, corrected for
    the number of sets.

    Example: broadsheet compare minilm static scifact stsb-en
    """
    if one == other:
        raise UsageError(f"{one!r} is compared with itself: name two different encoders.")
    with runs_of(results, data) as runs:
        if sets or suite:
            chosen = _measured(runs, (one, other), sets or [], suite or "", data=data, cache=cache, seed=seed)
        else:
            chosen = [run for run in runs.all() if run.subject in (one, other)]
        found = _summary(Results(runs, chosen, seed=seed), one, other, margin=margin, seed=seed)
    if as_json:
        print_json({
            "sets": [each.to_json() for each in found.sets], "gain": found.gain, "low": found.low, "high": found.high,
            "sign": found.sign, "sentence": found.sentence,
        })  # fmt: skip
    else:
        _print(found)


def _measured(
    runs: Runs, pair: tuple[str, str], sets: list[str], suite: str, *, data: Path | None, cache: Path | None, seed: int
) -> list[Run]:
    lab.require(pair)
    tasks, left_out = lab.choices(sets, data=data_folder(), suite=suite)
    for message in left_out:
        note(message)
    plan = lab.Plan(tasks, pair, seed, controls=False)
    with steps() as begin:
        return list(lab.measure(plan, encoders_of(data, cache), runs, clock=options.now, begin=begin))


def _summary(results: Results, one: str, other: str, *, margin: float | None, seed: int) -> Summary:
    tasks = [task for task in results.tasks if {one, other} <= set(results.subjects(task))]
    if not tasks:
        raise NotFoundError(
            f"{one} and {other} were not both measured on any set. Name sets, and they are measured: "
            f"broadsheet compare {one} {other} SET"
        )
    return summary([(results.of(task, one), results.of(task, other)) for task in tasks], seed=seed, margin=margin)


def _print(found: Summary) -> None:
    shown = [
        [each.set, each.figure, f"{each.gain:+.3f}", f"{each.low:+.3f} – {each.high:+.3f}", f"{each.p:.2g}",
         f"{each.adjusted:.2g}", f"{each.resolution:.2g}", f"{each.items:,}", each.verdict]
        for each in found.sets
    ]  # fmt: skip
    columns = ["set", "figure", f"#{found.one} above", "#95 % interval", "#p", "#p corrected", "#resolution", "#items"]
    table([*columns, found.one], shown)
    if len(found.sets) > 1:
        note(f"Mean over the sets: {found.gain:+.3f} ({found.low:+.3f} – {found.high:+.3f}).")
    out().print(found.sentence, markup=False)
