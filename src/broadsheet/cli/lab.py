"""The lab on the terminal: where its file of results is, and how values, ties, costs and controls are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet import config
from broadsheet.cli.terminal import bars, note, print_json, table
from broadsheet.core.protocols import Progress
from broadsheet.lab.controls import Control
from broadsheet.lab.results import Results, Standing, Value, to_json
from broadsheet.lab.runs import NAME, Run, Runs
from broadsheet.lab.suite import Encoders
from broadsheet.lab.tasks.mine import MINE
from broadsheet.lab.trust import sentence_of
from broadsheet.wiring.collection import configured_model

File = Annotated[
    Path | None,
    typer.Option(
        "--results", metavar="FILE", help=f"File of results. Default: {NAME} in the Collection, else in this folder."
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything that is drawn at random.")]
Vectors = Annotated[Path | None, typer.Option("--cache", metavar="DIR", help="Folder that keeps the vectors of texts.")]
VECTORS = Path("~/.cache/broadsheet/evaluate")


def runs_of(given: Path | None, data: Path | None) -> Runs:
    """Open the file of results: as given, else in the Collection if there is one, else in this folder."""
    folder = config.collection_folder(data)
    return Runs(given or (folder if (folder / "store.db").is_file() else Path()) / NAME)


def data_folder() -> Path | None:
    """Return the folder of judged sets, from BROADSHEET_DATA; None if it is not set."""
    named = os.environ.get("BROADSHEET_DATA")
    return Path(named).expanduser() if named else None


def encoders_of(data: Path | None, cache: Path | None) -> Encoders:
    """Return what makes subjects of names, with the models of the Collection."""
    folder = config.collection_folder(data)
    return Encoders(
        lambda name: configured_model(name, folder),
        (cache or VECTORS).expanduser(),
    )


@contextmanager
def steps() -> Iterator[Any]:
    """Make a bar for each step that the block names; where standard error is not a terminal, a line."""
    with bars() as begin:
        yield begin if sys.stderr.isatty() else _named


def _named(step: str) -> Progress:
    note(step)
    return lambda _done, _total: None


def show(runs: Runs, chosen: Sequence[Run], *, seed: int, as_json: bool, costs: bool = False) -> Results:
    """Print what runs say, and return it: values by task, the leaderboard, what it cost, and the controls."""
    results = Results(runs, chosen, seed=seed)
    with bars() as begin:
        values = results.values(begin("Intervals and comparisons"))
    if as_json:
        print_json(to_json(results, costs=costs))
        return results
    _print_values([value for value in values if value.main])
    for task in dict.fromkeys(value.task for value in values if value.kind == MINE):
        note(sentence_of(task))
    _print_leaderboard(results.leaderboard(values))
    _print_costs(results.costs())
    for each in results.traits(results.leaderboard(values)):
        note(f"Over {each.subjects} encoders the mean correlates with {each.attribute}: {each.spearman:+.2f} "
             f"(Spearman, p {each.p:.2g}).")  # fmt: skip
    _print_controls(results.twins())
    note(f"Item by item in {runs.path}; --again shows this table again without measuring.")
    return results


def _print_values(values: Sequence[Value]) -> None:
    shown = []
    last = ""
    for each in values:
        new = each.task != last
        last = each.task
        shown.append([
            each.task if new else "", each.kind if new else "", each.figure if new else "", each.subject,
            f"{each.value:.3f}", f"{each.low:.3f} – {each.high:.3f}", f"{each.items:,}" if new else "", each.letters,
        ])  # fmt: skip
    table(["set", "kind", "figure", "measured", "#value", "#95 % interval", "#items", "ties"], shown)
    note("On one set, those that share a letter cannot be told apart (paired, corrected over the table).")
    for message, where in _warnings(values).items():
        note(f"{message} ({', '.join(where)})")


def _warnings(values: Iterable[Value]) -> dict[str, list[str]]:
    """Which sets a warning is about, by its words."""
    found: dict[str, list[str]] = {}
    for each in values:
        for message in each.warnings:
            places = found.setdefault(message, [])
            if each.task not in places:
                places.append(each.task)
    return found


def _print_leaderboard(standings: Sequence[Standing]) -> None:
    kinds = list(dict.fromkeys(kind for each in standings for kind in each.kinds))
    if len(kinds) < 2:
        return
    shown = [
        [each.subject + (" (control)" if each.control else ""),
         "" if each.mean is None else f"{each.mean:.3f}",
         "" if each.low is None else f"{each.low:.3f} – {each.high:.3f}",
         f"{each.first} of {each.tasks}",
         *(f"{each.kinds[kind]:.3f}" if kind in each.kinds else "" for kind in kinds)]
        for each in standings
    ]  # fmt: skip
    table(["measured", "#mean of kinds", "#95 % interval", "#unbeaten on", *(f"#{kind}" for kind in kinds)], shown,
          title="All kinds of task")  # fmt: skip
    note("An error counts as 1 - error. No mean for what cannot do every task.")


def _print_costs(costs: Sequence[dict[str, Any]]) -> None:
    if not costs:
        return
    shown = [
        [each["subject"], _number(each["documents"]["a_second"]), _number(each["queries"]["a_second"]),
         _number(each["bytes_a_vector"]), _number(each["peak_megabytes"]),
         _number(each["queries"]["processor_seconds_per_1000"], 2), _number(each["queries"]["joules_per_1000"], 1),
         _number(each["documents"]["processor_seconds_per_1000"], 2), _number(each["documents"]["joules_per_1000"], 1)]
        for each in costs
    ]  # fmt: skip
    table(
        ["measured", "#documents/s", "#queries/s", "#bytes/vector", "#peak MB", "#CPU s/1,000 queries",
         "#J/1,000 queries", "#CPU s/1,000 documents", "#J/1,000 documents"],
        shown, title="What it cost, on texts that were really encoded",
    )  # fmt: skip
    newest = costs[-1]
    on = newest["machine"]
    note(f"{on['processor']}, {on['cores']} cores, load {on['load']}; energy: {newest['energy']}.")


def _number(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _sets(count: int) -> str:
    return "1 set" if count == 1 else f"all {count} sets"


def _print_controls(controls: Sequence[Control]) -> None:
    failed = [each for each in controls if not each.holds]
    for each in failed:
        note(f"Control failed: {each.message}")
    if controls and not failed:
        name = controls[0].message.partition(" measured")[0]
        note(f"Control: {name} measured twice differs by exactly 0 on {_sets(len(controls))}.")
