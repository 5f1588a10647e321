"""Sync: update the Lexicon and the Space from the Store."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, progress
from broadsheet.collection import Collection
from broadsheet.sync import Synced
from broadsheet.sync import sync as bring_up
from broadsheet.wiring.collection import open_configured

Rebuild = Annotated[bool, typer.Option("--rebuild", help="Rebuild the Lexicon and the Space from the Store.")]


def sync(rebuild: Rebuild = False, data: Data = None, as_json: AsJson = False) -> None:
    """Make new papers searchable by words and by meaning.

    Updates the Lexicon and the Space from the Store. If it is interrupted, the next sync continues from there.

    Example: broadsheet sync
    """
    with open_configured(data, create=False) as collection:
        done = sync_shown(collection, rebuild=rebuild)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
    else:
        print_synced(done)


def sync_shown(collection: Collection, *, rebuild: bool = False) -> Synced:
    """Sync with a progress bar; ``rebuild``: from the beginning."""
    with progress("Syncing") as advance:
        return bring_up(collection, progress=advance, rebuild=rebuild)


def print_synced(done: Synced) -> None:
    """Print in a line what a sync did."""
    counts = f"{done.indexed:,} papers indexed, {done.encoded:,} encoded, {done.removed:,} removed."
    out().print(counts if done.indexed or done.encoded or done.removed else "Everything is up to date.", markup=False)
    if done.cut:
        note(
            f"{done.cut:,} texts are longer than the encoder reads; what follows is ignored for the search by meaning."
        )
