"""Submitting a paper, whichever door it came through: so often, and looked for once the answer is sent."""

from __future__ import annotations

from fastapi import BackgroundTasks

from broadsheet.people.submit import submit
from broadsheet.site.context import Site
from broadsheet.store.desk import Submission
from broadsheet.store.people import Person
from broadsheet.wiring.jobs import run_now


def submitted(site: Site, person: Person, *, typed: str, tasks: BackgroundTasks) -> Submission:
    """Queue a paper for a person and look for it after the answer, then let search find it.

    UsageError for what names no paper; HTTPException 429 when that was too often.
    """
    if not site.single:
        site.limit("submissions", str(person.number))
    kept = submit(site.collection, typed, person.number, now=site.now())
    if kept.state == "queued":
        tasks.add_task(run_now, site.collection, site.settings, "submissions", "sync", now=site.now())
    return kept
