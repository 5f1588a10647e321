"""The server: serve, run."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli.options import Data, Host, Port
from broadsheet.cli.servers import server
from broadsheet.cli.sync import fetch_model
from broadsheet.cli.terminal import note, out
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.wiring import logs
from broadsheet.wiring.collection import open_configured

NoSync = Annotated[bool, typer.Option("--no-sync", help="Do not update the indexes from the Store.")]


def serve(port: Port = None, host: Host = None, no_sync: NoSync = False, data: Data = None) -> None:
    """Serve the site, and sync in the background.

    Example: broadsheet serve --port 8080 --data /srv/papers
    """
    folder = config.collection_folder(data)
    settings = config.load(folder, port=port, host=host)
    with open_configured(folder, create=False, settings=settings) as collection:
        serve_site(collection, settings, syncing=not no_sync)


def run(port: Port = None, host: Host = None, data: Data = None) -> None:
    """Serve the site, and fetch, sync and send email on schedule.

    Runs each job of `broadsheet jobs` when it is due, by the settings fetch_hours and trending_hours. Creates the
    Collection if it does not exist. Ctrl-C or SIGTERM stops it between two steps.

    Example: broadsheet run --data /srv/papers
    """
    folder = config.collection_folder(data)
    settings = config.load(folder, port=port, host=host)
    debug = bool(os.environ.get("BROADSHEET_DEBUG"))
    with (
        logs.logging_to(as_json=settings.logs_json, debug=debug),
        open_configured(folder, settings=settings) as collection,
    ):
        fetch_model(collection, settings)
        server("site")(collection, settings, scheduled=True, ready=_say_ready)


def serve_site(
    collection: Collection, settings: Settings, *, syncing: bool, scheduled: bool = False, opening: bool = False
) -> None:
    """Serve until stopped, with logs; ``syncing``: update the indexes in the background; ``scheduled``: run the jobs
    that are due; ``opening``: open the site in a browser, where there is a display."""
    if syncing:
        note("Syncing in the background; papers that are indexed already can be found.")
    with logs.logging_to(as_json=settings.logs_json, debug=bool(os.environ.get("BROADSHEET_DEBUG"))):
        fetch_model(collection, settings)
        ready = _show if opening else _say_ready
        server("site")(collection, settings, syncing=syncing, scheduled=scheduled, ready=ready)


def _say_ready(address: str) -> None:
    out().print(f"Broadsheet is at {address}  (Ctrl-C stops it)", markup=False)


def _show(address: str) -> None:
    """Print the address and open it in a browser of this machine."""
    _say_ready(address)
    has_display = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if not (has_display and webbrowser.open(address)):
        note("No browser could be opened here: open the address yourself.")
