"""Upkeep: backup, restore, upgrade, split."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import Data
from broadsheet.cli.terminal import note, table
from broadsheet.store.carry import Carried
from broadsheet.store.upgrade import format_of
from broadsheet.upkeep.backup import backup as copy
from broadsheet.upkeep.restore import Restored
from broadsheet.upkeep.restore import restore as bring_back
from broadsheet.upkeep.split import Mixed, look
from broadsheet.upkeep.split import split as part
from broadsheet.wiring.collection import open_configured

Target = Annotated[Path, typer.Argument(metavar="TARGET", help="A new folder for the copy.")]
Backup = Annotated[Path, typer.Argument(metavar="FILE", help="A folder that `backup` made, or the store.db in it.")]

Confirmed = Annotated[bool, typer.Option("--yes", help="Split them; without it they are only shown.")]


def backup(target: Target, data: Data = None) -> None:
    """Copy the Collection into a new folder.

    Copies the Store, the models and the settings, and stays consistent even while something is written. The copy is a
    Collection: `broadsheet sync --data TARGET` rebuilds its indexes.

    Example: broadsheet backup /backups/2026-01-31
    """
    with open_configured(data, create=False) as collection:
        whole = copy(collection, target)
        count = collection.store.papers.count()
    note(f"{count:,} papers copied to {whole}.")


def restore(backup: Backup, data: Data = None) -> None:
    """Restore a backup.

    The present Store is set aside. Its sent digests, suppressed addresses and ended subscriptions are carried over.
    Sending stays paused until you resume it. Refused while another process has the Collection open.

    Example: broadsheet restore /backups/2026-01-31
    """
    done = bring_back(backup, config.collection_folder(data), now=options.now())
    note(f"Restored {done.papers:,} papers. {_aside(done)}")
    if done.carried:
        note(_carried(done.carried))
    for name in done.differ:
        note(
            f"models/{name} differs from the backup's and was not changed: copy the backup's over it if you want that."
        )
    note("No email is sent until you run `broadsheet digest resume`. Run `broadsheet sync` to find the papers again.")


def _aside(done: Restored) -> str:
    if done.lost:
        return f"Nothing could be carried over from the former Store ({done.lost}); it is in {done.aside}."
    return f"The former Store is in {done.aside}." if done.aside else "There was no Store here before."


_SECRETS = {
    "same": "Links in sent emails keep working.",
    "none": "",
    "backup": "The backup had its own secret, which is used from now on: links in emails that the former Store sent, "
    "if any, no longer work.",
    "former": "The former Store's secret is kept, because only it has sent email; links in those emails keep working.",
}


def _carried(carried: Carried) -> str:
    message = (
        f"Carried over: deliveries {carried.deliveries:,}, suppressions {carried.suppressions:,}, subscriptions that "
        f"ended after the backup {carried.ended:,}. {_SECRETS[carried.secret]}"
    )
    return message if carried.same_line else f"The backup comes from another instance. {message}"


def upgrade(data: Data = None) -> None:
    """Upgrade the Store to the format of this version.

    First a copy of the Store is written next to it. Every command that writes upgrades by itself; this one shows it.

    Example: broadsheet upgrade
    """
    file = config.collection_folder(data) / "store.db"
    before = format_of(file)
    with open_configured(data, create=False):
        after = format_of(file)
    note(f"{file} has format {after}" + (f"; it had format {before}." if before != after else ", the newest one."))


def split(yes: Confirmed = False, data: Data = None) -> None:
    """Split papers that an older version merged into one.

    Shows first which papers hold the records of several; --yes gives each a paper of its own. Votes, lists, notes and
    comments stay with the paper that keeps its id. What a source said before and the Store no longer holds comes back
    when you read the source again.

    Example: broadsheet split --yes
    """
    with open_configured(data, create=False) as collection:
        mixed = look(collection.store)
        names = collection.store.papers.ids([each.number for each in mixed.papers])
        _show_mixed(mixed, names)
        if not yes or not (mixed.papers or mixed.records):
            return
        clashes = part(collection.store, mixed, now=options.now())
    number = "1 record is a paper of its" if len(clashes) == 1 else f"{len(clashes):,} records are papers of their"
    note(f"{number} own now. Run `broadsheet sync` to find them.")
    for source in mixed.sources:
        note(f"Read it again: broadsheet ingest {source}")
    note("What a later run replaced, and its source no longer says, cannot be recovered.")


_SHOWN = 20


def _show_mixed(mixed: Mixed, names: dict[int, str]) -> None:
    rows = [
        [names[each.number], f"{each.stays.title[:80]} ({each.stays.source})", f"{other.title[:80]} ({other.source})"]
        for each in mixed.papers
        for other in each.goes
    ]
    if rows:
        table(["paper", "keeps", "gives away"], rows[:_SHOWN])
    if len(rows) > _SHOWN:
        note(f"... and {len(rows) - _SHOWN:,} more.")
    for source in mixed.sources:
        count = sum(each.source == source for each in mixed.records)
        papers = "1 paper was" if count == 1 else f"{count:,} papers were"
        note(f"{source}: {papers} made of several records. The Store does not hold these one by one.")
    note(_next_step(mixed))


def _next_step(mixed: Mixed) -> str:
    if not (mixed.papers or mixed.records):
        return "No paper holds the records of several papers."
    return "`broadsheet split --yes` splits them; then read these sources again, and each record finds its own paper."
