"""The table of servers: each is loaded only when a command starts it, because it takes long to load."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

SERVERS = {
    "site": ("broadsheet.server", "serve"),
    "agents": ("broadsheet.mcp.stdio", "serve_stdio"),
    "agents over HTTP": ("broadsheet.mcp.http", "serve_http"),
}
"""By the name that a command uses: a module, and its function that serves until it is stopped."""


def server(name: str) -> Callable[..., None]:
    """Load the function that serves under this name of the table."""
    module, function = SERVERS[name]
    found: Callable[..., None] = getattr(import_module(module), function)
    return found
