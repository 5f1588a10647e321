"""Following sources, for editors: which they are and how they fare, one more, one less, a round of all now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api.tokens import Bounded, Editing
from broadsheet.site.auth import AsEditor
from broadsheet.site.context import Site, TheSite
from broadsheet.site.problems import responses
from broadsheet.store.journal import ConfiguredSource
from broadsheet.upkeep.sources import follow, unfollow
from broadsheet.wiring.jobs import run_now

router = APIRouter(tags=["editing"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_Name = Annotated[str, StringConstraints(max_length=300)]


class Name(BaseModel):
    """A source by its name."""

    name: _Name = Field(description="Such as `arxiv:cs.IR` or `feed:https://example.org/feed.xml`.")


class Followed(BaseModel):
    """A source that is followed, and its last run."""

    name: str
    read: datetime | None = Field(description="When it was read last.")
    error: str = Field(description="Why that ended early; empty when it ended well.")
    failing_since: datetime | None


@router.get("/api/sources", responses=responses(401, 403), summary="The sources that are followed")
def followed(site: TheSite, _: AsEditor) -> list[Followed]:
    """Each with its last run and, if it fails, since when."""
    return [_told(site, each) for each in site.collection.store.journal.sources()]


@router.post("/api/sources", status_code=201, responses=_CHANGED, summary="Follow a source")
def add(site: TheSite, _: Editing, body: Name) -> Followed:
    """Reads it from the next fetch on. One that is followed stays so."""
    follow(site.collection.store, body.name, now=site.now(), afar=True)
    return next(_told(site, each) for each in site.collection.store.journal.sources() if each.name == body.name)


@router.delete(
    "/api/sources", status_code=204, response_class=Response, responses=_CHANGED, summary="Follow a source no more"
)
def remove(site: TheSite, _: Editing, name: Annotated[str, Query(max_length=300)]) -> None:
    """Its papers stay."""
    unfollow(site.collection.store, name)


@router.post("/api/sources/fetch", status_code=202, responses=_CHANGED, summary="Read all sources now")
def fetch(site: TheSite, _: Editing, tasks: BackgroundTasks) -> dict[str, str]:
    """Begins after the answer; `/api/status` tells how it went."""
    tasks.add_task(run_now, site.collection, site.settings, "fetch", "sync", now=site.now())
    return {"told": "/api/status"}


def _told(site: Site, source: ConfiguredSource) -> Followed:
    last, outage = source.last_run, site.collection.store.journal.outage_of(source.name)
    return Followed(
        name=source.name,
        read=last.started if last else None,
        error=site.told(last.error) if last else "",
        failing_since=outage.since if outage else None,
    )
