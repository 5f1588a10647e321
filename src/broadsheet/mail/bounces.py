"""Returned email: reports that an email was not delivered, complaints, and requests to leave. Pure, on bytes.

a report about delivery (RFC 3464): each recipient that failed, with its status and what the failure is about
a report about abuse (RFC 5965): a complaint
a report inside other parts, or in an email that was forwarded as a whole: the same
anything else to the address for requests to leave: a request to leave
anything else to an address made for bounces, from a mailer daemon: a failure whose kind is not known

All of it comes from strangers and can be forged: a ``token`` or a ``message_id`` that was really given out proves
more than a recipient's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Mail
from email.utils import getaddresses
from itertools import islice
from typing import Literal

from broadsheet.core.errors import UsageError
from broadsheet.core.text import clipped, squeeze
from broadsheet.mail import message
from broadsheet.mail.address import checked, tag
from broadsheet.mail.refusal import Cause, cause, telling

MOST_BYTES = 256 * 1024  # a report comes first, the email that it is about after it
_MOST_PARTS = 30
_MOST_RECIPIENTS = 20
_MOST_FIELD = 2_000
_LONGEST_REASON = 300
_DEEPEST = 6  # parts within parts
_REPLY = re.compile(r"\b[45]\d\d\b")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_COMPLAINT_PART = "message/feedback-report"
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list", "other"}
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_ROBOTS = {"mailer-daemon", "postmaster"}

Kind = Literal["hard", "soft", "complaint", "unsubscribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One returned email. ``recipient`` is the address that the email was first sent to, ``token`` the part after the
    plus in the address it came back to, ``message_id`` that of the email it is about: each empty when the report does
    not say.

    ``status`` is the enhanced status code (``5.1.1``); ``reason`` the report's own line; ``cause`` what a failure is
    about: a ``hard`` one is about the address.
    """

    kind: Kind
    recipient: str = ""
    token: str = ""
    message_id: str = ""
    status: str = ""
    reason: str = ""
    cause: Cause = "mailbox"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The addresses for returned email, before ``tagged`` adds a token; empty ones are not in use."""

    bounces: str = ""
    unsubscribe: str = ""


def bounces(data: bytes, inbox: Inbox | None = None, *, recipients: Sequence[str] = ()) -> tuple[Bounce, ...]:
    """Return what one email, as bytes, reports; empty when it reports nothing, or cannot be read at all.

    ``recipients`` are the addresses that the server delivered it to, where they are known better than from its headers.
    Only the first 256 KiB are read. Never raises.
    """
    try:
        mail = message_from_bytes(data[:MOST_BYTES])
        return tuple(islice(_bounces(_Letter.of(mail, inbox or Inbox(), recipients)), _MOST_RECIPIENTS))
    except Exception:  # the standard parser fails on made-up email in more ways than can be listed
        return ()


@dataclass(frozen=True, slots=True)
class _Letter:
    """An email with the parts of its report, and the tokens of the addresses it came to."""

    mail: Mail
    parts: tuple[Mail, ...]
    inbox: Inbox
    token: str
    leaving: str

    @classmethod
    def of(cls, mail: Mail, inbox: Inbox, recipients: Sequence[str]) -> _Letter:
        nested = list(_nested(mail))
        place = next((place for place, (_, parts) in enumerate(nested) if _is_report(parts)), 0)
        to = [*recipients, *(address for each, _ in nested[: place + 1] for address in _addresses(each, *_TO))]
        return cls(*nested[place], inbox, _token(to, inbox.bounces), _token(to, inbox.unsubscribe))

    def part(self, *kinds: str) -> Mail | None:
        return next((part for part in self.parts if part.get_content_type() in kinds), None)


def _nested(mail: Mail) -> Iterator[tuple[Mail, tuple[Mail, ...]]]:
    """Yield an email with its parts, then those of the first email that it forwards, and so on."""
    inner: Mail | None = mail
    for _ in range(_DEEPEST):
        if inner is None:
            return
        parts = tuple(islice(_parts(inner), _MOST_PARTS))
        yield inner, parts
        inner = next((each for part in parts if (each := _forwarded(part))), None)


def _is_report(parts: Sequence[Mail]) -> bool:
    return any(part.get_content_type() in (*_STATUS_PARTS, _COMPLAINT_PART) for part in parts)


def _parts(mail: Mail) -> Iterator[Mail]:
    """Yield the parts of an email, those inside other parts too, but none of an email that it forwards."""
    waiting = [(mail, 0)]
    while waiting:
        part, depth = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
            yield part
        elif depth < _DEEPEST:
            waiting += [(each, depth + 1) for each in reversed(payload[:_MOST_PARTS]) if isinstance(each, Mail)]


def _forwarded(part: Mail) -> Mail | None:
    payload = part.get_payload() if part.get_content_type() in ("message/rfc822", "message/global") else None
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Mail) else None


def _bounces(letter: _Letter) -> Iterator[Bounce]:
    subject, automatic = _line(letter.mail, "Subject"), _line(letter.mail, "Auto-Submitted").lower() == "auto-replied"
    if (status := letter.part(*_STATUS_PARTS)) is not None:
        yield from _undelivered(letter, status)
    elif (feedback := letter.part(_COMPLAINT_PART)) is not None:
        yield from _complained(letter, feedback)
    elif automatic:  # an automatic answer of someone on holiday
        return
    elif letter.leaving:
        yield Bounce(kind="unsubscribe", token=letter.leaving, reason=subject)
    elif letter.token and _from_a_robot(letter.mail):
        yield Bounce(kind="soft", token=letter.token, reason=subject)


def _undelivered(letter: _Letter, status: Mail) -> Iterator[Bounce]:
    original = _original(letter)
    sent = _message_id(original) or _message_id(letter.mail, "In-Reply-To", "References")
    for block in _blocks(status):
        if "Final-Recipient" not in block and "Original-Recipient" not in block:
            continue  # the first block is about the server
        if not _has_failed(block):
            continue
        recipient = _typed(block, "Original-Recipient") or _only(original) or _typed(block, "Final-Recipient")
        status_line, diagnosis = _line(block, "Status"), _line(block, "Diagnostic-Code")
        about = cause(status_line, diagnosis)
        yield Bounce(
            kind="hard" if about == "address" else "soft", recipient=recipient, token=letter.token, message_id=sent,
            status=telling(status_line, diagnosis), reason=diagnosis or status_line, cause=about,
        )  # fmt: skip


def _has_failed(block: Mail) -> bool:
    """Whether the block of one recipient reports a failure, and not that the email is only late, or arrived."""
    action, diagnosis = _line(block, "Action").lower(), _line(block, "Diagnostic-Code")
    status = telling(_line(block, "Status"), diagnosis)
    if action not in ("", "failed") or status.startswith("2"):
        return False
    return bool(action or status or _REPLY.search(diagnosis))


def _complained(letter: _Letter, feedback: Mail) -> Iterator[Bounce]:
    block = next(_blocks(feedback), None)
    if block is None or _line(block, "Feedback-Type").lower() not in _COMPLAINTS:
        return
    original = _original(letter)
    token = letter.token or _token(_addresses(block, "Original-Mail-From"), letter.inbox.bounces)
    reason = f"{_line(block, 'Feedback-Type').lower()}, reported by {_line(block, 'User-Agent') or 'its reader'}"
    named = _addresses(block, "Original-Rcpt-To", "Removal-Recipient") or [_only(original)]
    for recipient in named[:_MOST_RECIPIENTS]:
        yield Bounce(
            kind="complaint", recipient=recipient, token=token, message_id=_message_id(original), reason=reason
        )


def _blocks(part: Mail) -> Iterator[Mail]:
    """Yield the groups of fields: the standard parser has already separated some kinds."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Mail))
    elif isinstance(payload, str):
        yield from (message_from_string(block) for block in re.split(r"\r?\n\r?\n", payload) if block.strip())


