"""What the paths share that let programs change things: a token that may, JSON of bounded size. It has no paths.

A cookie alone is refused, in single-reader mode too: so no other site's page can have a browser change anything here.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.types import Message

from broadsheet.site.auth import TheVisitor
from broadsheet.site.conditional import Tagged
from broadsheet.site.context import TheSite
from broadsheet.store.people import Person

LONGEST = 64 * 1024  # bytes of a body


class Bounded(Tagged):
    """A route that reads bodies of at most ``LONGEST`` bytes, and tags what it answers to GET."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            taken = 0

            async def receiving() -> Message:
                nonlocal taken
                message = await request.receive()
                taken += len(message.get("body", b""))
                if taken > LONGEST:
                    raise HTTPException(413, f"A body may have {LONGEST // 1024} kB.")
                return message

            return await handler(Request(request.scope, receiving))

        return bounded


def writer(site: TheSite, visitor: TheVisitor) -> Person:
    """The person of the token that came along, if it may change things."""
    if visitor.person is None or not visitor.token:
        line = "A program needs a token to change things (`Authorization: Bearer`): make one on your account page."
        raise HTTPException(401, line, {"www-authenticate": "Bearer"})
    if not visitor.writes:
        raise HTTPException(403, "This token may only read: make one that may change things.")
    if not site.single:
        site.limit("changes", str(visitor.number))
    return visitor.person


Writer = Annotated[Person, Depends(writer)]


def editing(person: Writer, visitor: TheVisitor) -> Person:
    """The same, if an editor."""
    if not visitor.may("editor"):
        raise HTTPException(403, f"This needs the role editor; you are {person.role} here.")
    return person


Editing = Annotated[Person, Depends(editing)]
