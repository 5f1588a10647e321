"""Submitting papers, for programs, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Writer
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses
from broadsheet.site.submissions import submitted
from broadsheet.store.desk import State, Submission

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
    return [_said(site, each) for each in site.collection.store.desk.submissions(person=person.number)]


@router.post(
    "/api/submissions", status_code=202, responses=responses(400, 401, 403, 413, 429), summary="Hand in a paper"
)
def hand_in(site: TheSite, person: Writer, body: Wanted, tasks: BackgroundTasks) -> HandedIn:
    """Queues it, and looks for it after the answer. One that is here already is found at once."""
    return _said(site, submitted(site, person, typed=body.paper, tasks=tasks))


def _said(site: Site, each: Submission) -> HandedIn:
    known = site.collection.store.papers.ids([each.number]) if each.number is not None else {}
    return HandedIn(
        asked=each.asked,
        state=each.state,
        said=site.told(each.said),
        paper=known.get(each.number or 0),
        at=each.at,
        tried=each.tried,
    )
