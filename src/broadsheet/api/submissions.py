"""Handing in papers, for programs; and how what is handed in is looked for, whichever door it came through."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.jobs import JOBS, Job, Round, run
from broadsheet.people.submit import submit
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses
from broadsheet.store.people import Person
from broadsheet.store.talk import State, Submission
from broadsheet.wiring.submissions import settle_submissions

router = APIRouter(tags=["people"], route_class=Bounded)


class Wanted(BaseModel):
    """A paper by its address or identifier."""

    paper: Annotated[str, StringConstraints(max_length=2_000)] = Field(examples=["2401.12345"])


class HandedIn(BaseModel):
    """A paper that was handed in."""

    asked: str = Field(description="Its identifier, as it was understood.")
    state: State
    said: str = Field(description="Why it waits, or was not found.")
    paper: str | None = Field(description="The paper's id here, once it is found.")
    at: datetime
    tried: datetime | None


@router.get("/api/submissions", responses=responses(401), summary="What I handed in")
def submissions(site: TheSite, person: AsReader) -> list[HandedIn]:
    """Oldest first."""
    return [_said(site, each) for each in site.collection.store.submissions(person=person.number)]


@router.post(
    "/api/submissions", status_code=202, responses=responses(400, 401, 403, 413, 429), summary="Hand in a paper"
)
def hand_in(site: TheSite, person: Writer, body: Wanted, tasks: BackgroundTasks) -> HandedIn:
    """Queues it, and looks for it after the answer. One that is here already is found at once."""
    return _said(site, handed_in(site, person, body.paper, tasks))


def handed_in(site: Site, person: Person, typed: str, tasks: BackgroundTasks) -> Submission:
    """A paper queued for a person, and looked for once the answer is sent. UsageError for what names no paper."""
    if not site.single:
        site.limit("submissions", str(person.number))
    kept = submit(site.collection, typed, person.number, now=site.now())
    if kept.state == "queued":
        tasks.add_task(look_for, site)
    return kept


def look_for(site: Site) -> None:
    """Look for all that is queued, then let it be found by search. One at a time does so, across processes."""
    round_ = Round(collection=site.collection, settings=site.settings, now=site.now())
    submissions = Job(
        name="submissions",
        work=lambda it: settle_submissions(it.collection, it.settings, now=it.now),
        hours=lambda _: None,
    )
    for job in (submissions, *(job for job in JOBS if job.name == "sync")):
        if job.wanted(round_):
            run(job, round_)


def _said(site: Site, each: Submission) -> HandedIn:
    known = site.collection.store.ids([each.number]) if each.number is not None else {}
    return HandedIn(
        asked=each.asked,
        state=each.state,
        said=site.told(each.said),
        paper=known.get(each.number or 0),
        at=each.at,
        tried=each.tried,
    )
