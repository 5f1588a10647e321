"""Mail addresses in the one form in which they are kept and compared."""

from __future__ import annotations

import re

from broadsheet.errors import UsageError

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 254  # of an address, RFC 5321


def address(text: str) -> str:
    """An address as it is compared: lower case, its domain in ASCII. UsageError when it cannot be one."""
    given = text.strip()
    local, at, domain = given.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower() if domain.isprintable() else ""
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if not (
        at
        and len(given) <= _LONGEST
        and len(local) <= 64
        and _LOCAL.fullmatch(local)
        and (len(labels) > 1 or domain == "localhost")
        and all(_LABEL.fullmatch(label) for label in labels)
    ):
        raise UsageError(f"{given[:60]!r} is no mail address: expected such as name@example.org")
    return f"{local.casefold()}@{domain}"
