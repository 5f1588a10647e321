"""Sync: update the Lexicon and the Space from the Store."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, progress
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError
from broadsheet.core.protocols import Usage
from broadsheet.sync import Synced
from broadsheet.sync import sync as bring_up
from broadsheet.topics import tree
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.models import fetch

Rebuild = Annotated[
    bool, typer.Option("--rebuild", help="Rebuild the Lexicon and the Space from the Store, and find topics again.")
]

_log = logging.getLogger("broadsheet.topics")


def sync(rebuild: Rebuild = False, data: Data = None, as_json: AsJson = False) -> None:
    """Make new papers searchable by words and by meaning, and place them in topics.

    Updates the Lexicon and the Space from the Store, then the topics. If it is interrupted, the next sync continues
    from there.

    Example: broadsheet sync
    """
    with open_configured(data, create=False) as collection:
        done, topics = sync_shown(collection, rebuild=rebuild)
    if as_json:
        print_json({**asdict(done), "topics": asdict(topics)})
    else:
        print_synced(done)
        print_topics(topics)


def sync_shown(collection: Collection, *, rebuild: bool = False) -> tuple[Synced, tree.Done]:
    """Sync, then bring topics up, with progress bars; ``rebuild``: from the beginning. Topics that cannot be brought up
    are no failure: the reason says why."""
    fetch_model(collection)
    with progress("Syncing") as advance:
        done = bring_up(collection, progress=advance, rebuild=rebuild)
    try:
        with progress("Finding topics") as advance:
            return done, tree.bring_up(collection, now=options.now(), progress=advance, rebuild=rebuild)
    except Exception as error:
        _log.exception("topics could not be brought up to date")
        reason = (
            str(error) if isinstance(error, BroadsheetError) else f"an unforeseen {type(error).__name__}; see the log"
        )
        return done, tree.Done(reason=f"Topics are not up to date: {reason}")


def fetch_model(collection: Collection, settings: Settings | None = None) -> None:
    """Fetch the model of the Collection's encoder if it is named and not here; say why where that fails."""
    try:
        fetch(collection.encoder_name, collection.path, settings or config.load(collection.path))
    except BroadsheetError as error:
        note(str(error))


def print_topics(done: tree.Done) -> None:
    """Print in a line what was done with topics; why there are none is a note."""
    if done.reason and not (done.placed or done.adrift):
        note(done.reason)
    elif done != tree.Done():
        out().print(tree.words(done), markup=False)


def print_synced(done: Synced) -> None:
    """Print in a line what a sync did."""
    counts = f"{done.indexed:,} papers indexed, {done.encoded:,} encoded, {done.removed:,} removed."
    out().print(counts if done.indexed or done.encoded or done.removed else "Everything is up to date.", markup=False)
    if done.tokens:
        note(f"The model server read {Usage(done.tokens, done.estimated)}.")
    if done.note:
        note(done.note)
    if done.cut:
        note(
            f"{done.cut:,} texts are longer than the encoder reads; what follows is ignored for the search by meaning."
        )
