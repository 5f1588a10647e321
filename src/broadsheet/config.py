"""Settings: one schema for the environment, the file ``broadsheet.toml`` in the Collection, and the command line.

The command line wins over the environment, the environment over the file, the file over the defaults. Only doors and
wiring read them.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from broadsheet.core.errors import UsageError, nearest, system
from broadsheet.core.types import Access
from broadsheet.mail.address import checked
from broadsheet.mail.relay import relay
from broadsheet.mail.returning import is_door, place

COLLECTION_VARIABLE = "BROADSHEET_COLLECTION"
DEFAULT_COLLECTION = "broadsheet-data"
ACCESS: tuple[Access, ...] = ("single", "closed", "open")
FILE = "broadsheet.toml"
_SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+"  # of a path; not the two that mean this folder and the one above it
_SITE = re.compile(rf"https?://[A-Za-z0-9.\[\]:_-]+(?:/{_SEGMENT})*/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, by the name it has in ``broadsheet.toml``; in the environment it is ``BROADSHEET_NAME``."""

    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: int = 8000
    """Port the server listens on."""
    names: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Host names under which the site answers; requests for other names are refused."""
    encoder: str = ""
    """Encoder of a new Collection: ``minilm``, ``static`` ...; empty: the Collection's own, else ``minilm``."""
    most_tokens: int = 0
    """Tokens that a model server (``openai:``) may read in one run of a command; 0: no bound."""
    language: str = ""
    """Language of the stemmer of a new Collection; empty: the Collection's own, else ``english``."""
    contact: str = ""
    """Email address or web page that identifies you to the servers of feeds."""
    allow_private: bool = False
    """Whether feeds may be fetched from private and loopback addresses."""
    people: str = "single"
    """Who may read: ``single`` (one reader on this machine, without sign-in), ``closed`` (invited people), ``open``."""
    address: str = ""
    """Address of the site for readers, for example ``https://papers.example.org``, also with a path
    (``https://example.org/papers-today``); empty: as each request has it."""
    trusted_proxy: str = ""
    """Address of the proxy in front whose ``X-Forwarded-For`` is trusted; empty: none."""
    mail: str = ""
    """Mail server, for example ``smtps://mail.example.org``; empty: emails are written into the folder ``outbox``."""
    mail_from: str = ""
    """Address that emails come from; empty: ``broadsheet@localhost``, which only the outbox accepts."""
    mail_reply: str = ""
    """Address for replies to emails; empty: the address that emails come from."""
    mail_bounces: str = ""
    """Address to which undeliverable email returns; a token is added to it: ``bounces+TOKEN@host``."""
    mail_leaving: str = ""
    """Address for unsubscribing by email, also with a token; empty: readers unsubscribe on the web only."""
    mail_returned: str = ""
    """Where returned email arrives: ``127.0.0.1:PORT`` or ``unix:/PATH``, where the server listens for LMTP, or the
    path of an mbox file or a Maildir, which ``broadsheet run`` reads every hour; empty: nowhere."""
    mail_postal: str = ""
    """A line with the sender's postal address for the digest, where the law requires it."""
    mail_user: str = ""
    """User name on the mail server."""
    mail_password_file: str = ""
    """File with the password for the mail server; empty: BROADSHEET_MAIL_PASSWORD in the environment."""
    mail_ca_file: str = ""
    """File with certificates to trust in addition to the machine's, for a mail server with an in-house certificate."""
    zone: str = ""
    """Time zone in which days begin, for example ``Europe/Berlin``; empty: the machine's."""
    fetch_hours: int = 6
    """Hours between two fetches of all followed sources while ``broadsheet run`` runs; 0: never."""
    trending_hours: int = 6
    """Hours between two updates of what trends while ``broadsheet run`` runs; 0: never."""
    pictures: bool = False
    """Whether papers are shown with a picture, if a source gives one: it is fetched once, and served by this site."""
    log: str = "text"
    """Format of the log lines: ``text`` or ``json``."""
    log_requests: bool = False
    """Whether each request is logged: its method, route and status, never its content or sender."""
    open_metrics: bool = False
    """Whether ``/metrics`` answers other machines too; set it only where a proxy or a firewall protects it."""

    @property
    def subpath(self) -> str:
        """The path in the setting ``address``, for example ``/papers-today``; empty without one."""
        return urlsplit(self.address).path.rstrip("/")

    @property
    def access(self) -> Access:
        """The setting ``people``; UsageError for another word."""
        for known in ACCESS:
            if self.people == known:
                return known
        raise UsageError(f"setting people is {self.people[:40]!r}; expected {', '.join(ACCESS)}")

    @property
    def logs_json(self) -> bool:
        """Whether ``log`` asks for JSON; UsageError for a word that is neither of the two."""
        if self.log not in ("text", "json"):
            raise UsageError(f"setting log is {self.log[:40]!r}; expected text or json")
        return self.log == "json"

    @property
    def time_zone(self) -> tzinfo | None:
        """The setting ``zone`` as Python's tzinfo, None for the machine's zone; UsageError for an unknown one."""
        return _time_zone(self.zone) if self.zone else None


