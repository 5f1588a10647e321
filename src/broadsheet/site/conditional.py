"""Conditional answers, so that a client does not fetch the same one twice: ETag, Last-Modified, 304."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

_MOST = 4_096  # addresses remembered
_KEPT = ("cache-control", "content-location", "date", "etag", "expires", "last-modified", "link", "vary")  # of a 304
_SECOND = timedelta(seconds=1)


class ETagRoute(APIRoute):
    """A route that sends an ETag with its answers to GET, and answers 304 to a client that has the same body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def known(request: Request) -> Response:
            response = await handler(request)
            if request.method != "GET" or response.status_code != 200 or "etag" in response.headers:
                return response
            return with_etag(request, response)

        return known


class Memory:
    """When each address first gave its present answer, as far as this process knows. Safe for threads.

    With it, Last-Modified shows a change even if a list only lost a paper or changed its order.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def since(self, address: str, tag: str, now: datetime) -> datetime:
        """Return a whole second, later than that of any other answer of this address."""
        now = now.astimezone(UTC).replace(microsecond=0)
        address = hashlib.blake2b(address.encode("utf-8", "replace"), digest_size=12).hexdigest()
        with self._lock:
            known, since = self._seen.pop(address, ("", datetime.min.replace(tzinfo=UTC)))
            if known != tag:
                since = max(now, since + _SECOND) if known else now
            self._seen[address] = tag, since
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        return since


def memory_of(request: Request) -> Memory:
    """Return the memory of the application."""
    state = request.app.state
    if not hasattr(state, "memory"):
        state.memory = Memory()
    memory: Memory = state.memory
    return memory


def etag(body: bytes) -> str:
    """Compute a strong ETag of these bytes."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def with_etag(request: Request, response: Response) -> Response:
    """Set the ETag of an answer's body; return 304 instead if the client has the same body."""
    response.headers["etag"] = etag(bytes(response.body))
    response.headers.setdefault("cache-control", "private, no-cache")
    return or_not_modified(request, response)


def conditional_response(request: Request, body: bytes, *, now: datetime, headers: Mapping[str, str]) -> Response:
    """Answer with the body, its ETag and Last-Modified, or with 304 if the client has the same body."""
    tag = etag(body)
    since = memory_of(request).since(str(request.url), tag, now)
    dated = {"etag": tag, "last-modified": format_datetime(since, usegmt=True), "cache-control": "private, no-cache"}
    return or_not_modified(request, Response(body, headers={**dated, **headers}))


def or_not_modified(request: Request, response: Response) -> Response:
    """Return 304 instead of an answer that the client has, by ETag, else by date (RFC 9110, section 13)."""
    known, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        same = bool(tags & {response.headers["etag"], "*"})
    else:
        same = _not_after(response.headers.get("last-modified"), since)
    if not same:
        return response
    return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k.lower() in _KEPT})


def _not_after(modified: str | None, since: str | None) -> bool:
    try:
        return bool(modified and since) and _moment(modified or "") <= _moment(since or "")
    except (ValueError, TypeError, OverflowError):
        return False


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
