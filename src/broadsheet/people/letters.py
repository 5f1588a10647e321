"""The emails that people ask for themselves: a link to sign in, a link to confirm a subscription or an address."""

from __future__ import annotations

import secrets
from datetime import datetime

from broadsheet.core.types import Message
from broadsheet.mail import render
from broadsheet.mail.issue import Letter

SENDER = "broadsheet@localhost"


def sign_in(to: str, link: str, *, sender: str, now: datetime, minutes: int) -> Message:
    """Write the email with the link to sign in."""
    words = Letter(
        subject="Your link to sign in",
        paragraphs=("Follow this link, then press the button on its page to sign in.",),
        button="Sign in",
        url=link,
        closing=f"It works once, for {minutes} minutes. If you did not ask for it, ignore this email: nothing happens.",
    )
    return letter(to, words, sender=sender, now=now)


def confirm(to: str, link: str, *, sender: str, now: datetime) -> Message:
    """Write the email with the link that confirms a subscription, to the address that will receive it."""
    words = Letter(
        subject="Confirm your subscription",
        paragraphs=("Someone, probably you, asked for the daily digest to be sent to this address.",),
        button="Confirm",
        url=link,
        closing="It works for three days. If you did not ask for it, ignore this email: nothing will be sent.",
    )
    return letter(to, words, sender=sender, now=now)


def confirm_address(to: str, link: str, *, sender: str, now: datetime) -> Message:
    """Write the email with the link that confirms a new address, to that address."""
    words = Letter(
        subject="Confirm your new address",
        paragraphs=("Someone, probably you, asked to use this address from now on.",),
        button="Use this address",
        url=link,
        closing="It works once, for a day. If you did not ask for it, ignore this email: nothing changes.",
    )
    return letter(to, words, sender=sender, now=now)


def letter(to: str, words: Letter, *, sender: str, now: datetime) -> Message:
    """Render a letter as a Message; an empty ``sender`` means this machine, which only the outbox accepts."""
    sender = sender or SENDER
    drawn = render.letter(words)
    return Message(
        to=to,
        sender=sender,
        sender_name="Broadsheet",
        subject=drawn.subject,
        text=drawn.text,
        html=drawn.html,
        message_id=f"<letter-{secrets.token_hex(12)}@{sender.rpartition('@')[2]}>",
        date=now,
    )
