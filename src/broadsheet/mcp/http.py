"""Streamable HTTP, on this machine alone.

POST /mcp on 127.0.0.1 -> Host and forwarding (the guard of the site) -> Origin -> token -> the service
"""

from __future__ import annotations

from collections.abc import Callable

import anyio
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.mcp.context import AgentSite, Caller
from broadsheet.mcp.service import service
from broadsheet.site.guard import Guard
from broadsheet.site.listen import open_listener, run

PATH = "/mcp"
_ADDRESS = "127.0.0.1"
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_LONGEST_BODY = 256 * 1024
_CALLER = "broadsheet.caller"


def serve_http(site: AgentSite, *, port: int, ready: Callable[[str], None]) -> None:
    """Answer clients on this machine until interrupted; call ``ready`` with the address.

    Port 0 is any free one. UsageError if the port cannot be taken.
    """
    with open_listener(_ADDRESS, port) as listener:
        run(application(site), listener, ready=lambda address: ready(f"{address}{PATH}"))


def application(site: AgentSite) -> ASGIApp:
    """Make the service an ASGI application for this machine alone. There are no sessions between requests."""
    server = service(site, lambda request: request.scope[_CALLER])
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # Guard and Door do it
    )
    return Guard(Door(inner, site), names=_NAMES, answer=_refusal_response)


class Door:
    """ASGI middleware: refuses what a foreign web page may have sent, and finds the caller."""

    def __init__(self, app: ASGIApp, site: AgentSite) -> None:
        self._app, self._site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            caller, refusal = await anyio.to_thread.run_sync(self._caller, request)
            if refusal:
                await _refusal_response(request, *refusal)(scope, receive, send)
                return
            scope = {**scope, _CALLER: caller}
        await self._app(scope, receive, send)

    def _caller(self, request: Request) -> tuple[Caller, tuple[int, str] | None]:
        """Find the caller, or the status and the line of a refusal."""
        origins = request.headers.getlist("origin")
        if origins and origins != [f"http://{request.headers['host']}"]:
            return Caller(), (403, f"Pages of {origins[0][:100]!r} may not use this server.")
        if request.method != "POST":
            return Caller(), (405, "Use POST: this server has no sessions and sends no events.")
        authorization = request.headers.getlist("authorization")
        if not authorization:
            closed = self._site.settings.people == "closed"
            members = 401, "This Collection is for its members only: send a token."
            return self._site.sole_caller(), members if closed else None
        kind, _, token = authorization[0].partition(" ")
        bearer = kind.lower() == "bearer" and len(authorization) == 1
        caller = self._site.token_caller(token.strip()) if bearer else None
        return caller or Caller(), None if caller else (401, "This server does not know this token.")


_WORDED = {  # the site's guard words these differently, because it has settings
    421: f"This server answers only to the names {', '.join(_NAMES)}.",
    400: "The request says that it was forwarded, but this server answers its own machine only.",
}
_HEADERS = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}}


def _refusal_response(_: Request, status: int, line: str) -> Response:
    error = {"code": INVALID_REQUEST, "message": _WORDED.get(status, line)}
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status, _HEADERS.get(status))
