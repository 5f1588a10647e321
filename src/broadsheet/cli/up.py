"""The one command to start with: up."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from broadsheet import config, shelf
from broadsheet.cli import options
from broadsheet.cli.options import Data, Host, Port
from broadsheet.cli.serve import serve_site
from broadsheet.cli.sync import print_topics, sync_shown
from broadsheet.cli.tables import print_brief
from broadsheet.cli.terminal import note, out, progress
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, UsageError
from broadsheet.search.end import ended
from broadsheet.search.hybrid import search
from broadsheet.wiring.collection import open_configured

AT_ONCE = 2_000  # texts that a start encodes before it serves; more are encoded while the site is up already
Once = Annotated[bool, typer.Option("--once", help="Do everything except serve.")]
NoShelf = Annotated[bool, typer.Option("--no-shelf", help="Do not add the starter shelf to an empty Collection.")]
Open = Annotated[bool, typer.Option("--open", help="Open the site in a browser, if there is a display.")]


def up(
    once: Once = False,
    port: Port = None,
    host: Host = None,
    no_shelf: NoShelf = False,
    open_: Open = False,
    data: Data = None,
) -> None:
    """Set up and serve in one step: create, fill, sync, show examples, serve.

    Creates the Collection if it does not exist, and adds the starter shelf to an empty one. Choose what to read on the
    site's first page. While it serves, it fetches, syncs and sends email on schedule.

    Example: broadsheet up --port 8080
    """
    folder = config.collection_folder(data)
    settings = config.load(folder, port=port, host=host)
    if not once:
        _require_port(settings)
    with open_configured(folder, settings=settings) as collection:
        if not no_shelf and not collection.store.papers.last_change():
            _fill(collection)
        later = not once and _pending(collection) > AT_ONCE
        if not later:
            _sync(collection)
        _show_examples(collection)
        if not once:
            serve_site(collection, settings, scheduled=True, syncing=later, opening=open_)


def _require_port(settings: Settings) -> None:
    """Look whether the port can be had before any long work; the server takes it for itself later."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    if settings.port > 65535:
        raise UsageError(f"cannot listen on port {settings.port}: expected 0 to 65535, 0 for any free port")
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise UsageError(f"cannot listen on {where} ({error.strerror}): choose another with --port") from error


def _fill(collection: Collection) -> None:
    with progress("Reading the shelf") as advance:
        run = shelf.add(collection, now=options.now(), progress=advance)
    out().print(f"Added {run.new} papers of the starter shelf to {collection.path}.", markup=False, highlight=False)


def _pending(collection: Collection) -> int:
    """Changes that wait for the slower of the two indexes."""
    return collection.store.papers.pending(collection.space.change)


def _sync(collection: Collection) -> None:
    _, topics = sync_shown(collection)
    print_topics(topics)
    out().print(f"{collection.store.papers.count():,} papers can be found by words and meaning.", markup=False)


def _show_examples(collection: Collection) -> None:
    for words in shelf.EXAMPLES:
        try:
            print_brief(ended(search(collection, words, k=3)))
        except BroadsheetError as error:
            note(f"No example searches yet: {error}")
            return
