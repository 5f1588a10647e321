"""Pictures of papers: fetch them now, delete them, show how many there are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, out, print_json, progress
from broadsheet.collection import Collection
from broadsheet.pictures import is_behind, pictures_of
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.jobs import JOBS, Round, run

Rounds = Annotated[
    int, typer.Option("--rounds", metavar="N", min=1, max=1_000, help="How many times at most 60 pictures are fetched.")
]
_JOB = next(job for job in JOBS if job.name == "pictures")


def fetch(rounds: Rounds = 50, data: Data = None, as_json: AsJson = False) -> None:
    """Fetch the pictures that the newest papers still need.

    The setting `pictures` must be true: `broadsheet run` then does the same in the background. Each address is fetched
    once; one that fails is tried again after an hour, a day and a week.

    Example: broadsheet pictures fetch
    """
    with open_configured(data, create=False) as collection:
        for _ in range(rounds):
            now = datetime.now(UTC)
            with progress("Fetching pictures") as advance:
                settings = config.load(collection.path)
                outcome = run(_JOB, Round(collection=collection, settings=settings, now=now, progress=advance))
            if outcome.error:
                note(outcome.error)
                raise typer.Exit(outcome.code)
            note(outcome.said)
            if outcome.busy or not is_behind(collection, now=now):
                break
        _print(collection, as_json=as_json)


def show(data: Data = None, as_json: AsJson = False) -> None:
    """Show how many pictures there are, and what they take on the disk.

    It also says how many could not be fetched.

    Example: broadsheet pictures show
    """
    with open_configured(data, create=False) as collection:
        _print(collection, as_json=as_json)


def drop(data: Data = None, as_json: AsJson = False) -> None:
    """Delete all pictures.

    While the setting `pictures` is true, they are fetched again.

    Example: broadsheet pictures drop
    """
    with open_configured(data, create=False) as collection:
        pictures_of(collection).drop()
        _print(collection, as_json=as_json)


def _print(collection: Collection, *, as_json: bool) -> None:
    held = pictures_of(collection).holding()
    if as_json:
        print_json(asdict(held))
    else:
        out().print(held.words, markup=False, highlight=False)
