"""Asking the tools with the official client: in this process, or of ``broadsheet mcp`` as a client starts it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.mcp.context import AgentSite, Caller
from broadsheet.mcp.service import service
from site_kit import NOW

Talk = Callable[[Client], Awaitable[Any]]
MAIN = [sys.executable, "-c", "from broadsheet.cli import main; main()"]


def site_of(collection: Collection, *, writes: bool = False, **settings: Any) -> AgentSite:
    return AgentSite(collection, Settings(**settings), lambda: NOW, writes=writes)


def talked(server: Any, talk: Talk, *, mode: str = "auto") -> Any:
    """What a conversation with a server comes to."""

    async def run() -> Any:
        async with Client(server, mode=mode) as client:
            return await talk(client)

    return asyncio.run(run())


def asked(site: AgentSite, tool: str, *, caller: Caller | None = None, **arguments: Any) -> Any:
    """The result of one call of a tool, in this process."""
    who = caller or site.sole_caller()
    return talked(service(site, lambda _: who), lambda client: client.call_tool(tool, arguments))


def told(site: AgentSite, tool: str, *, caller: Caller | None = None, **arguments: Any) -> dict[str, Any]:
    """The answer of a call that succeeds."""
    result = asked(site, tool, caller=caller, **arguments)
    assert not result.is_error, result.content[0].text
    found: dict[str, Any] = result.structured_content
    return found


def refused(site: AgentSite, tool: str, *, caller: Caller | None = None, **arguments: Any) -> str:
    """The line of a call that fails."""
    result = asked(site, tool, caller=caller, **arguments)
    assert result.is_error, result.structured_content
    [line] = [each.text for each in result.content]
    assert "\n" not in line
    assert "Traceback" not in line
    return str(line)


def started(folder: Path, *options: str) -> StdioServerParameters:
    """How a client is told to start ``broadsheet mcp``."""
    arguments = [*MAIN[1:], "mcp", "--data", str(folder), *options]
    return StdioServerParameters(command=MAIN[0], args=arguments, env=dict(os.environ))


def with_token(address: str, token: str) -> Any:
    """The transport of a client that sends a token."""
    http = create_mcp_http_client(headers={"authorization": f"Bearer {token}"})
    return streamable_http_client(address, http_client=http)
