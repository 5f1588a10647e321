"""Keeping a Collection for years: backup, restore, upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import Data
from broadsheet.cli.terminal import note
from broadsheet.store.carry import Carried
from broadsheet.store.upgrade import format_of
from broadsheet.upkeep.backup import backup as copy
from broadsheet.upkeep.restore import Restored
from broadsheet.upkeep.restore import restore as bring_back
from broadsheet.wiring.collection import open_configured

Target = Annotated[Path, typer.Argument(metavar="TARGET", help="A new folder for the copy.")]
Backup = Annotated[Path, typer.Argument(metavar="FILE", help="A folder that `backup` made, or the store.db in it.")]


def backup(target: Target, data: Data = None) -> None:
    """Copy the Collection into a new folder.

    Store, models and settings, whole even while something is written. The copy is a Collection: `broadsheet sync
    --data TARGET` makes its indexes again.

    Example: broadsheet backup /backups/2026-01-31
    """
    with open_configured(data, create=False) as collection:
        whole = copy(collection, target)
        count = collection.store.papers.count()
    note(f"{count:,} papers copied to {whole}.")


def restore(backup: Backup, data: Data = None) -> None:
    """Bring a backup back.

    The Store that is there is kept aside, and what it sent, whom it must not write to and who has left are carried
    over. Sending is paused until you let it go on. Refuses while another process has the Collection open.

    Example: broadsheet restore /backups/2026-01-31
    """
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
    file = config.collection_folder(data) / "store.db"
    before = format_of(file)
    with open_configured(data, create=False):
        after = format_of(file)
    note(f"{file} is of format {after}" + (f", and was of {before}." if before != after else ", the newest there is."))
