"""The editor's desk, for programs: picks, what is hidden, which papers are one work, the line above a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Editing
from broadsheet.daily.copies import join
from broadsheet.people import desk
from broadsheet.site.context import TheSite
from broadsheet.site.lookup import paper_of
from broadsheet.site.problems import responses

router = APIRouter(tags=["editing"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_GONE: dict[str, Any] = {"status_code": 204, "response_class": Response, "responses": _CHANGED}


class Line(BaseModel):
    """The line above a day."""

    text: Annotated[str, StringConstraints(max_length=desk.LONGEST_LINE)] = Field(
        description="Empty: it is taken away."
    )


class Two(BaseModel):
    """Two papers, and whether they are one work."""

    paper: str = Field(max_length=2_000)
    other: str = Field(max_length=2_000)
    how: Literal["together", "apart", "rule"] = Field(description="`rule`: as the rule for copies says.")


@router.put("/api/desk/papers/{id:path}/{decision}", summary="Pick or hide a paper", **_GONE)
def decide(site: TheSite, person: Editing, id: str, decision: Literal["pick", "hide"]) -> None:
    """Its whole work, wherever its copies stand."""
    desk.decide(site.collection, person.number, paper=paper_of(site, id), decision=decision, now=site.now())


@router.delete("/api/desk/papers/{id:path}", summary="Leave a paper to the ranking", **_GONE)
def leave(site: TheSite, person: Editing, id: str) -> None:
    """What was decided of its work holds no more."""
    desk.decide(site.collection, person.number, paper=paper_of(site, id), decision=None, now=site.now())


@router.put("/api/desk/lines/{day}", summary="Write the line above a day", **_GONE)
def line(site: TheSite, person: Editing, day: date, body: Line) -> None:
    """In the place of one that is there."""
    desk.write_line(site.collection.store, person.number, day=day, text=body.text, now=site.now())


@router.put("/api/desk/works", summary="Join two papers, or part them", **_GONE)
def works(site: TheSite, _: Editing, body: Two) -> None:
    """On one card, on two, or as the rule says again."""
    join(site.collection, paper_of(site, body.paper).id, paper_of(site, body.other).id, body.how)
