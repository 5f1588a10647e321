"""Jobs: fetch, jobs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.sync import fetch_model
from broadsheet.cli.terminal import note, out, print_json, progress, say, table
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import NotFoundError, nearest
from broadsheet.doctor import job_words
from broadsheet.store.journal import JobRun
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.jobs import JOBS, Job, Outcome, Round
from broadsheet.wiring.jobs import run as run_job

NoSync = Annotated[bool, typer.Option("--no-sync", help="Only read the sources; sync later.")]
JobName = Annotated[str | None, typer.Argument(metavar="JOB", help="Run this job now; without it, list all jobs.")]


def fetch(no_sync: NoSync = False, data: Data = None) -> None:
    """Read all followed sources once, then sync and place papers in topics; meant for cron.

    A source that fails is reported, and the others are still read; the exit code is then 4. If another process is
    fetching already, this one says so and stops.

    Example: broadsheet fetch
    """
    with open_configured(data, create=False) as collection:
        if not collection.store.journal.sources():
            raise NotFoundError("you follow no source: run `broadsheet sources add SOURCE` first")
        settings = config.load(collection.path)
        names = ["fetch"] if no_sync else ["fetch", "sync", "topics", "summaries"]
        outcomes = [_run_shown(_job(name), collection, settings) for name in names]
    _end_with(outcomes)


def jobs(job: JobName = None, data: Data = None, as_json: AsJson = False) -> None:
    """List the jobs with their last results, or run one now.

    Example: broadsheet jobs trending
    """
    chosen = _job(job) if job else None
    with open_configured(data, create=False) as collection:
        settings = config.load(collection.path)
        outcome = _run_shown(chosen, collection, settings) if chosen else None
        last = {each.job: each for each in collection.store.journal.job_runs()}
    if as_json:
        print_json([_shape(each.name, last.get(each.name)) for each in JOBS if chosen in (None, each)])
    elif outcome is None:
        rows = [_row(each, settings, last.get(each.name)) for each in JOBS]
        table(["=job", "=every", "=last started", "result"], rows)
    _end_with([outcome] if outcome else [])


def _job(name: str) -> Job:
    known = {job.name: job for job in JOBS}
    if name not in known:
        raise NotFoundError(f"no job {name!r}. {nearest(name, known)}")
    return known[name]


def _run_shown(job: Job, collection: Collection, settings: Settings) -> Outcome:
    if job.name == "sync":
        fetch_model(collection, settings)
    with progress(job.name) as advance:
        round_ = Round(collection=collection, settings=settings, now=options.now(), progress=advance)
        outcome = run_job(job, round_)
    if outcome.busy:
        note(f"{job.name}: {outcome.said}; this run did nothing.")
    elif outcome.said:
        out().print(f"{job.name}: {outcome.said}", markup=False)
    return outcome


def _end_with(outcomes: list[Outcome]) -> None:
    """Say what failed; the first failure gives the exit code."""
    failed = [each for each in outcomes if each.error]
    for each in failed:
        say(f"{each.job}: {each.error}")
    if failed:
        raise typer.Exit(failed[0].code)


def _shape(name: str, last: JobRun | None) -> dict[str, Any]:
    if last is None:
        return {"job": name, "started": None}
    moments = {key: value and value.isoformat() for key, value in _moments(last).items()}
    return {"job": name, **moments, "said": last.said, "error": last.error, "seconds": last.seconds}


def _moments(last: JobRun) -> dict[str, Any]:
    return {"started": last.started, "ended": last.ended, "well": last.well}


def _row(job: Job, settings: Settings, last: JobRun | None) -> list[str]:
    begun = f"{last.started.astimezone():%Y-%m-%d %H:%M}" if last else "never"
    well = last and last.ended and not last.error
    return [job.name, _every(job.hours(settings)), begun, last.said if last and well else job_words(last)]


def _every(hours: float | None) -> str:
    if not hours:
        return "never" if hours is None else "at once"
    return f"{hours:g} h" if hours >= 1 else f"{60 * hours:.0f} min"
