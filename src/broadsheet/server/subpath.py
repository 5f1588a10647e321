"""A site whose address has a path, for example ``https://example.org/papers-today``. Inside, paths begin at ``/``.

in: the path is taken off a request, unless the proxy in front has done that; cookies of a site above it are left out
out: it goes in front of every path in a redirect and a cookie; pages put it in front of their links (``web/render.py``)
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broadsheet.core.errors import UsageError


class Subpath:
    """ASGI middleware. ``path`` begins with ``/`` and does not end with it."""

    def __init__(self, app: ASGIApp, *, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = ((name.decode("latin-1").lower(), value) for name, value in message["headers"])
                message["headers"] = [
                    (name.encode("latin-1"), self._outer(name, value, host)) for name, value in fields
                ]
            await send(message)

        headers = [(name, _own_cookies(value) if name == b"cookie" else value) for name, value in scope["headers"]]
        inner = {**scope, "headers": headers, "path": self._inner(scope["path"])}
        if scope.get("raw_path") is not None:
            inner["raw_path"] = self._inner(scope["raw_path"].decode("latin-1")).encode("latin-1")
        await self._app(inner, receive, sending)

    def _inner(self, path: str) -> str:
        if path == self._path:
            return "/"
        return path.removeprefix(self._path) if path.startswith(f"{self._path}/") else path

    def _outer(self, name: str, value: bytes, host: str) -> bytes:
        text = value.decode("latin-1")
        if name == "location":
            return self._located(text, host).encode("latin-1")
        if name == "set-cookie":
            return "; ".join(f"Path={self._path}" if each == "Path=/" else each for each in text.split("; ")).encode(
                "latin-1"
            )
        return value

    def _located(self, address: str, host: str) -> str:
        parts = urlsplit(address)
        if parts.netloc not in ("", host) or not parts.path.startswith("/") or self._inner(parts.path) != parts.path:
            return address
        return urlunsplit(("", "", self._path + parts.path, parts.query, parts.fragment))


def _own_cookies(cookies: bytes) -> bytes:
    """Return the first cookie of each name. A browser sends that of the longest path first (RFC 6265 5.4), and those of
    a site at the root of the same host after it."""
    named = [(each.partition(b"=")[0].strip(), each) for each in cookies.split(b";")]
    return b";".join(dict(reversed(named)).values())


def check_subpath(path: str, routes: Iterable[str]) -> None:
    """Raise UsageError if the path of the site begins like one of its own pages: with a proxy that takes the path off,
    the two could not be told apart."""
    first = path.split("/")[1] if path else ""
    own = {route.split("/")[1].partition(".{")[0] for route in routes} - {""}
    if {first, first.partition(".")[0]} & own:
        raise UsageError(
            f"setting address has the path {path}, but /{first} is a page of the site itself: choose another path"
        )
