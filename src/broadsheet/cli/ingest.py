"""Bringing papers in: ingest, sync, sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import bars, note, out, print_json, progress, say, table
from broadsheet.core.errors import NotFoundError, SourceError

if TYPE_CHECKING:
    from broadsheet.collection import Collection
    from broadsheet.core.types import Run
    from broadsheet.sync import Synced

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE",
        help="Such as arxiv:cs.IR, hf:daily, jsonl:papers.jsonl, bibtex:refs.bib; without any, all that are followed.",
    ),
]
Name = Annotated[str, typer.Argument(metavar="SOURCE", help="Such as arxiv:cs.IR, hf:daily, bibtex:refs.bib.")]
FetchedSince = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="Papers from this day on: 30d, 2024-05-31, 2024.")
]
AndSync = Annotated[bool, typer.Option("--sync", help="Sync at once, so that the papers can be found.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Make Lexicon and Space anew from the Store.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    options.command(app, ingest)
    options.command(app, sync)
    group = typer.Typer(no_args_is_help=True, help="Follow sources: add, list, remove.")
    for function, name in ((add, "add"), (list_all, "list"), (remove, "remove")):
        options.command(group, function, name=name)
    app.add_typer(group, name="sources")


def ingest(
    sources: Names = None,
    since: FetchedSince = None,
    and_sync: AndSync = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read sources and keep their papers.

    A bad record stops nothing: it is kept with its reason.
    A live feed is asked for what is new since its last run, at first for the last 30 days.

    Example: broadsheet ingest bibtex:refs.bib --sync
    """
    from broadsheet.wiring import opened, source

    first = options.day(since, "--since")
    with opened(data) as collection:
        chosen = sources or [each.name for each in collection.store.sources()]
        for name in chosen:
            source(name, collection)  # a name that cannot be is said before any work is done
        if not chosen:
            raise NotFoundError("no source is followed: name one, or `broadsheet sources add SOURCE` first")
        runs = _ingest_all(collection, chosen, first)
        synced = sync_shown(collection) if and_sync else None
        pending = collection.store.pending(collection.lexicon.change)
    if as_json:
        print_json([json.run(run) for run in runs])
    else:
        print_runs(runs)
        _say_synced(synced, pending)
    _stop_if_failed(runs)


def _ingest_all(collection: Collection, chosen: list[str], since: date | None) -> list[Run]:
    from broadsheet.wiring import ingest as read

    with bars() as begin:
        return [read(collection, name, since=since, progress=begin(f"Reading {name}")) for name in chosen]


def _say_synced(synced: Synced | None, pending: int) -> None:
    if synced is not None:
        _print_synced(synced)
    elif pending:
        note("Run `broadsheet sync` to find them by words and meaning.")


def _stop_if_failed(runs: list[Run]) -> None:
    failed = [run for run in runs if run.error]
    if len(failed) == 1:
        raise SourceError(failed[0].error)
    for run in failed:
        say(f"{run.source}: {run.error}")
    if failed:
        raise SourceError(f"{len(failed)} of {len(runs)} sources failed; what came before is kept")


def print_runs(runs: list[Run]) -> None:
    """Runs as a table."""
    rows = [[run.source, *(f"{n:,}" for n in (run.new, run.changed, run.same, run.bad))] for run in runs]
    table(["source", "#new", "#changed", "#same", "#bad"], rows)
    for run in runs:
        if not (run.new or run.changed or run.same or run.bad or run.error):
            note(f"{run.source} brought nothing: there is nothing new, or it is not of the kind its name says.")
    if any(run.bad for run in runs):
        note("`broadsheet status` shows the bad records and why they are.")


def sync(rebuild: Rebuild = False, data: Data = None, as_json: AsJson = False) -> None:
    """Make what is new findable by words and by meaning.

    Brings Lexicon and Space up to the Store. Interrupted at any moment, the next sync goes on from there.

    Example: broadsheet sync
    """
    from broadsheet.wiring import opened

    with opened(data, create=False) as collection:
        done = sync_shown(collection, rebuild=rebuild)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        _print_synced(done)


def sync_shown(collection: Collection, *, rebuild: bool = False) -> Synced:
    """The verb, with a bar."""
    from broadsheet.sync import sync as bring_up

    with progress("Syncing") as told:
        return bring_up(collection, progress=told, rebuild=rebuild)


def _print_synced(done: Synced) -> None:
    said = f"{done.indexed:,} papers indexed, {done.encoded:,} encoded, {done.removed:,} taken out."
    out().print(said if done.indexed or done.encoded or done.removed else "Everything is up to date.", markup=False)
    if done.cut:
        note(f"{done.cut:,} texts are longer than the encoder reads: their ends do not count for the meaning.")


def add(source: Name, data: Data = None) -> None:
    """Follow a source: `ingest` without names reads it.

    Example: broadsheet sources add arxiv:cs.IR
    """
    from broadsheet.upkeep.sources import follow
    from broadsheet.wiring import opened

    with opened(data) as collection:
        added = follow(collection.store, source, now=options.now())
    note(f"{source} is followed{'' if added else ' already'}. Run `broadsheet ingest` to read it.")


def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """List the sources that are followed, with their last runs.

    Example: broadsheet sources list
    """
    from broadsheet import names
    from broadsheet.wiring import opened

    with opened(data, create=False) as collection:
        followed = collection.store.sources()
    if as_json:
        print_json(
            [
                {"name": s.name, "added": s.added.isoformat(), "run": json.run(s.last_run) if s.last_run else None}
                for s in followed
            ]
        )
        return
    if followed:
        table(["source", "=last read", "#new", "result"], [_followed_row(s.name, s.last_run) for s in followed])
    else:
        note("No source is followed. Example: broadsheet sources add arxiv:cs.IR")
    note(f"Kinds: {', '.join(names.known(names.SOURCES))}")


def _followed_row(name: str, run: Run | None) -> list[str]:
    if run is None:
        return [name, "never", "", ""]
    result = run.error or ("ended well" if run.ended else "interrupted")
    return [name, f"{run.started:%Y-%m-%d %H:%M}", f"{run.new:,}", result]


def remove(source: Name, data: Data = None) -> None:
    """Follow a source no more. Its papers stay.

    Example: broadsheet sources remove arxiv:cs.IR
    """
    from broadsheet.upkeep.sources import unfollow
    from broadsheet.wiring import opened

    with opened(data, create=False) as collection:
        unfollow(collection.store, source)
    note(f"{source} is followed no more; its papers stay.")
