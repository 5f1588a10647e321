"""The person a token belongs to, and everything that is stored about them."""

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
    """The person who sends the request."""

    address: str = Field(description="The email address; empty for a single reader without one.")
    name: str
    role: Role
    joined: datetime
    writes: bool = Field(description="Whether this token may change things; false without a token.")


@router.get("/api/me", responses=responses(401), summary="Get my account")
def me(person: AsReader, visitor: TheVisitor) -> Me:
    """Return the person that the token or the session belongs to."""
    writes = visitor.token and visitor.writes
    return Me(address=person.address, name=person.name, role=person.role, joined=person.joined, writes=writes)


@router.get("/api/me/export", responses=responses(401), summary="Export everything stored about me")
def export(site: TheSite, person: AsReader) -> dict[str, Any]:
    """Return votes, lists, notes, comments, alerts, authors, read papers, subscription and everything else, but no
    secrets."""
    return account.export(site.collection.store, person, now=site.now())
