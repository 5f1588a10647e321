"""Ingest: read sources into the Store."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from typing import Annotated

import typer

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.sync import print_synced, print_topics, sync_shown
from broadsheet.cli.terminal import bars, note, print_json, say, table
from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, SourceError
from broadsheet.core.protocols import Source
from broadsheet.core.types import Run
from broadsheet.sources.payload import shown_names
from broadsheet.sync import Synced
from broadsheet.topics.tree import Done
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.sources import ingest as read
from broadsheet.wiring.sources import named

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE",
        help="For example arxiv:cs.IR, hf:daily, refs.bib, or - for standard input; without any, all followed ones.",
    ),
]
FetchedSince = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="Papers from this day on: 30d, 2024-05-31, 2024.")
]
AndSync = Annotated[bool, typer.Option("--sync", help="Sync at once, so that the papers can be found.")]


def ingest(
    sources: Names = None,
    since: FetchedSince = None,
    and_sync: AndSync = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read sources and store their papers.

    A bad record does not stop the run: it is stored with the reason.
    A live feed is asked for what is new since its last run; the first run asks for the last 30 days.

    Example: broadsheet ingest bibtex:refs.bib --sync
    """
    first = options.day(since, "--since")
    with open_configured(data) as collection:
        chosen = sources or [each.name for each in collection.store.journal.sources()]
        if not chosen:
            raise NotFoundError("you follow no source: name one, or run `broadsheet sources add SOURCE` first")
        with ExitStack() as stack:  # a wrong name is reported before any work is done
            readers = [stack.enter_context(named(name, collection)) for name in chosen]
            for typed, (name, _) in zip(chosen, readers, strict=True):
                say_taken(typed, name)
            runs = _ingest_all(collection, readers, first)
        synced = sync_shown(collection) if and_sync else None
        pending = collection.store.papers.pending(collection.lexicon.change)
    if as_json:
        print_json([json.run(run) for run in runs])
    else:
        print_runs(runs)
        _say_synced(synced, pending)
    _stop_if_failed(runs)


def say_taken(typed: str, name: str) -> None:
    """Say as which source something was taken that is not the name of one."""
    if name != typed:
        note(f"{typed} is taken as {name}.")


def _ingest_all(collection: Collection, readers: list[tuple[str, Source]], since: date | None) -> list[Run]:
    with bars() as begin:
        return [
            read(collection, each, since=since, progress=begin(f"Reading {name}"), name=name) for name, each in readers
        ]


def _say_synced(synced: tuple[Synced, Done] | None, pending: int) -> None:
    if synced is not None:
        print_synced(synced[0])
        print_topics(synced[1])
    elif pending:
        note("Run `broadsheet sync` to make them searchable by words and by meaning.")


def _stop_if_failed(runs: list[Run]) -> None:
    failed = [run for run in runs if run.error]
    if len(failed) == 1:
        raise SourceError(failed[0].error)
    for run in failed:
        say(f"{run.source}: {run.error}")
    if failed:
        raise SourceError(f"{len(failed)} of {len(runs)} sources failed; the papers read before are stored")


def counted(runs: Sequence[Run]) -> list[str]:
    """Return the columns of a table of runs that count; clashes have one when there are any."""
    return ["#new", "#changed", "#same", "#bad", *(["#clashes"] if any(run.clashes for run in runs) else [])]


def counts(run: Run, runs: Sequence[Run]) -> list[str]:
    """Return the counts of a run for these columns of ``runs``."""
    return [f"{getattr(run, column[1:]):,}" for column in counted(runs)]


def print_runs(runs: list[Run]) -> None:
    """Print runs as a table."""
    shown = shown_names(run.source for run in runs)
    table(["source", *counted(runs)], [[shown[run.source], *counts(run, runs)] for run in runs])
    for run in runs:
        if not (run.new or run.changed or run.same or run.bad or run.error):
            note(f"{shown[run.source]} brought nothing new.")
    if any(run.bad for run in runs):
        note("`broadsheet status` shows the bad records and the reasons.")
    if any(run.clashes for run in runs):
        note("A clash is a record whose identifier is another paper's: both are stored; see `broadsheet status`.")
