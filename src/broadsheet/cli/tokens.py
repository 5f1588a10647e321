"""Token vectors: build them for a Collection that has none, delete them, show what there is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.sync import fetch_model
from broadsheet.cli.terminal import note, out, print_json, progress
from broadsheet.sync import sync
from broadsheet.tokens import Holding, choose, drop, holding
from broadsheet.wiring.collection import open_configured

Bits = Annotated[
    int, typer.Option("--bits", metavar="N", help="Bits for each dimension: 1, 4 or 8. One is enough for the search.")
]


def build(bits: Bits = 1, data: Data = None, as_json: AsJson = False) -> None:
    """Make the token vectors of all papers, and of each new one from then on.

    About 10 kB a paper with one bit, 40 with four, 81 with eight. If it is interrupted, run it again: it continues.

    Example: broadsheet tokens build
    """
    with open_configured(data, create=False) as collection:
        fetch_model(collection)
        choose(collection, bits)
        with progress("Making token vectors") as advance:
            sync(collection, progress=advance)
        _print(holding(collection), as_json=as_json)


def delete(data: Data = None, as_json: AsJson = False) -> None:
    """Delete the token vectors, and make none from then on.

    Example: broadsheet tokens drop
    """
    with open_configured(data, create=False) as collection:
        drop(collection)
        _print(holding(collection), as_json=as_json)


def show(data: Data = None, as_json: AsJson = False) -> None:
    """Show whether there are token vectors, of how many papers, and what they take on the disk.

    Example: broadsheet tokens show
    """
    with open_configured(data, create=False) as collection:
        _print(holding(collection), as_json=as_json)


def _print(held: Holding, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(held))
        return
    out().print(held.words, markup=False, highlight=False)
    if held.why:
        note(f"Searches do not use token vectors: {held.why}.")
