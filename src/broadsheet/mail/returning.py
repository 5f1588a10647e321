"""Where returned email comes in: a server that a local mail server hands it to, or a mailbox that one fills."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from broadsheet.core.errors import UsageError


def is_door(where: str) -> bool:
    """Whether returned email is handed over at this place, and not read from the file or folder of this path."""
    return bool(where) and not where.startswith(("/", "~", "."))


def place(where: str) -> Path | tuple[str, int]:
    """Return the socket's path of ``unix:/PATH``, or the host and port of ``127.0.0.1:PORT``. UsageError for anything
    else, and for an address that other machines reach too."""
    if where.startswith("unix:/"):
        return Path(where.removeprefix("unix:"))
    host, _, port = where.rpartition(":")
    host = host.strip("[]")
    try:
        if not ipaddress.ip_address(host).is_loopback or not 0 <= int(port) <= 65_535:
            raise ValueError
    except ValueError as error:
        raise UsageError(
            f"{where[:100]!r} is not a place for returned email: expected 127.0.0.1:PORT, unix:/PATH or a mailbox"
        ) from error
    return host, int(port)
