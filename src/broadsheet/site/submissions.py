"""Submissions from the page and the API: limited in number, and looked for once the answer is sent."""

from __future__ import annotations

from fastapi import BackgroundTasks

from broadsheet.people.submit import submit
from broadsheet.site.context import Site
from broadsheet.site.jobs import run_after
from broadsheet.store.desk import Submission
from broadsheet.store.people import Person


def queue_submission(site: Site, person: Person, *, typed: str, tasks: BackgroundTasks) -> Submission:
    """Queue a paper for a person; look for it once the answer is sent, and then sync.

    UsageError if ``typed`` does not name a paper; HTTPException 429 after too many submissions.
    """
    if not site.single:
        site.limit("submissions", str(person.number))
    submission = submit(site.collection, typed, person.number, now=site.now())
    if submission.state == "queued":
        run_after(site, tasks, "submissions")
    return submission
