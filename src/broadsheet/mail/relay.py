"""The mail server that messages are handed to, and how to connect to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from broadsheet.core.errors import UsageError

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}")
_SCHEMES: dict[str, Literal["implicit", "starttls"]] = {"smtps": "implicit", "smtp": "starttls"}
_PORTS = {"implicit": 465, "starttls": 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A mail server. ``tls``: ``implicit`` from the first byte, or by STARTTLS, which is required unless the server
    is this machine and there is no login. ``timeout`` in seconds holds for each answer except the last one to a
    message, for which ``patience`` holds (RFC 5321 4.5.3.2.6 asks for ten minutes: giving up there leaves a doubt).
    ``greeting`` is the host name to introduce itself with (empty: this machine's); ``ca_file`` adds certificates to
    trust.
    """

    host: str
    port: int
    tls: Literal["implicit", "starttls"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    greeting: str = ""
    timeout: float = 30.0
    patience: float = 600.0
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if bool(self.user) != bool(self.password):
            raise UsageError(
                f"the mail server {self.host} has a user without a password, or a password without a user: set "
                "mail_user and mail_password_file (or BROADSHEET_MAIL_PASSWORD), or neither"
            )
        if not (self.user + self.password).isascii():
            raise UsageError(f"the user and the password for the mail server {self.host} must be ASCII: choose others")

    @property
    def shown(self) -> str:
        """The host and port, as error messages name them."""
        return f"{self.host}:{self.port}"


def relay(url: str, *, user: str = "", password: str = "", ca_file: Path | None = None) -> Relay:
    """Return the server of an address: ``smtps://HOST`` (port 465) or ``smtp://HOST`` (587), another port after a
    colon.

    Raises UsageError for any other address, and for one with a user or a password in it: those have their own settings.
    """
    if not url.isprintable():
        raise _wrong("smtps://HOST or smtp://HOST:PORT")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _wrong("smtps://HOST or smtp://HOST:PORT") from error
    if "@" in parts.netloc:
        raise _wrong("an address without a user and a password, which have their own settings")
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(parts.hostname or "") or _goes_on(parts) or port == 0:
        raise _wrong("smtps://HOST or smtp://HOST:PORT")
    if parts.scheme == "smtp" and port == _PORTS["implicit"]:
        raise _wrong("smtps:// with port 465, where TLS begins with the first byte")
    tls = _SCHEMES[parts.scheme]
    return Relay(host=parts.hostname or "", port=port or _PORTS[tls], tls=tls, user=user, password=password,
                 ca_file=ca_file)  # fmt: skip


def _goes_on(parts: SplitResult) -> bool:
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _wrong(expected: str) -> UsageError:
    return UsageError(f"setting mail is not the address of a mail server: expected {expected}")
