"""A Collection as a file of JSON lines: export, import."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from broadsheet import files
from broadsheet.cli import options
from broadsheet.cli.options import Data
from broadsheet.cli.terminal import harmless, note, progress
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.exports import jsonl
from broadsheet.exports.formats import FORMATS, Format
from broadsheet.exports.listing import Entry, Listing
from broadsheet.store import Store
from broadsheet.upkeep import archive
from broadsheet.wiring.collection import open_configured

File = Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
Whole = Annotated[
    bool, typer.Option("--all", help="Export everything: papers, people, votes, lists; but no sessions and no tokens.")
]
WithSecret = Annotated[
    bool,
    typer.Option(
        "--with-secret", help="With --all: export the instance's secret too, so that links in sent emails keep working."
    ),
]
Form = Annotated[
    str,
    typer.Option("--format", metavar="NAME", help="For other programs: bib, ris, csl, csv or rdf (Zotero)."),
]
Archive = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `export --all` wrote.")]
Everything = Annotated[bool, typer.Option("--all", help="Import everything: papers, people, votes, lists.")]

_BATCH = 500


def export(
    file: File = "-",
    force: Force = False,
    whole: Whole = False,
    with_secret: WithSecret = False,
    form: Form = "",
    data: Data = None,
) -> None:
    """Write all papers as JSON lines, or everything with --all.

    The file holds everything that each source said about each paper, so `ingest jsonl:FILE` gives equal papers back.
    `import --all` reads what --all wrote. Only you can read that file, because it holds email addresses. With --format,
    each paper is written once, as all its sources together describe it.

    Example: broadsheet export papers.jsonl
    """
    if with_secret and not whole:
        raise UsageError("--with-secret works only with --all: papers alone need no secret")
    if form and whole:
        raise UsageError("--format is for papers alone: leave out --all")
    written = _written(form) if form else None
    with open_configured(data, create=False) as collection:
        put = functools.partial(_write_all, with_secret=with_secret) if whole else _write
        if written:
            put = functools.partial(_write_list, written=written)
        if file == "-":
            put(collection.store, sys.stdout)
            return
        with _new_file(Path(file).expanduser(), force=force, private=whole) as stream:
            count = put(collection.store, stream)
    note(f"Wrote {count:,} records of papers{' and everything else' if whole else ''} to {file}.")


def _write_all(store: Store, stream: TextIO, *, with_secret: bool) -> int:
    with progress("Exporting") as advance:
        return archive.write(store, stream, now=options.now(), with_secret=with_secret, progress=advance).papers


def _write(store: Store, stream: TextIO) -> int:
    total, done = store.papers.count(), 0
    with progress("Exporting") as advance:
        for done, line in enumerate(jsonl.lines(store.papers), 1):
            stream.write(harmless(line) + "\n")
            if done % 500 == 0:
                advance(done, max(total, done))
        advance(done, done)
    return done


def _written(form: str) -> Format:
    """Return the format with this name; UsageError names the known ones."""
    lists = {name: each for name, each in FORMATS.items() if not each.feed}
    if form not in lists:
        raise UsageError(f"--format {form[:40]!r} is unknown: expected {', '.join(lists)}")
    return lists[form]


def _write_list(store: Store, stream: TextIO, *, written: Format) -> int:
    documents = list(_documents(store))
    entries = [Entry(document=each, address=each.links.get("abstract", ""), day=each.day) for each in documents]
    listing = Listing(title="Papers", address="", own="", authority="localhost", name="papers", entries=tuple(entries))
    stream.write(written.write(listing).decode())
    return len(documents)


def _documents(store: Store) -> Iterator[Document]:
    after = ""
    while batch := store.papers.records(after, _BATCH):
        after = batch[-1].id
        yield from store.papers.many(list(dict.fromkeys(record.id for record in batch))).values()


@contextmanager
def _new_file(path: Path, *, force: bool, private: bool = False) -> Iterator[TextIO]:
    """Open a new file that gets its name once it is whole; CollectionError when another has it."""
    if path.is_dir():
        raise CollectionError(f"{path} is a folder: name a file in it")
    if path.exists() and not force:
        raise CollectionError(f"{path} already exists: choose another name, or overwrite it with --force")
    with files.replacing(path, private=private) as file:
        stream = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield stream
        stream.detach()


def import_(file: Archive, everything: Everything = False, data: Data = None) -> None:
    """Import what `export --all` wrote: papers, people, votes, lists.

    Refused where there are people already. Sending stays paused afterwards until you resume it.

    Example: broadsheet import --all everything.jsonl
    """
    if not everything:
        raise UsageError(
            "add --all, because the file holds people too; for papers alone: `broadsheet ingest jsonl:FILE`"
        )
    if not file.expanduser().is_file():
        raise NotFoundError(f"no file {file}: expected one that `broadsheet export --all` wrote")
    with open_configured(data) as collection, progress("Importing") as advance:
        done = archive.read(collection.store, file.expanduser(), now=options.now(), progress=advance)
    people = "1 person" if done.people == 1 else f"{done.people:,} people"
    note(f"Imported {done.papers:,} papers and {people}, with {done.rows:,} rows that belong to them.")
    if done.left_out:
        note(f"Left out {done.left_out:,} rows, because their papers no longer exist.")
    note("No email is sent until you run `broadsheet digest resume`. Run `broadsheet sync` to find the papers.")