def _original(letter: _Letter) -> Mail | None:
    """Return the headers of the email that a report is about."""
    part = letter.part("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
    return next(_blocks(part), None) if part is not None else None


def _message_id(mail: Mail | None, *fields: str) -> str:
    for field in fields or ("Message-ID",):
        words = _line(mail, field).split() if mail is not None else []
        try:
            return message.message_id(words[-1])
        except (UsageError, IndexError):
            continue
    return ""


def _only(original: Mail | None) -> str:
    """Return the one address that the original went to; empty when there are several."""
    addresses = _addresses(original, "To") if original is not None else []
    return addresses[0] if len(addresses) == 1 else ""


def _typed(block: Mail, field: str) -> str:
    """Return the address in ``rfc822; a@b.example``."""
    return _checked(_line(block, field).rpartition(";")[2].strip(" <>"))


def _addresses(mail: Mail, *fields: str) -> list[str]:
    values = [str(value)[:_MOST_FIELD] for field in fields for value in mail.get_all(field, [])[:_MOST_RECIPIENTS]]
    return [address for _, text in getaddresses(values) if (address := _checked(text))]


def _checked(address: str) -> str:
    try:
        return checked(address)
    except UsageError:
        return ""


def _token(addresses: Sequence[str], base: str) -> str:
    """Return the token of the first address that ``tagged`` made from ``base``."""
    return next((token for address in addresses if base and (token := tag(address, base))), "")


def _from_a_robot(mail: Mail) -> bool:
    return any(address.partition("@")[0].lower() in _ROBOTS for address in _addresses(mail, "From"))


def _line(mail: Mail, field: str) -> str:
    value = str(mail.get(field, ""))[:_MOST_FIELD].encode("utf-8", "replace").decode()
    return clipped(squeeze(value), _LONGEST_REASON)
