"""Who the token belongs to, and all that is kept of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from broadsheet.api.tokens import Bounded
from broadsheet.people import account
from broadsheet.site.auth import AsReader, TheVisitor
from broadsheet.site.context import TheSite
from broadsheet.site.problems import responses
from broadsheet.store.people import Role

router = APIRouter(tags=["people"], route_class=Bounded)


class Me(BaseModel):
    """The person who asks."""

    address: str = Field(description="Empty for a single reader without one.")
    name: str
    role: Role
    joined: datetime
    writes: bool = Field(description="Whether this token may change things; false without a token.")


@router.get("/api/me", responses=responses(401), summary="Who I am")
def me(person: AsReader, visitor: TheVisitor) -> Me:
    """The person of the token or of the session."""
    writes = visitor.token and visitor.writes
    return Me(address=person.address, name=person.name, role=person.role, joined=person.joined, writes=writes)


@router.get("/api/me/export", responses=responses(401), summary="All that is kept of me")
def export(site: TheSite, person: AsReader) -> dict[str, Any]:
    """Votes, lists, notes, comments, queries, authors, read papers, subscription and the rest; nothing secret."""
    return account.export(site.collection.store, person, now=site.now())
