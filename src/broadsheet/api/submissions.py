"""Submissions, for programs: submit a paper, list what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses
from broadsheet.site.submissions import queue_submission
from broadsheet.store.desk import State, Submission

router = APIRouter(tags=["people"], route_class=Bounded)


class SubmissionRequest(BaseModel):
    """A paper by its address or identifier."""

    paper: Annotated[str, StringConstraints(max_length=2_000)] = Field(examples=["2401.12345"])


class SubmittedPaper(BaseModel):
    """A submitted paper."""

    asked: str = Field(description="The paper's identifier, as it was understood.")
    state: State
    said: str = Field(description="Why it is waiting, or was not found.")
    paper: str | None = Field(description="The paper's id here, once it is found.")
    at: datetime
    tried: datetime | None


@router.get("/api/submissions", responses=responses(401), summary="List my submissions")
def submissions(site: TheSite, person: AsReader) -> list[SubmittedPaper]:
    """Return your submissions, oldest first."""
    return [_state(site, each) for each in site.collection.store.desk.submissions(person=person.number)]


@router.post(
    "/api/submissions", status_code=202, responses=responses(400, 401, 403, 413, 429), summary="Submit a paper"
)
def submit(site: TheSite, person: Writer, body: SubmissionRequest, tasks: BackgroundTasks) -> SubmittedPaper:
    """Queue a paper and look for it once the answer is sent. A paper that is already here is found at once."""
    return _state(site, queue_submission(site, person, typed=body.paper, tasks=tasks))


def _state(site: Site, each: Submission) -> SubmittedPaper:
    known = site.collection.store.papers.ids([each.number]) if each.number is not None else {}
    return SubmittedPaper(
        asked=each.asked,
        state=each.state,
        said=site.redact(each.said),
        paper=known.get(each.number or 0),
        at=each.at,
        tried=each.tried,
    )
