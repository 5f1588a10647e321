"""Email as the settings say: the mailer that sends it, and the head of every digest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Mailer
from broadsheet.digest.message import Letterhead
from broadsheet.mail.outbox import Outbox
from broadsheet.mail.relay import relay
from broadsheet.mail.smtp import SmtpMailer
from broadsheet.people.letters import SENDER


def mailer(collection: Collection, settings: Settings, environment: Mapping[str, str] = os.environ) -> Mailer:
    """Make the mailer: for the server that the settings name, else for the folder ``outbox`` of the Collection.

    The password comes from ``mail_password_file`` or from BROADSHEET_MAIL_PASSWORD. UsageError for invalid settings,
    before anything is sent.
    """
    if not settings.mail:
        return Outbox(collection.path / "outbox")
    if not settings.mail_from:
        raise UsageError("the setting mail names a server, but mail_from is empty: set it to the sender's address")
    password = _password(settings, environment) if settings.mail_user else ""
    ca_file = Path(settings.mail_ca_file).expanduser() if settings.mail_ca_file else None
    return SmtpMailer(relay(settings.mail, user=settings.mail_user, password=password, ca_file=ca_file))


def letterhead(settings: Settings) -> Letterhead:
    """Make the head of digests: sender, and where links lead. UsageError for a mail server without an address."""
    if settings.mail and not settings.address:
        raise UsageError("links in emails would lead nowhere: set address to this site's own, for example https://…")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Letterhead(
        address=settings.address.rstrip("/") or f"http://{host}:{settings.port}",
        sender=settings.mail_from or SENDER,
        reply=settings.mail_reply,
        bounces=settings.mail_bounces,
        leaving=settings.mail_leaving,
        postal=settings.mail_postal,
    )


def _password(settings: Settings, environment: Mapping[str, str]) -> str:
    if not settings.mail_password_file:
        return environment.get("BROADSHEET_MAIL_PASSWORD", "")
    path = Path(settings.mail_password_file).expanduser()
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"the mail server's password cannot be read from {path}: {error}") from error
