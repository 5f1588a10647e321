"""What all paths that change things share: a token with write access, and a bounded body. It has no paths of its own.

A cookie alone is refused, in single-reader mode too, so no other site's page can make a browser change anything here.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.types import Message

from broadsheet.site.auth import READ_ONLY, TheVisitor, role_needed
from broadsheet.site.conditional import ETagRoute
from broadsheet.site.context import TheSite
from broadsheet.store.people import Person

LONGEST = 64 * 1024  # bytes of a body


class Bounded(ETagRoute):
    """A route that reads bodies of at most ``LONGEST`` bytes, and sends an ETag with its answers to GET."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            taken = 0

            async def receiving() -> Message:
                nonlocal taken
                message = await request.receive()
                taken += len(message.get("body", b""))
                if taken > LONGEST:
                    raise HTTPException(413, f"The body is too long: it may have {LONGEST // 1024} kB.")
                return message

            return await handler(Request(request.scope, receiving))

        return bounded


def writer(site: TheSite, visitor: TheVisitor) -> Person:
    """Return the person whose token came with the request.

    HTTPException 401 without a token, 403 for one that may only read, 429 after too many changes.
    """
    if visitor.person is None or not visitor.token:
        line = "You need a token to change things (`Authorization: Bearer`): make one on your account page."
        raise HTTPException(401, line, {"www-authenticate": "Bearer"})
    if not visitor.writes:
        raise HTTPException(403, READ_ONLY)
    if not site.single:
        site.limit("changes", str(visitor.number))
    return visitor.person


Writer = Annotated[Person, Depends(writer)]


def editing(person: Writer, visitor: TheVisitor) -> Person:
    """Return the same person if they are an editor; else HTTPException 403."""
    if not visitor.may("editor"):
        raise HTTPException(403, role_needed("editor", person))
    return person


Editing = Annotated[Person, Depends(editing)]
