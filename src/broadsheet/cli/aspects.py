"""Aspects: read the sentences of papers, show what was read, and delete it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.sync import fetch_model
from broadsheet.cli.terminal import clean, note, out, print_json, progress, table
from broadsheet.search.aspects import build as building
from broadsheet.search.aspects.show import read
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import paper

Id = Annotated[str, typer.Argument(metavar="[ID]", help="The id of a paper; without it, what was read of all.")]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Read all papers again.")]


def build(rebuild: Rebuild = False, data: Data = None, as_json: AsJson = False) -> None:
    """Read which sentences of each paper say its task, method, data or result.

    Each sentence is encoded alone, which takes about as long as the first sync, and is stored in some 3 kB a paper.
    Nothing does so unless you ask. If it is interrupted, the next one continues; run it again after a sync.

    Example: broadsheet aspects build
    """
    with open_configured(data, create=False) as collection:
        fetch_model(collection)
        with progress("Reading sentences") as advance:
            done = building.build(collection, progress=advance, rebuild=rebuild)
    if as_json:
        print_json(asdict(done))
        return
    out().print(f"{done.read:,} papers read, {done.kept:,} as they were, {done.removed:,} removed.", markup=False)
    if done.roles.startswith("words"):
        note("This encoder has no weights of its own: roles were read from words and places alone, which is less sure.")


def show(id: Id = "", data: Data = None, as_json: AsJson = False) -> None:
    """Show what was read, or the sentences of one paper with their roles.

    Example: broadsheet aspects show arxiv:2401.00001
    """
    with open_configured(data, create=False) as collection:
        if not id:
            _print_about(building.about(collection), as_json)
            return
        said = read(collection, paper(collection, id).id)
    if as_json:
        print_json([each._asdict() for each in said])
    elif said:
        table(["role", "#sure", "sentence"], [[e.role, f"{e.probability:.0%}", clean(e.text)] for e in said])
    else:
        note("No sentence of this paper was read: it has no abstract, or came after the last build.")


def drop(data: Data = None) -> None:
    """Delete what `aspects build` made. Papers and search stay as they are.

    Example: broadsheet aspects drop
    """
    with open_configured(data, create=False) as collection:
        there = building.drop(collection)
    out().print("Deleted." if there else "There was nothing to delete.", markup=False)


def _print_about(about: building.About, as_json: bool) -> None:
    if as_json:
        print_json(asdict(about))
        return
    counts = ", ".join(f"{role} {count:,}" for role, count in about.having.items())
    accuracy = ", ".join(f"{value:.0%} on {name}" for name, value in about.accuracy.items())
    for line in (
        f"{about.sentences:,} sentences of {about.papers:,} papers, {about.bytes / 1e6:,.1f} MB.",
        f"Papers with a sentence of each role: {counts}.",
        f"Roles read by {about.roles['name']} of {about.roles['date']}; right: {accuracy}.",
    ):
        out().print(Text(line))
    if about.wait:
        note(f"{about.wait:,} changes came since: run `broadsheet aspects build`.")
