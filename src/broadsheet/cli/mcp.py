"""Agents: mcp."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import Data
from broadsheet.cli.servers import server
from broadsheet.cli.terminal import note
from broadsheet.core.errors import UsageError
from broadsheet.mcp.context import AgentSite
from broadsheet.wiring.collection import open_configured

Http = Annotated[
    bool, typer.Option("--http", help="Serve streamable HTTP on 127.0.0.1 instead of the standard streams.")
]
Port = Annotated[
    int | None,
    typer.Option("--port", metavar="N", min=0, max=65535, help="Port for --http; default 8001, 0 for any free port."),
]
Whose = Annotated[
    str,
    typer.Option(
        "--person", metavar="ADDRESS", help="Whose feed and votes; default: the single reader's. HTTP takes tokens."
    ),
]
Writes = Annotated[bool, typer.Option("--allow-writes", help="Also offer tools that save papers and vote.")]


def mcp(
    http: Http = False, port: Port = None, person: Whose = "", allow_writes: Writes = False, data: Data = None
) -> None:
    """Serve agents over the Model Context Protocol.

    MCP clients start this command themselves; docs/mcp.md shows how to configure them.

    Example: broadsheet mcp --data /srv/papers
    """
    if http and person:
        raise UsageError("--person is for the standard streams: over HTTP a token says who asks")
    if port is not None and not http:
        raise UsageError("--port is for --http: the standard streams have no port")
    settings = config.load(config.collection_folder(data))
    with open_configured(data, create=False, settings=settings) as collection:
        site = AgentSite(collection, settings, options.now, writes=allow_writes)
        if http:
            serve = server("agents over HTTP")
            serve(site, port=8001 if port is None else port, ready=lambda address: note(f"MCP is at {address}"))
        else:
            server("agents")(site, site.caller(person))
