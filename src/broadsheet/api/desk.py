"""The editor's desk, for programs: pick and hide papers, join or separate two, write the line above a day."""

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


class DayLine(BaseModel):
    """The line above a day."""

    text: Annotated[str, StringConstraints(max_length=desk.LONGEST_LINE)] = Field(
        description="An empty text removes the line."
    )


class TwoPapers(BaseModel):
    """Two papers, and whether they are one work."""

    paper: str = Field(max_length=2_000)
    other: str = Field(max_length=2_000)
    how: Literal["together", "apart", "rule"] = Field(description="`rule`: let the rule for copies decide.")


@router.put("/api/desk/papers/{id:path}/{decision}", summary="Pick or hide a paper", **_GONE)
def decide(site: TheSite, person: Editing, id: str, decision: Literal["pick", "hide"]) -> None:
    """Pick or hide the whole work, wherever its copies are listed."""
    desk.decide(site.collection, person.number, paper=paper_of(site, id), decision=decision, now=site.now())


@router.delete("/api/desk/papers/{id:path}", summary="Take back a pick or a hide", **_GONE)
def leave(site: TheSite, person: Editing, id: str) -> None:
    """Undo what was decided about its work; the ranking decides again."""
    desk.decide(site.collection, person.number, paper=paper_of(site, id), decision=None, now=site.now())


@router.put("/api/desk/lines/{day}", summary="Write the line above a day", **_GONE)
def line(site: TheSite, person: Editing, day: date, body: DayLine) -> None:
    """Write the line above a day. It replaces an existing one."""
    desk.write_line(site.collection.store, person.number, day=day, text=body.text, now=site.now())


@router.put("/api/desk/works", summary="Join or separate two papers", **_GONE)
def works(site: TheSite, _: Editing, body: TwoPapers) -> None:
    """Show two papers as one work, as two works, or as the rule for copies says."""
    join(site.collection, paper_of(site, body.paper).id, paper_of(site, body.other).id, body.how)
