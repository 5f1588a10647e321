"""Mail that comes back, written for these tests after the examples' shapes in RFC 3464 and 5965."""

from __future__ import annotations

from broadsheet.mail.bounces import Inbox

INBOX = Inbox(bounces="bounces@example.org", unsubscribe="unsub@example.org")

DELIVERY = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.lab.science>
To: {to}
Subject: Undelivered mail returned to sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="line"

--line
Content-Type: text/plain

The harbour is closed.

--line
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lab.science
Arrival-Date: Mon, 2 Mar 2026 06:31:00 +0000

{blocks}

--line
Content-Type: {third}

From: daily@example.org
To: reader@lab.science
Message-ID: <digest-2026-03-02-17@example.org>
Subject: Tides

--line--
"""

COMPLAINT = """\
From: feedback@mail.example.net
To: {to}
Subject: A complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="line"

--line
Content-Type: text/plain

A reader of ours did not want this.

--line
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Harbour/1.0
Version: 1
Original-Mail-From: <bounces+t0ken@example.org>
{named}
--line
Content-Type: message/rfc822

From: daily@example.org
To: reader@lab.science
Message-ID: <digest-2026-03-02-17@example.org>

Tides.
--line--
"""


def block(status: str = "5.1.1", *, action: str = "failed", reason: str = "smtp; 550 5.1.1 no such reader") -> str:
    """One recipient's part of a report about delivery."""
    fields = {
        "Original-Recipient": "rfc822; reader@lab.science",
        "Final-Recipient": "rfc822; r.eader@inner.lab.science",
        "Action": action,
        "Status": status,
        "Diagnostic-Code": reason,
    }
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def delivery(*blocks: str, to: str = "bounces+t0ken@example.org", third: str = "message/rfc822") -> bytes:
    """A report about delivery as bytes, with CR LF."""
    text = DELIVERY.format(to=to, blocks="\n\n".join(blocks or [block()]), third=third)
    return text.replace("\n", "\r\n").encode()


def complaint(kind: str = "abuse", *, named: str = "", to: str = "abuse@example.org") -> bytes:
    """A complaint as bytes."""
    return COMPLAINT.format(kind=kind, named=named, to=to).encode()


def plain(**headers: str) -> bytes:
    """An ordinary mail; ``auto_submitted`` becomes Auto-Submitted."""
    lines = [f"{name.title().replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\n".join(lines) + "\n\nHello.\n").encode()


def wrapped(inner: bytes, *, to: str = "bounces@example.org") -> bytes:
    """A letter as the only part but one of another, as gateways add their own note."""
    head = f'To: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="outer"\r\n\r\n--outer\r\n'
    note = b"\r\n--outer\r\nContent-Type: text/plain\r\n\r\nA gateway read this.\r\n--outer--\r\n"
    return head.encode() + inner + note
