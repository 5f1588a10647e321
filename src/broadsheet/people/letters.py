"""The letters that people asked for themselves: a link to sign in, a link to confirm an address or a subscription."""

from __future__ import annotations

import secrets
from datetime import datetime

from broadsheet.types import Message

SENDER = "broadsheet@localhost"


def sign_in(to: str, link: str, *, sender: str, now: datetime, minutes: int) -> Message:
    """The link to sign in with, to its only reader."""
    text = (
        f"Open this link and press the button to sign in:\n\n{link}\n\n"
        f"It works once, for {minutes} minutes. If you did not ask for it, do nothing: nobody gets in without it.\n"
    )
    return letter(to, "Your link to sign in", text, sender=sender, now=now)


def letter(to: str, subject: str, text: str, *, sender: str, now: datetime) -> Message:
    """A plain letter; ``sender`` empty: from this machine, as only the outbox takes it."""
    sender = sender or SENDER
    name = f"<letter-{secrets.token_hex(12)}@{sender.rpartition('@')[2]}>"
    return Message(
        to=to, sender=sender, sender_name="Broadsheet", subject=subject, text=text, message_id=name, date=now
    )
