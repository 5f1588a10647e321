"""What a refusal of an email is about: the address, its reader's mailbox, or neither. Pure, on one line of a server.

the address does not exist, or has moved (5.1.1, 5.1.3, 5.1.6, 5.1.10)  -> ``address``: nothing more is sent to it
the mailbox (full, disabled), the way to its server, or no enhanced code -> ``mailbox``: it counts, and may pass
the sender, the email or the server (policy, size, content, protocol)    -> ``server``: it says nothing about the reader

Enhanced codes are those of RFC 3463 and the registry of RFC 5248. A host that cannot be found (5.1.2) may be back
tomorrow and stands for all of its readers, and a disabled mailbox (5.2.1) exists, so both only count; a host that
publishes that it takes no email (5.1.10, RFC 7505) has decided for all of them. The three digits before an enhanced
code decide nothing: 550 is said for unknown mailboxes and for policy alike (RFC 5321 4.2.3).
"""

from __future__ import annotations

import re
from typing import Literal

Cause = Literal["address", "mailbox", "server"]

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)", re.ASCII)
_GONE = {"5.1.1", "5.1.3", "5.1.6", "5.1.10"}
# The sender's address; too long for the mailbox; a mailing list's fault; congestion and sending limits; a loop.
_NOT_THE_READERS = {"1.7", "1.8", "1.9", "2.3", "2.4", "4.3", "4.5", "4.6"}
_POLICY = re.compile(
    r"\b(?:spam\w*|unsolicited|black ?list\w*|block(?:ed|list\w*)|reputation|policy|dnsbl|rbl|dmarc|spf|dkim|relay\w*|"
    r"virus|malware|sending (?:limit|quota))\b",
    re.IGNORECASE,
)  # what servers without enhanced codes say of a sender
_MAILBOX = {"1", "2", "4"}  # address, mailbox, network: the subjects that may be about this reader
_LONGEST = 2_000


def code(text: str) -> str:
    """Return the first enhanced status code in a line (``5.1.1``); empty when there is none."""
    match = _CODE.search(text[:_LONGEST])
    return match[0] if match else ""


def telling(*lines: str) -> str:
    """Return the first enhanced code of the lines that says more than ``5.0.0``, else the first of all."""
    codes = [found for line in lines if (found := code(line))]
    return next((each for each in codes if _subject(each) != "0"), codes[0] if codes else "")


def cause(*lines: str) -> Cause:
    """Return what a refusal is about, from the lines that report it: a status, a diagnosis, an answer of a server.

    It is ``address`` only when each enhanced code that says anything says so: codes that contradict one another decide
    nothing for good. Words decide only where no code does, and only that a reader is not the reason.
    """
    codes = {each for line in lines if (each := code(line)) and _subject(each) != "0"}
    if any(map(_is_about_the_server, codes)) or (not codes and any(_POLICY.search(line[:_LONGEST]) for line in lines)):
        return "server"
    return "address" if codes and codes <= _GONE else "mailbox"


def _subject(status: str) -> str:
    return status.split(".")[1]


def _is_about_the_server(status: str) -> bool:
    return _subject(status) not in _MAILBOX or status.partition(".")[2] in _NOT_THE_READERS
