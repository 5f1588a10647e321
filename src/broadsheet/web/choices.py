"""How a reader wants pages: compact or full, with or without what was read, and whether opening a paper marks it as
read. Remembered in a cookie of the browser, so that it needs no account, and changes nothing on the server.

Scripts may read the cookie: ``static/broadsheet.js`` marks an opened paper as read when it says so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query, Request
from starlette.responses import Response

from broadsheet.site.auth import give_cookie
from broadsheet.site.context import Site
from broadsheet.site.urls import is_https

COOKIE = "broadsheet-choices"
_LASTING = timedelta(days=400)

View = Annotated[Literal["", "compact", "full"], Query(description="How papers are shown; it is remembered.")]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a browser; all are off at first."""

    compact: bool = False
    hide_read: bool = False
    read_opened: bool = False

    def __str__(self) -> str:
        return ".".join(each.name for each in fields(self) if getattr(self, each.name)) or "none"

    def with_view(self, view: str, hide: str) -> Choices:
        """Return the choices with what an address says of them; an empty text says nothing."""
        compact = view == "compact" if view else self.compact
        return replace(self, compact=compact, hide_read=hide == "read" if hide else self.hide_read)


NAMES = tuple(each.name for each in fields(Choices))


def choices_of(request: Request) -> Choices:
    """Read the choices of the browser that sends a request; what is not known in the cookie is ignored."""
    words = request.cookies.get(COOKIE, "")[:200].split(".")
    return Choices(**{name: name in words for name in NAMES})


def remember_choices(response: Response, request: Request, site: Site, choices: Choices) -> None:
    """Store the choices in the browser, unless they are what it has already."""
    if choices != choices_of(request):
        secure = is_https(request, site)
        give_cookie(response, COOKIE, str(choices), lasting=_LASTING, secure=secure, scripts=True)
