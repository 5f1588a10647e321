"""What a door offers: the addresses of a router, the arguments and options of a command."""

from __future__ import annotations

from collections.abc import Callable

import typer
from fastapi import APIRouter
from fastapi.routing import APIRoute
from typer.main import get_command


def addresses(router: APIRouter) -> set[str]:
    """Every address of a router with its method, as ``GET /lists``. Others have them in bookmarks and programs."""
    return {f"{method} {each.path}" for each in router.routes if isinstance(each, APIRoute) for method in each.methods}


def usage(command: Callable[..., None]) -> set[str]:
    """The arguments and options of a command, as ``FILE`` and ``--json``. Others have them in their scripts."""
    alone = typer.Typer(add_completion=False)
    alone.command()(command)
    names: set[str] = set()
    for each in get_command(alone).params:
        names |= {each.metavar} if each.param_type_name == "argument" else {*each.opts, *each.secondary_opts}
    return names
