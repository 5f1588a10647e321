"""The guard in front of everything: which requests are let in, and which headers every answer carries.

known host? -> not forwarded, in loopback-only mode? -> the site -> security headers
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 8 * 2**20  # bytes of a request's body: a library of references is the largest that may come
_TOO_LONG = f"The request is too long: its body may have {LONGEST_BODY // 2**20} MB."
Answer = Callable[[Request, int, str], Response]  # a request, the status, and one line on what is wrong

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
OF_PICTURES = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of a picture that came from outside: whatever a browser took it for, it could load and run nothing."""
# What proxies add, whichever they are.
_FORWARDING = frozenset({
    "forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
    "fastly-client-ip", "fly-client-ip", "x-original-host", "x-envoy-external-address", "cdn-loop",
})  # fmt: skip
_SECRET = re.compile(r"\A(/feeds/own/|/leave/)[^/]+")
_log = logging.getLogger("broadsheet.server")


class Guard:
    """ASGI middleware. ``names`` are the host names of the site; ``answer`` words a refusal.

    If all names are loopback names, the site expects no proxy, and a request that says it was forwarded is refused.
    """

    def __init__(self, app: ASGIApp, *, names: Iterable[str], answer: Answer) -> None:
        self._app = app
        self._names = {_host(name) for name in names}
        self._loopback_only = all(map(is_loopback, self._names))
        self._answer = answer
        # a site of this machine has one reader, who does not sign in: it starts with a public name only if others do
        self._people = ", and `people` to closed or open" if self._loopback_only else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # answered as GET is; the server leaves the body out
            scope = {**scope, "method": "GET"}
        started, taken = False, 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LONGEST_BODY:
                raise _TooLongError
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _seal(message)
            await send(message)

        request = Request(scope, receive)
        refusal = self._refusal(request.headers)
        if refusal:
            await self._answer(request, *refusal)(scope, receive, sending)
            return
        try:
            await self._app(scope, receiving, sending)
        except _TooLongError:
            await self._answer(request, 413, _TOO_LONG)(scope, receive, sending)
        except ClientDisconnect:
            return  # who left needs no answer, and the log no line
        except Exception:
            _log.exception("%s %s failed", scope["method"], quote(without_secrets(scope["path"])[:200]))
            if started:
                raise
            line = "An unexpected error occurred; the server's log says more."
            await self._answer(request, 500, line)(scope, receive, sending)

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _host(hosts[0]) not in self._names:
            name = hosts[0][:100] if hosts else ""
            line = f"This site does not have the name {name!r}. Known names: {', '.join(sorted(self._names))}."
            return 421, f"{line} If the name is right, add it to the setting `names`{self._people}."
        header = forwarding(headers)
        if self._loopback_only and header:
            line = f"The request says that it was forwarded ({header}), but this site serves its own machine only."
            return 400, f"{line} To run it behind a proxy, set `names` to its public name{self._people}."
        declared = headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > LONGEST_BODY:
            return 413, _TOO_LONG
        return None


def forwarding(headers: Headers) -> str:
    """Find the first header that says the request was forwarded; empty without one."""
    return next((name for name in headers if name in _FORWARDING or name.startswith("x-forwarded-")), "")


def without_secrets(path: str) -> str:
    """Return a path as a log may hold it: without the keys of secret addresses."""
    return _SECRET.sub(r"\1…", path)


class _TooLongError(Exception):
    """A body is longer than the longest that is read."""


def is_loopback(name: str) -> bool:
    """Tell whether a host name can only mean this machine."""
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"


def _host(value: str) -> str:
    """Return a Host header or a configured name without its port, in lower case; IPv6 in brackets."""
    value = value.strip(" \t").lower()
    if value.count(":") > 1 and not value.startswith("["):
        return f"[{value}]"
    name, colon, port = value.rpartition(":")
    digits = port.isascii() and port.isdigit()
    return name if colon and digits and (not name.startswith("[") or name.endswith("]")) else value


def _seal(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers[name] = value
    if headers.get("content-type") == "image/webp":
        headers["content-security-policy"] = OF_PICTURES
    headers.setdefault(
        "cache-control", "private, no-cache"
    )  # unless a route says otherwise, shared caches store nothing