@lru_cache(maxsize=8)
def _time_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # KeyError: unknown zone; others: not a zone's name
        near = nearest(name, available_timezones() or ["UTC"])
        hint = near if len(near) < 200 else "For example Europe/Berlin or America/New_York."
        raise UsageError(f"setting zone is {name[:80]!r}, which is not a time zone. {hint}") from error


def collection_folder(given: str | Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Find the Collection's folder: as given, else from BROADSHEET_COLLECTION, else ./broadsheet-data."""
    return Path(given or environment.get(COLLECTION_VARIABLE) or DEFAULT_COLLECTION).expanduser()


def load(folder: Path, environment: Mapping[str, str] = os.environ, **given: Any) -> Settings:
    """Read the settings for a Collection's folder; ``given`` values that are None are left out. UsageError for a bad
    one."""
    settings = Settings()
    for origin, values in (
        (str(folder / FILE), _from_file(folder / FILE)),
        ("the environment", _from_environment(environment)),
        ("the command line", {name: value for name, value in given.items() if value is not None}),
    ):
        settings = _with(settings, values, origin)
    _require_sound(settings)
    return settings


def _require_sound(settings: Settings) -> None:
    """Report a wrong setting when settings are read, not at its first use: by then a digest could not be made."""
    _ = settings.time_zone, settings.access, settings.logs_json
    if settings.address and not _SITE.fullmatch(settings.address):
        raise UsageError(f"setting address is {settings.address[:80]!r}; expected like https://papers.example.org")
    for name in ("mail_from", "mail_reply", "mail_bounces", "mail_leaving"):
        if given := getattr(settings, name):
            _require_mail_address(name, given)
    if settings.mail:
        relay(settings.mail)
    if is_door(settings.mail_returned):
        place(settings.mail_returned)
        if not settings.mail_bounces and not settings.mail_leaving:
            raise UsageError("setting mail_returned listens for email to no address: set mail_bounces too")


def _require_mail_address(name: str, given: str) -> None:
    try:
        checked(given)
    except UsageError as error:
        raise UsageError(f"setting {name}: {error}") from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(system(error, path)) from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML in UTF-8 ({error}): correct it, or delete it") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {f"BROADSHEET_{field.name.upper()}": field.name for field in fields(Settings)}
    return {known[name]: value for name, value in environment.items() if name in known and value}


def _with(settings: Settings, values: Mapping[str, Any], origin: str) -> Settings:
    known = {field.name for field in fields(Settings)}
    for name, value in values.items():
        if name not in known:
            raise UsageError(f"unknown setting {name!r} in {origin}. {nearest(name, known)}")
        settings = replace(settings, **{name: _converted(name, value, type(getattr(Settings(), name)), origin)})
    return settings


_KINDS = {str: "a text", int: "a whole number", bool: "true or false", tuple: "a list of texts"}


def _converted(name: str, value: Any, kind: type, origin: str) -> Any:
    """A value of the setting's own type, from TOML or from a string."""
    if kind is tuple and isinstance(value, str | list):
        items = value.split(",") if isinstance(value, str) else value
        return tuple(str(item).strip() for item in items)
    if kind is bool and isinstance(value, str) and value.lower() in ("1", "true", "yes", "0", "false", "no"):
        return value.lower() in ("1", "true", "yes")
    if kind is int and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is kind:
        return value
    raise UsageError(f"setting {name} in {origin} is {value!r}; expected {_KINDS[kind]}")
