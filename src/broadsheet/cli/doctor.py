"""Health: status, doctor, verify."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from broadsheet import config
from broadsheet.cli import json
from broadsheet.cli.ingest import counted, counts
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import LEVELS, clean, note, out, print_json, table
from broadsheet.collection import Collection
from broadsheet.core.types import Run
from broadsheet.doctor import Checked, Place, examine
from broadsheet.upkeep import verify as derived

All = Annotated[bool, typer.Option("--all", help="Check every paper, not a random sample of 500.")]
Mend = Annotated[bool, typer.Option("--mend", help="Rebuild the Store's side tables where they are wrong.")]
Most = Annotated[
    int, typer.Option("--runs", min=1, max=1000, metavar="N", help="How many runs and bad records to show.")
]


def status(most: Most = 10, data: Data = None, as_json: AsJson = False) -> None:
    """Show what the Collection holds and whether it is up to date.

    Shows counts, indexes, the last runs, and bad records with their reasons.

    Example: broadsheet status --json
    """
    place = place_of(data)
    if not (place.folder / "store.db").is_file():
        _ = place.collection  # raises the error that says what to do
    found = list(examine(place, "collection"))
    journal = place.collection.store.journal
    runs, problems, clashes = journal.runs(most), journal.problems(most), journal.clashes(most)
    place.collection.close()
    if as_json:
        print_json(
            {
                **{each.name.replace(" ", "_"): finding(each) for each in found},
                "runs": [json.run(run) for run in runs],
                "problems": [
                    {"source": p.source, "where": p.record.where, "reason": p.record.reason, "raw": p.record.raw}
                    for p in problems
                ],
                "clashes": [
                    {"source": c.source, "name": c.clash.name, "id": c.clash.id, "reason": c.clash.reason}
                    for c in clashes
                ],
            }
        )
        return
    print_findings(found)
    _print_history(runs)
    if problems:
        rows = [[p.source, p.record.where, p.record.reason] for p in problems]
        table(["source", "where", "reason"], rows, title="\nBad records")
    if clashes:
        rows = [[c.source, c.clash.name, c.clash.id, c.clash.reason] for c in clashes]
        table(["source", "identifier", "stored as", "reason"], rows, title="\nClashes: one identifier, two papers")


def _print_history(runs: Sequence[Run]) -> None:
    rows = [
        [f"{r.started:%Y-%m-%d %H:%M}", r.source, *counts(r, runs),
         "failed" if r.error else "well" if r.ended else "interrupted"]
        for r in runs
    ]  # fmt: skip
    if rows:
        table(["=read", "source", *counted(runs), "=ended"], rows, title="\nLast runs")
    for run in runs:
        if run.error:
            note(f"{run.source}: {run.error}")


def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Check the installation, the machine and the Collection; say what to do.

    Exits with 1 when a check fails.

    Example: broadsheet doctor
    """
    found: list[Checked] = []
    place = place_of(data)
    for each in examine(place):
        found.append(each)
        if not as_json:
            print_findings([each])
    if as_json:
        print_json([{"area": each.area, "name": each.name, **finding(each)} for each in found])
    if any(each.finding.level == "fail" for each in found):
        raise typer.Exit(1)


def verify(whole: All = False, mend: Mend = False, data: Data = None, as_json: AsJson = False) -> None:
    """Check everything derived from the Store against the Store.

    Checks the file, its side tables, the Lexicon and the Space, and encodes a few texts again. Says what to rebuild,
    and how. Exits with 1 when something is wrong.

    Example: broadsheet verify --all
    """
    place = place_of(data)
    place.most = None if whole else place.most
    if mend:
        _mend(place.collection)
    _ = place.collection  # raises the error that says what to do
    found = list(examine(place, "derived"))
    place.collection.close()
    if as_json:
        print_json([{"name": each.name, **finding(each)} for each in found])
    else:
        print_findings(found)
    if any(each.finding.level == "fail" for each in found):
        raise typer.Exit(1)


def _mend(collection: Collection) -> None:
    mended = derived.mend(collection)
    note(f"Rebuilt the side tables of {mended:,} papers{'; run `broadsheet sync`' if mended else ''}.")


def place_of(data: Path | None) -> Place:
    """Return what the checks look at: this installation, and the Collection of the folder."""
    folder = config.collection_folder(data)
    return Place(folder, config.load(folder))


def finding(checked: Checked) -> dict[str, Any]:
    """Return a finding as JSON."""
    found = checked.finding
    return {"level": found.level, "said": found.said, "advice": found.advice, "facts": dict(found.facts)}


def print_findings(found: Iterable[Checked]) -> None:
    """Print findings as lines, with what to do."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=4)
    grid.add_column(width=11)
    grid.add_column(overflow="fold")
    for each in found:
        said = Text(clean(each.finding.said))
        if each.finding.advice:
            said.append(f"\n→ {clean(each.finding.advice)}", style="bold")
        grid.add_row(Text(each.finding.level, style=LEVELS[each.finding.level]), Text(each.name), said)
    out().print(grid)
