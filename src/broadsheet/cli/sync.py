"""Bringing Lexicon and Space up to the Store: sync."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, progress
from broadsheet.collection import Collection
from broadsheet.sync import Synced
from broadsheet.sync import sync as bring_up
from broadsheet.wiring.collection import open_configured

Rebuild = Annotated[bool, typer.Option("--rebuild", help="Make Lexicon and Space anew from the Store.")]


def sync(rebuild: Rebuild = False, data: Data = None, as_json: AsJson = False) -> None:
    """Make what is new findable by words and by meaning.

    Brings Lexicon and Space up to the Store. Interrupted at any moment, the next sync goes on from there.

    Example: broadsheet sync
    """
    with open_configured(data, create=False) as collection:
        done = sync_shown(collection, rebuild=rebuild)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        print_synced(done)


def sync_shown(collection: Collection, *, rebuild: bool = False) -> Synced:
    """The verb, with a bar."""
    with progress("Syncing") as told:
        return bring_up(collection, progress=told, rebuild=rebuild)


def print_synced(done: Synced) -> None:
    """What a sync did, in a line."""
    said = f"{done.indexed:,} papers indexed, {done.encoded:,} encoded, {done.removed:,} taken out."
    out().print(said if done.indexed or done.encoded or done.removed else "Everything is up to date.", markup=False)
    if done.cut:
        note(f"{done.cut:,} texts are longer than the encoder reads: their ends do not count for the meaning.")
