"""Paging through a list: an opaque cursor, and the Link header that carries it to the next part."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Results
from broadsheet.daily.day import Feed
from broadsheet.site.context import Site, TheSite
from broadsheet.site.params import DEEPEST
from broadsheet.site.urls import base_of, next_link, request_path

_POSITION = {"cursor": None, "offset": None, "p": None}
Part = TypeVar("Part", Results, Feed)


class Place:
    """Where in its list a request begins: at its cursor, else at its offset. It also links to the next part."""

    def __init__(self, request: Request, response: Response, site: Site, cursor: str) -> None:
        self._request, self._response, self._site, self._cursor = request, response, site, cursor

    def at(self, offset: int) -> int:
        """Return the place to begin at; UsageError for a cursor of another list."""
        return _decode_cursor(self._cursor, self._list()) if self._cursor else offset

    def link_next(self, part: Part) -> Part:
        """Return the same part of the list, and add the header ``Link: <...>; rel="next"`` when more follows it."""
        shown = len(part.items) if isinstance(part, Results) else len(part.cards)
        if part.more and shown:
            self.link_next_at(part.offset + shown)
        return part

    def link_next_at(self, offset: int) -> None:
        """Say that more of the list follows from this place on."""
        if offset <= DEEPEST:
            changes = {**_POSITION, "cursor": _encode_cursor(offset, self._list())}
            address = base_of(self._request, self._site) + request_path(self._request, **changes)
            self._response.headers.update(next_link(address))

    def _list(self) -> str:
        """Name the requested list, whichever part of it."""
        address = request_path(self._request, **_POSITION)
        return hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _place(
    request: Request,
    response: Response,
    site: TheSite,
    cursor: Annotated[str, Query(max_length=200, description="From the header `Link` of the previous part.")] = "",
) -> Place:
    return Place(request, response, site, cursor)


ThePlace = Annotated[Place, Depends(_place)]


def _encode_cursor(offset: int, list_: str) -> str:
    return base64.urlsafe_b64encode(f"{offset}.{list_}".encode()).decode().rstrip("=")


def _decode_cursor(cursor: str, list_: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    offset, _, digest = text.partition(".")
    if digest != list_ or not (offset.isascii() and offset.isdigit()) or len(offset) > 6 or int(offset) > DEEPEST:
        raise UsageError(
            "This cursor belongs to another list: request the list without it, and follow its header `Link`."
        )
    return int(offset)
