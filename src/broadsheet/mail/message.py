"""A Message as the bytes that are sent: checked fields, text before HTML, all of it in seven bits.

every field is checked or cleaned: none can add a header of its own
headers: sender, recipient, date, id; for a list also how to leave it (RFC 2369, 2919, 8058)
body: text, or text and HTML as alternatives, each encoded the way that suits it
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime

from broadsheet.core.errors import UsageError
from broadsheet.core.text import clipped, squeeze
from broadsheet.core.types import Listing, Message
from broadsheet.mail.address import checked

LONGEST_SUBJECT = 200
_LONGEST_NAME = 80
_LONGEST_ID = 250
_LONGEST_URL = 700  # a header's line ends at 998
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MESSAGE_ID = re.compile(rf"<?({_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>?")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,8}")
_FEEDBACK_ID = re.compile(r"[A-Za-z0-9._-]{1,60}(?::[A-Za-z0-9._-]{1,60}){0,3}")
_URL = re.compile(r"https?://[^\s<>\"\\^`{|}]+")
_SPECIAL = re.compile(r"[^A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def wire(message: Message) -> bytes:
    """Return the message as bytes: ASCII, lines of at most 998 characters that end in CR LF.

    Raises UsageError with the name of the first wrong field. Written out here, because the standard library would fold
    long addresses into encoded words, and takes five times as long.
    """
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers(message).items())
    body = _alternatives(message) if message.html else _part("plain", message.text)
    return (lines + body).encode("ascii")


def message_id(value: str) -> str:
    """Return a Message-ID in its angle brackets; UsageError for any other text."""
    match = _MESSAGE_ID.fullmatch(value)
    if not match or len(value) > _LONGEST_ID:
        raise _wrong("Message-ID", value, "<NAME@HOST>")
    return f"<{match[1]}>"


def return_path(message: Message) -> str:
    """Return the checked address that bounces go to."""
    return checked(message.return_path or message.sender)


def when(message: Message) -> datetime:
    """Return its date in UTC, which keeps two attempts the same."""
    if message.date.utcoffset() is None or not 1970 <= message.date.year <= 9998:
        raise UsageError(f"a message of {message.date} cannot be sent: expected a date with its time zone")
    return message.date.astimezone(UTC)


def headers(message: Message) -> dict[str, str]:
    """Return every header except those of the body, in order, folded."""
    reply_to = {"Reply-To": checked(message.reply_to)} if message.reply_to else {}
    return {
        "From": _sender(message),
        **reply_to,
        "To": checked(message.to),
        "Date": format_datetime(when(message)),
        "Message-ID": message_id(message.message_id),
        "Subject": _encoded(clipped(_line(message.subject), LONGEST_SUBJECT), "Subject"),
        **(_listed(message.listing) if message.listing else {}),
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }


def _listed(listing: Listing) -> dict[str, str]:
    if not _LIST_ID.fullmatch(listing.id):
        raise _wrong("List-Id", listing.id, "a dotted name like daily.example.org")
    if listing.feedback_id and not _FEEDBACK_ID.fullmatch(listing.feedback_id):
        raise _wrong("Feedback-ID", listing.feedback_id, "up to four names with colons between them")
    lines = {"List-Id": f"<{listing.id}>", **_unsubscribing(listing)}
    lines |= {"List-Help": f"<{_url(listing.help_url, 'List-Help')}>"} if listing.help_url else {}
    lines |= {"List-Archive": f"<{_url(listing.archive_url, 'List-Archive')}>"} if listing.archive_url else {}
    lines |= {"Feedback-ID": listing.feedback_id} if listing.feedback_id else {}
    return lines | {"Precedence": "bulk"}


def _unsubscribing(listing: Listing) -> dict[str, str]:
    """Return the headers to unsubscribe; one click is promised only over HTTPS, as RFC 8058 requires."""
    url = _url(listing.unsubscribe_url, "List-Unsubscribe")
    ways = [f"<{url}>"]
    if listing.unsubscribe_address:
        ways.append(f"<mailto:{checked(listing.unsubscribe_address)}>")
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {}
    return {"List-Unsubscribe": ",\r\n ".join(ways), **one_click}


def _sender(message: Message) -> str:
    address, name = checked(message.sender), clipped(_line(message.sender_name), _LONGEST_NAME)
    if not name:
        return address
    if not name.isascii():
        return f"{_encoded(name, 'From')}\r\n <{address}>"
    if _SPECIAL.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>"


def _url(url: str, field: str) -> str:
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or not _URL.fullmatch(url):
        raise _wrong(field, url, f"an address in ASCII that begins with https://, at most {_LONGEST_URL} long")
    return url


def _encoded(line: str, field: str) -> str:
    """Return the words of a header, encoded where they are not ASCII, folded at 76 columns."""
    plain = line.isascii() and "=?" not in line
    charset = "us-ascii" if plain else "utf-8"
    return Header(line, charset, maxlinelen=76, header_name=field).encode(linesep="\r\n")


def _line(text: str) -> str:
    """Return one clean line: no breaks, controls, changes of direction or halves of characters."""
    return squeeze(text).encode("utf-8", "replace").decode()


def _boundary(message: Message) -> str:
    """Return a line that no encoded part can hold (an equals sign there is followed by two digits), always the same."""
    return f"=_{binascii.crc32(message.message_id.encode()):08x}_="


def _alternatives(message: Message) -> str:
    boundary = _boundary(message)
    parts = (_part("plain", message.text), _part("html", message.html))
    between = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n{between}--{boundary}--\r\n'


def _part(kind: str, body: str) -> str:
    data = "\n".join(_CONTROL.sub("", body).splitlines()).encode("utf-8", "replace") + b"\n"
    quoted = binascii.b2a_qp(data)
    legible = len(quoted) < 2 * len(data)  # base64 is a third longer, but no one can read it in a file
    coded = (quoted if legible else base64.encodebytes(data)).decode("ascii").replace("\n", "\r\n")
    encoding = "quoted-printable" if legible else "base64"
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{coded}'


def _wrong(field: str, value: str, expected: str) -> UsageError:
    return UsageError(f"{squeeze(value[:100])!r} cannot be in {field}: expected {expected}")
