"""Starting: up and serve."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli import options
from broadsheet.cli.options import Data
from broadsheet.cli.terminal import note, out, progress
from broadsheet.core.errors import BroadsheetError, UsageError

if TYPE_CHECKING:
    from broadsheet.collection import Collection
    from broadsheet.config import Settings

AT_ONCE = 2_000  # texts that a start encodes before it serves; more are encoded while the site is up already
Port = Annotated[int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the site; else 8000.")]
Host = Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; else 127.0.0.1.")]
Once = Annotated[bool, typer.Option("--once", help="Do everything but serve.")]
NoShelf = Annotated[bool, typer.Option("--no-shelf", help="Leave an empty Collection empty.")]
NoSync = Annotated[bool, typer.Option("--no-sync", help="Do not bring the indexes up to the Store.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    options.command(app, up)
    options.command(app, serve)


def up(once: Once = False, port: Port = None, host: Host = None, no_shelf: NoShelf = False, data: Data = None) -> None:
    """Do all it takes: open, fill, sync, show examples, serve.

    Makes the Collection when there is none, and puts the starter shelf into an empty one.

    Example: broadsheet up --port 8080
    """
    from broadsheet import config
    from broadsheet.wiring.sources import opened

    folder = config.collection_folder(data)
    settings = config.load(folder, port=port, host=host)
    if not once:
        _require_port(settings)
    with opened(folder, settings=settings) as collection:
        if not no_shelf and not collection.store.last_change():
            _fill(collection)
        later = not once and _pending(collection) > AT_ONCE
        if not later:
            _sync(collection)
        _show_examples(collection)
        if not once:
            _serve(collection, settings, syncing=later)


def serve(port: Port = None, host: Host = None, no_sync: NoSync = False, data: Data = None) -> None:
    """Serve the site, syncing in the background.

    Example: broadsheet serve --port 8080 --data /srv/papers
    """
    from broadsheet import config
    from broadsheet.wiring.sources import opened

    folder = config.collection_folder(data)
    settings = config.load(folder, port=port, host=host)
    with opened(folder, create=False, settings=settings) as collection:
        _serve(collection, settings, syncing=not no_sync)


def _require_port(settings: Settings) -> None:
    """Look whether the port can be had before any long work; the server takes it for itself later."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    if settings.port > 65535:
        raise UsageError(f"cannot listen on port {settings.port}: expected 0 to 65535, 0 for any that is free")
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise UsageError(f"cannot listen on {where} ({error.strerror}): choose another with --port") from error


def _fill(collection: Collection) -> None:
    from broadsheet import shelf

    with progress("Reading the shelf") as told:
        run = shelf.add(collection, now=options.now(), progress=told)
    out().print(f"{run.new} papers of the starter shelf are in {collection.path}.", markup=False, highlight=False)


def _pending(collection: Collection) -> int:
    """Changes that wait for the slower of the two indexes."""
    space = collection.space
    return collection.store.pending(space.snapshot().pointer.change if space.exists else 0)


def _sync(collection: Collection) -> None:
    from broadsheet.cli.ingest import sync_shown

    sync_shown(collection)
    out().print(f"{collection.store.count():,} papers can be found by words and meaning.", markup=False)


def _show_examples(collection: Collection) -> None:
    from broadsheet.cli.tables import print_brief
    from broadsheet.search.hybrid import search
    from broadsheet.shelf import EXAMPLES

    for words in EXAMPLES:
        try:
            print_brief(search(collection, words, k=3))
        except BroadsheetError as error:
            note(f"No example searches yet: {error}")
            return


def _serve(collection: Collection, settings: Settings, *, syncing: bool) -> None:
    from broadsheet import logs, server

    if syncing:
        note("Syncing in the background; what is in already can be found.")

    def ready(address: str) -> None:
        out().print(f"Broadsheet is at {address}  (Ctrl-C stops it)", markup=False)

    with logs.written(as_json=settings.logs_json, debug=bool(os.environ.get("BROADSHEET_DEBUG"))):
        server.serve(collection, settings, syncing=syncing, ready=ready)
