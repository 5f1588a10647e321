"""Streamable HTTP, on this machine alone.

POST /mcp on 127.0.0.1 -> Host and forwarding (the guard of the site) -> Origin -> token -> the service
"""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.core.errors import UsageError
from broadsheet.mcp.desk import Desk, Reader
from broadsheet.mcp.service import service
from broadsheet.site.guard import Guard

PATH = "/mcp"
_ADDRESS = "127.0.0.1"
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_LONGEST_BODY = 256 * 1024
_READER = "broadsheet.reader"


def serve_http(desk: Desk, *, port: int, ready: Callable[[str], None]) -> None:
    """Answer clients on this machine until interrupted; ``ready`` is told the address.

    Port 0 is any free one. UsageError when the port cannot be had.
    """
    with _listening(port) as listener:
        config = uvicorn.Config(
            application(desk),
            access_log=False,  # a log of queries is a log of what somebody thinks about
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        ready(f"http://{_ADDRESS}:{listener.getsockname()[1]}{PATH}")
        with _interruptible():
            uvicorn.Server(config).run(sockets=[listener])


def application(desk: Desk) -> ASGIApp:
    """The service as an ASGI application for this machine alone. Every request stands for itself: no sessions."""
    server = service(desk, lambda request: request.scope[_READER])
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # Guard and Door do it
    )
    return Guard(Door(inner, desk), names=_NAMES, answer=_refused)


class Door:
    """ASGI middleware: lets in what no foreign web page can have sent, and finds out who asks."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            reader, refusal = await anyio.to_thread.run_sync(self._asked_by, request)
            if refusal:
                await _refused(request, *refusal)(scope, receive, send)
                return
            scope = {**scope, _READER: reader}
        await self._app(scope, receive, send)

    def _asked_by(self, request: Request) -> tuple[Reader, tuple[int, str] | None]:
        """Who asks, or the status and the line with which it is refused."""
        origins = request.headers.getlist("origin")
        if origins and origins != [f"http://{request.headers['host']}"]:
            return Reader(), (403, f"A page of {origins[0][:100]!r} may not ask here.")
        if request.method != "POST":
            return Reader(), (405, "Ask with POST: there are no sessions, and nothing is told unasked.")
        authorization = request.headers.getlist("authorization")
        if not authorization:
            closed = self._desk.settings.people == "closed"
            return self._desk.sole(), (401, "This Collection is for its members: send a token.") if closed else None
        kind, _, token = authorization[0].partition(" ")
        reader = self._desk.holder(token.strip()) if kind.lower() == "bearer" and len(authorization) == 1 else None
        return reader or Reader(), None if reader else (401, "This token is not known here.")


_WORDED = {  # what the guard of the site says differently, for it has settings
    421: f"This server is asked as {', '.join(_NAMES)} alone.",
    400: "The request says that it was forwarded, but this server answers its own machine only.",
}
_HEADERS = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}}


def _refused(_: Request, status: int, line: str) -> Response:
    error = {"code": INVALID_REQUEST, "message": _WORDED.get(status, line)}
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status, _HEADERS.get(status))


def _listening(port: int) -> socket.socket:
    try:
        listener = socket.create_server((_ADDRESS, port), backlog=64)
    except OSError as error:
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        raise UsageError(f"cannot listen on {_ADDRESS}:{port} ({reason}): choose another with --port") from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # without it every answer waits 40 ms
    return listener


@contextmanager
def _interruptible() -> Iterator[None]:
    """The server stops in order at a signal and then raises it again; here that is the end of it, and no failure."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, interrupt)
        yield
