"""Followed sources: add, list, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet import names
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, table
from broadsheet.core.types import Run
from broadsheet.sources.payload import shown_names, without_folders
from broadsheet.upkeep.sources import follow, unfollow
from broadsheet.wiring.collection import open_configured

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="For example arxiv:cs.IR, hf:daily or bibtex:refs.bib.")]


def add(source: Name, data: Data = None) -> None:
    """Follow a source, so that `ingest` without names reads it.

    Example: broadsheet sources add arxiv:cs.IR
    """
    with open_configured(data) as collection:
        added = follow(collection.store, source, now=options.now())
    name = without_folders(added or source)
    if name != source:
        note(f"{source} is taken as {name}.")
    note(f"You {'now' if added else 'already'} follow {name}. Run `broadsheet ingest` to read it.")


def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """List the followed sources with their last runs.

    Example: broadsheet sources list
    """
    with open_configured(data, create=False) as collection:
        followed = collection.store.journal.sources()
    if as_json:
        print_json(
            [
                {"name": s.name, "added": s.added.isoformat(), "run": json.run(s.last_run) if s.last_run else None}
                for s in followed
            ]
        )
        return
    if followed:
        shown = shown_names(each.name for each in followed)
        table(["source", "=last read", "#new", "result"], [_row(shown[s.name], s.last_run) for s in followed])
    else:
        note("You follow no sources yet. Example: broadsheet sources add arxiv:cs.IR")
    note(f"Kinds of sources: {', '.join(names.known(names.SOURCES))}")


def _row(name: str, run: Run | None) -> list[str]:
    if run is None:
        return [name, "never", "", ""]
    result = run.error or ("ended well" if run.ended else "interrupted")
    return [name, f"{run.started:%Y-%m-%d %H:%M}", f"{run.new:,}", result]


def remove(source: Name, data: Data = None) -> None:
    """Stop following a source. Its papers stay.

    Example: broadsheet sources remove arxiv:cs.IR
    """
    with open_configured(data, create=False) as collection:
        unfollow(collection.store, source)
    note(f"You no longer follow {source}; its papers stay.")
