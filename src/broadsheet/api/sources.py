"""Followed sources, for editors: list them with their state, follow one, stop following one, read all of them now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Editing
from broadsheet.site.auth import AsEditor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.jobs import run_after
from broadsheet.site.problems import responses
from broadsheet.store.journal import ConfiguredSource
from broadsheet.upkeep.sources import follow, unfollow

router = APIRouter(tags=["editing"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_Name = Annotated[str, StringConstraints(max_length=300)]


class SourceName(BaseModel):
    """A source by its name."""

    name: _Name = Field(description="For example `arxiv:cs.IR` or `feed:https://example.org/feed.xml`.")


class FollowedSource(BaseModel):
    """A followed source and its last run."""

    name: str
    read: datetime | None = Field(description="When it was last read.")
    error: str = Field(description="Why that run stopped early; empty if it succeeded.")
    failing_since: datetime | None = Field(description="null if the last run succeeded.")


@router.get("/api/sources", responses=responses(401, 403), summary="List the followed sources")
def sources(site: TheSite, _: AsEditor) -> list[FollowedSource]:
    """Return each source with its last run and, if it fails, since when."""
    return [_state(site, each) for each in site.collection.store.journal.sources()]


@router.post("/api/sources", status_code=201, responses=_CHANGED, summary="Follow a source")
def add(site: TheSite, _: Editing, body: SourceName) -> FollowedSource:
    """Follow a source. The next fetch reads it. It is not an error if it is followed already."""
    follow(site.collection.store, body.name, now=site.now(), afar=True)
    return next(_state(site, each) for each in site.collection.store.journal.sources() if each.name == body.name)


@router.delete(
    "/api/sources", status_code=204, response_class=Response, responses=_CHANGED, summary="Stop following a source"
)
def remove(site: TheSite, _: Editing, name: Annotated[str, Query(max_length=300)]) -> None:
    """Stop following a source. Its papers stay."""
    unfollow(site.collection.store, name)


@router.post("/api/sources/fetch", status_code=202, responses=_CHANGED, summary="Read all sources now")
def fetch(site: TheSite, _: Editing, tasks: BackgroundTasks) -> dict[str, str]:
    """Start reading all sources once the answer is sent; `/api/status` shows the outcome."""
    run_after(site, tasks, "fetch")
    return {"told": f"{site.settings.subpath}/api/status"}


def _state(site: Site, source: ConfiguredSource) -> FollowedSource:
    last, outage = source.last_run, site.collection.store.journal.outage_of(source.name)
    return FollowedSource(
        name=source.name,
        read=last.started if last else None,
        error=site.redact(last.error) if last else "",
        failing_since=outage.since if outage else None,
    )
