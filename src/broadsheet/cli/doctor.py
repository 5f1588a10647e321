"""Keeping: status, doctor, export, backup."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import LEVELS, clean, harmless, note, out, print_json, progress, table
from broadsheet.core.errors import CollectionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from broadsheet.core.types import Run
    from broadsheet.doctor import Checked, Place
    from broadsheet.store import Store

File = Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]
Whole = Annotated[
    bool, typer.Option("--all", help="Everything: papers, people, votes, lists, but no sessions and no tokens.")
]
WithSecret = Annotated[
    bool,
    typer.Option("--with-secret", help="With --all: the instance's secret too, so that links in mails go on working."),
]
Target = Annotated[Path, typer.Argument(metavar="TARGET", help="A new folder for the copy.")]
Most = Annotated[int, typer.Option("--runs", min=1, max=1000, metavar="N", help="How many runs and bad records.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    for function in (status, doctor, export, backup):
        options.command(app, function)


def status(most: Most = 10, data: Data = None, as_json: AsJson = False) -> None:
    """Show what the Collection holds and how far it is.

    Counts, indexes, the last runs, and bad records with their reasons.

    Example: broadsheet status --json
    """
    from broadsheet.doctor import examine

    place = place_of(data)
    if not (place.folder / "store.db").is_file():
        _ = place.collection  # raises the error that says what to do
    found = list(examine(place, "collection"))
    runs, problems = place.collection.store.runs(most), place.collection.store.problems(most)
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
            }
        )
        return
    print_findings(found)
    _print_history(runs)
    if problems:
        rows = [[p.source, p.record.where, p.record.reason] for p in problems]
        table(["source", "where", "reason"], rows, title="\nBad records")


def _print_history(runs: Sequence[Run]) -> None:
    rows = [
        [f"{r.started:%Y-%m-%d %H:%M}", r.source, *(f"{n:,}" for n in (r.new, r.changed, r.same, r.bad)),
         "failed" if r.error else "well" if r.ended else "interrupted"]
        for r in runs
    ]  # fmt: skip
    if rows:
        table(["=read", "source", "#new", "#changed", "#same", "#bad", "=ended"], rows, title="\nLast runs")
    for run in runs:
        if run.error:
            note(f"{run.source}: {run.error}")


def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Check installation, machine and Collection; say what to do.

    Ends with 1 when a check fails.

    Example: broadsheet doctor
    """
    from broadsheet.doctor import examine

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


def place_of(data: Path | None) -> Place:
    """What is looked at: this installation, and the Collection of the folder."""
    from broadsheet import config
    from broadsheet.doctor import Place

    folder = config.collection_folder(data)
    return Place(folder, config.load(folder))


def finding(checked: Checked) -> dict[str, Any]:
    """A finding as JSON."""
    found = checked.finding
    return {"level": found.level, "said": found.said, "advice": found.advice, "facts": dict(found.facts)}


def print_findings(found: Iterable[Checked]) -> None:
    """Findings as lines, with what to do."""
    from rich.table import Table
    from rich.text import Text

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


def export(
    file: File = "-",
    force: Force = False,
    whole: Whole = False,
    with_secret: WithSecret = False,
    data: Data = None,
) -> None:
    """Write all papers as JSON lines, or with --all everything there is.

    All that each source said of each paper: `ingest jsonl:FILE` gives equal papers back. What --all wrote comes back by
    `import --all`; its file can be read by you alone, for it holds mail addresses.

    Example: broadsheet export papers.jsonl
    """
    from broadsheet.wiring.sources import opened

    if with_secret and not whole:
        raise UsageError("--with-secret goes with --all: papers alone need no secret")
    with opened(data, create=False) as collection:
        put = functools.partial(_write_all, with_secret=with_secret) if whole else _write
        if file == "-":
            put(collection.store, sys.stdout)
            return
        with _beside(Path(file).expanduser(), force=force, private=whole) as stream:
            count = put(collection.store, stream)
    note(f"{count:,} records of papers{' and all else' if whole else ''} written to {file}.")


def _write_all(store: Store, stream: TextIO, *, with_secret: bool) -> int:
    from broadsheet.upkeep import archive

    with progress("Exporting") as told:
        return archive.write(store, stream, now=options.now(), with_secret=with_secret, progress=told).papers


def _write(store: Store, stream: TextIO) -> int:
    from broadsheet.exports import jsonl

    total, done = store.count(), 0
    with progress("Exporting") as told:
        for done, line in enumerate(jsonl.lines(store), 1):
            stream.write(harmless(line) + "\n")
            if done % 500 == 0:
                told(done, max(total, done))
        told(done, done)
    return done


@contextmanager
def _beside(path: Path, *, force: bool, private: bool = False) -> Iterator[TextIO]:
    """A file beside the wanted one, which takes its name once it is whole; a ``private`` one is its owner's alone."""
    if path.is_dir():
        raise CollectionError(f"{path} is a folder: name a file in it")
    if path.exists() and not force:
        raise CollectionError(f"{path} exists already: choose another name, or write over it with --force")
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def backup(target: Target, data: Data = None) -> None:
    """Copy the Collection into a new folder.

    Store, models and settings, whole even while something is written. The copy is a Collection: `broadsheet sync
    --data TARGET` makes its indexes again.

    Example: broadsheet backup /backups/2026-01-31
    """
    from broadsheet.upkeep.backup import backup as copy
    from broadsheet.wiring.sources import opened

    with opened(data, create=False) as collection:
        whole = copy(collection, target)
        count = collection.store.count()
    note(f"{count:,} papers copied to {whole}.")
