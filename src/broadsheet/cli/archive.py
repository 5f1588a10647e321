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
from broadsheet.exports import jsonl
from broadsheet.store import Store
from broadsheet.upkeep import archive
from broadsheet.wiring.collection import opened

File = Annotated[str, typer.Argument(metavar="FILE", help="Where to write; - is standard output.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]
Whole = Annotated[
    bool, typer.Option("--all", help="Everything: papers, people, votes, lists, but no sessions and no tokens.")
]
WithSecret = Annotated[
    bool,
    typer.Option("--with-secret", help="With --all: the instance's secret too, so that links in mails go on working."),
]
Archive = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `export --all` wrote.")]
Everything = Annotated[bool, typer.Option("--all", help="Bring in everything: people, votes, lists, papers.")]


def export(
    file: File = "-",
    force: Force = False,
    whole: Whole = False,
    with_secret: WithSecret = False,
    data: Data = None,
) -> None:
    """Write all papers as JSON lines, or with --all everything there is.

    All that each source said of each paper: `ingest jsonl:FILE` gives equal papers back. What --all wrote comes back by
    `import --all`; its file can be read by you alone, for it holds mail addresses.

    Example: broadsheet export papers.jsonl
    """
    if with_secret and not whole:
        raise UsageError("--with-secret goes with --all: papers alone need no secret")
    with opened(data, create=False) as collection:
        put = functools.partial(_write_all, with_secret=with_secret) if whole else _write
        if file == "-":
            put(collection.store, sys.stdout)
            return
        with _new_file(Path(file).expanduser(), force=force, private=whole) as stream:
            count = put(collection.store, stream)
    note(f"{count:,} records of papers{' and all else' if whole else ''} written to {file}.")


def _write_all(store: Store, stream: TextIO, *, with_secret: bool) -> int:
    with progress("Exporting") as told:
        return archive.write(store, stream, now=options.now(), with_secret=with_secret, progress=told).papers


def _write(store: Store, stream: TextIO) -> int:
    total, done = store.papers.count(), 0
    with progress("Exporting") as told:
        for done, line in enumerate(jsonl.lines(store.papers), 1):
            stream.write(harmless(line) + "\n")
            if done % 500 == 0:
                told(done, max(total, done))
        told(done, done)
    return done


@contextmanager
def _new_file(path: Path, *, force: bool, private: bool = False) -> Iterator[TextIO]:
    """Open a new file that gets its name once it is whole; CollectionError when another has it."""
    if path.is_dir():
        raise CollectionError(f"{path} is a folder: name a file in it")
    if path.exists() and not force:
        raise CollectionError(f"{path} exists already: choose another name, or write over it with --force")
    with files.replacing(path, private=private) as file:
        stream = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield stream
        stream.detach()


def import_(file: Archive, everything: Everything = False, data: Data = None) -> None:
    """Bring in what `export --all` wrote: papers, people, votes, lists.

    Refused where people are already. Nothing is mailed afterwards until you let it go on.

    Example: broadsheet import --all everything.jsonl
    """
    if not everything:
        raise UsageError("say --all, for people come in too; for papers alone: `broadsheet ingest jsonl:FILE`")
    if not file.expanduser().is_file():
        raise NotFoundError(f"no file {file}: expected one that `broadsheet export --all` wrote")
    with opened(data) as collection, progress("Importing") as told:
        done = archive.read(collection.store, file.expanduser(), now=options.now(), progress=told)
    people = "1 person" if done.people == 1 else f"{done.people:,} people"
    note(f"{done.papers:,} papers and {people} are in, with {done.rows:,} rows of what belongs to them.")
    if done.left_out:
        note(f"{done.left_out:,} rows were left out, for they are about papers that are gone.")
    note("Nothing is mailed until you say `broadsheet digest resume`. Run `broadsheet sync` to find the papers.")
