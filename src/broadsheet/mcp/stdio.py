"""MCP over the standard streams of a process that a client starts.

Standard output carries only the protocol; anything else that would be printed there goes to standard error.
"""

from __future__ import annotations

import signal

import anyio
from mcp.server.stdio import stdio_server

from broadsheet.mcp.context import AgentSite, Caller
from broadsheet.mcp.service import service


def serve_stdio(site: AgentSite, caller: Caller) -> None:
    """Answer one client on the standard streams until it closes them; Ctrl-C ends the process at once."""
    # An orderly end would wait for a line that may never come, and the Store does not need it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = service(site, lambda _: caller)

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
