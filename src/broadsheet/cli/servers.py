"""The table of servers: what commands start, loaded only when it starts, because it takes long to load."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

SERVERS = {
    "site": ("broadsheet.server", "serve"),
    "agents": ("broadsheet.mcp.stdio", "serve_stdio"),
    "agents over HTTP": ("broadsheet.mcp.http", "serve_http"),
}
"""What commands start: a module and the function that serves until it is stopped."""


def server(name: str) -> Callable[..., None]:
    """The function that serves what is called so in the table."""
    module, function = SERVERS[name]
    found: Callable[..., None] = getattr(import_module(module), function)
    return found
