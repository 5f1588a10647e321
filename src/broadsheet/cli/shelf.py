"""The starter shelf: show it, add it, remove it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from broadsheet import shelf as starter
from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, progress, table
from broadsheet.core.errors import UsageError
from broadsheet.wiring.collection import open_configured

Add = Annotated[bool, typer.Option("--add", help="Add the shelf to the Collection.")]
Remove = Annotated[bool, typer.Option("--remove", help="Remove the shelf from the Collection.")]


def shelf(add: Add = False, remove: Remove = False, data: Data = None, as_json: AsJson = False) -> None:
    """Show the starter shelf and which part of Broadsheet covers each paper.

    Each of the 289 papers names the module that offers its subject, or says `planned`, with what was reached if it was
    tried, or `not ours` and why.

    Example: broadsheet shelf --remove
    """
    if add and remove:
        raise UsageError("--add and --remove exclude each other: choose one")
    if add or remove:
        _change(remove=remove, data=data)
        return
    rows = list(starter.entries())
    if as_json:
        print_json([{"id": e.id, "title": e.title, "topics": list(e.topics), "offer": e.offer} for e in rows])
        return
    table(["id", "title", "covered by"], [[e.id, e.title, e.offer] for e in rows])
    counts = Counter(_kind(e.offer) for e in rows)
    note(f"{len(rows)} papers: " + ", ".join(f"{n} {kind}" for kind, n in counts.most_common()))


def _kind(offer: str) -> str:
    kind = offer.partition(":")[0]
    return kind if kind in ("planned", "not ours") else "offered"


def _change(*, remove: bool, data: Data) -> None:
    with open_configured(data, create=not remove) as collection:
        if remove:
            gone = starter.remove(collection, now=options.now())
            note(
                f"Removed {gone} papers of the shelf; search no longer finds them. `broadsheet sync` frees their space."
            )
            return
        with progress("Reading the shelf") as advance:
            run = starter.add(collection, now=options.now(), progress=advance)
    note(f"Added {run.new} papers; {run.same} were there already. Run `broadsheet sync` to make them searchable.")
