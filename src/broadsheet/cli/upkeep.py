"""Recovering: verify, restore, upgrade, import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli import options
from broadsheet.cli.doctor import finding, place_of, print_findings
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, progress
from broadsheet.core.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from broadsheet.collection import Collection
    from broadsheet.store.carry import Carried
    from broadsheet.upkeep.restore import Restored

All = Annotated[bool, typer.Option("--all", help="Look at every paper, not at 500 taken at random.")]
Mend = Annotated[bool, typer.Option("--mend", help="Fill the Store's side tables anew where they are wrong.")]
Backup = Annotated[Path, typer.Argument(metavar="FILE", help="A folder that `backup` made, or the store.db in it.")]
Archive = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `export --all` wrote.")]
Everything = Annotated[bool, typer.Option("--all", help="Bring in everything: people, votes, lists, papers.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    for function in (verify, restore, upgrade):
        options.command(app, function)
    options.command(app, import_, name="import")


def verify(whole: All = False, mend: Mend = False, data: Data = None, as_json: AsJson = False) -> None:
    """Check all that is derived from the Store against it.

    The file, its side tables, Lexicon and Space, a few texts encoded again. Says what to make anew, and how. Ends with
    1 when something is wrong.

    Example: broadsheet verify --all
    """
    from broadsheet.doctor import examine

    place = place_of(data)
    place.most = None if whole else place.most
    if mend:
        _mend(place.collection)
    _ = place.collection  # raises the error that says what to do
    found = list(examine(place, "derived"))
    place.collection.close()
    if as_json:
        print_json([{"name": each.name, **finding(each)} for each in found])
    else:
        print_findings(found)
    if any(each.finding.level == "fail" for each in found):
        raise typer.Exit(1)


def _mend(collection: Collection) -> None:
    from broadsheet.upkeep.verify import mend

    mended = mend(collection)
    note(f"{mended:,} papers were filed anew{'; run `broadsheet sync`' if mended else ''}.")


def restore(backup: Backup, data: Data = None) -> None:
    """Bring a backup back.

    The Store that is there is kept aside, and what it sent, whom it must not write to and who has left are carried
    over. Sending is paused until you let it go on. Refuses while another process has the Collection open.

    Example: broadsheet restore /backups/2026-01-31
    """
    from broadsheet import config
    from broadsheet.upkeep.restore import restore as bring_back

    done = bring_back(backup, config.collection_folder(data), now=options.now())
    note(f"{done.papers:,} papers are back. {_aside(done)}")
    if done.carried:
        note(_carried(done.carried))
    for name in done.differ:
        note(f"models/{name} differs from the backup's and was left as it is: copy it over if you want that one.")
    note("Nothing is mailed until you say `broadsheet digest resume`. Run `broadsheet sync` to find the papers again.")


def _aside(done: Restored) -> str:
    if done.lost:
        return f"Nothing could be carried over from the Store that was there ({done.lost}); it is in {done.aside}."
    return f"The Store that was there is in {done.aside}." if done.aside else "There was no Store here before."


_SECRETS = {
    "same": "Links in mails go on working.",
    "none": "",
    "backup": "The backup had a secret of its own, which is used from now on: links in mails that the former Store "
    "sent, if any, no longer work.",
    "former": "The former Store's secret is kept, for only it has sent mail; links in those mails go on working.",
}


def _carried(carried: Carried) -> str:
    said = (
        f"Carried over: deliveries {carried.deliveries:,}, suppressions {carried.suppressions:,}, subscriptions that "
        f"had ended since and stay so {carried.ended:,}. {_SECRETS[carried.secret]}"
    )
    return said if carried.same_line else f"The backup is of another instance. {said}"


def upgrade(data: Data = None) -> None:
    """Bring the Store up to the format of this version.

    The Store is copied beside itself first. Every command that writes does this by itself; here you see it done.

    Example: broadsheet upgrade
    """
    from broadsheet import config
    from broadsheet.store.upgrade import format_of
    from broadsheet.wiring.sources import opened

    file = config.collection_folder(data) / "store.db"
    before = format_of(file)
    with opened(data, create=False):
        after = format_of(file)
    note(f"{file} is of format {after}" + (f", and was of {before}." if before != after else ", the newest there is."))


def import_(file: Archive, everything: Everything = False, data: Data = None) -> None:
    """Bring in what `export --all` wrote: papers, people, votes, lists.

    Refused where people are already. Nothing is mailed afterwards until you let it go on.

    Example: broadsheet import --all everything.jsonl
    """
    from broadsheet.upkeep import archive
    from broadsheet.wiring.sources import opened

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
