"""A reader's reference library: library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.people import Whose, holder
from broadsheet.cli.sync import sync_shown
from broadsheet.cli.terminal import clean, note, out, print_json
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people.library import Imported, import_library
from broadsheet.sources.library_file import LARGEST
from broadsheet.wiring.collection import open_configured

References = Annotated[Path, typer.Argument(metavar="FILE", help="BibTeX, RIS, or RDF or CSV from Zotero.")]
AndSync = Annotated[bool, typer.Option("--sync", help="Sync at once, so that new papers can be found.")]
_SHOWN = 10


def library(
    file: References, whose: Whose = None, and_sync: AndSync = False, data: Data = None, as_json: AsJson = False
) -> None:
    """Save the papers of a reader's reference library in a list named after the file.

    Papers that are not here yet are added with title, authors, abstract and identifiers; notes, tags and paths are not.

    Example: broadsheet library thesis.bib
    """
    if not file.is_file():
        raise NotFoundError(f"no file {str(file)!r}: expected BibTeX, RIS, or RDF or CSV from Zotero")
    if file.stat().st_size > LARGEST:
        raise UsageError(f"{file.name!r} is larger than {LARGEST:,} bytes: import it in parts")
    settings = config.load(config.collection_folder(data))
    with open_configured(data, settings=settings) as collection:
        person = holder(collection.store, whose, settings)
        brought = import_library(collection, person.number, file.read_bytes(), file.name, now=options.now())
        if and_sync:
            sync_shown(collection)
    if as_json:
        print_json(_shape(brought))
    else:
        _print(brought, synced=and_sync)


def _shape(brought: Imported) -> dict[str, object]:
    bad = [{"where": each.where, "reason": each.reason} for each in brought.taken.bad]
    return {
        "list": brought.list,
        "name": brought.name,
        "papers": len(brought.taken.likes),
        "saved": brought.saved,
        "known": brought.known,
        "new": brought.taken.new,
        "bad": bad,
    }


def _print(brought: Imported, *, synced: bool) -> None:
    taken = brought.taken
    lines = [
        f"Papers saved in the list {clean(brought.name)!r}: {len(taken.likes):,} ({brought.known:,} already here, "
        f"{taken.new:,} new). Records that could not be read: {len(taken.bad):,}.",
        *(f"  {clean(each.where)}: {clean(each.reason)}" for each in taken.bad[:_SHOWN]),
    ]
    if len(taken.bad) > _SHOWN:
        lines.append(f"  and {len(taken.bad) - _SHOWN:,} more")
    out().print(Text("\n".join(lines)))
    if taken.new and not synced:
        note("Run `broadsheet sync` to make the new papers searchable.")
