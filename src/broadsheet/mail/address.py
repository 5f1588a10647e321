"""The address that an email goes to: one, checked, in the form that servers understand."""

from __future__ import annotations

import re

from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TAG = re.compile(r"[A-Za-z0-9_=-]{1,63}")
_WRAPPER = r"(?:prvs|btv1|msprvs1|srs[01])[=/+-]\S{0,200}[=/]"  # what mail servers write in front of a name
_AMBIGUOUS = re.compile("[ßς\u200c\u200d]")  # the two standards of international names lead to different hosts here
_LONGEST_LOCAL, _LONGEST = 64, 254  # RFC 5321 4.5.3.1


def checked(address: str) -> str:
    """Return one email address, its host in lower case and ASCII (``a@bücher.example`` becomes
    ``a@xn--bcher-kva.example``).

    Raises UsageError for anything else: several addresses, a name next to the address, quoted local parts, hosts
    without a dot (except ``localhost``), numeric hosts, more than 254 characters.
    """
    local, _, host = address.strip(" \t").rpartition("@")
    if len(address) > 2 * _LONGEST or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        raise _refused(address, "expected NAME@HOST with letters, digits and . _ + - in the name")
    whole = f"{local}@{_host(host, address)}"
    if len(whole) > _LONGEST:
        raise _refused(address, f"longer than {_LONGEST} characters")
    return whole


def key(address: str) -> str:
    """Return the form in which checked addresses are compared: mail systems ignore upper and lower case."""
    return address.lower()


def tagged(address: str, token: str) -> str:
    """Return ``bounces@host`` with a token as ``bounces+token@host``: an address for one person's email."""
    local, _, host = checked(address).rpartition("@")
    if not _TAG.fullmatch(token):
        raise UsageError(f"{token[:80]!r} cannot be in an email address: expected letters, digits, - and _")
    return checked(f"{local}+{token}@{host}")


def tag(address: str, base: str) -> str:
    """Return the token of an address that ``tagged`` made from ``base``; empty for any other address.

    Mail servers put a signature in front of it (``prvs=SIGNATURE=bounces+TOKEN``, BATV) and forwarders their own names
    (``SRS0=SIGNATURE=DAY=HOST=bounces+TOKEN``); hosts are not compared, because email is often forwarded under another.
    """
    local, name = address.rpartition("@")[0], base.rpartition("@")[0]
    match = re.fullmatch(rf"(?:{_WRAPPER})?{re.escape(name)}\+({_TAG.pattern})", local, re.IGNORECASE)
    return match[1] if match else ""


def _host(host: str, address: str) -> str:
    if _AMBIGUOUS.search(host):
        raise _refused(address, "write its host in the form that begins with xn--")
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise _refused(address, "its host is not a name that email can be sent to") from error
    labels = ascii_host.split(".")
    named = all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    if not named or (len(labels) == 1 and ascii_host != "localhost"):
        raise _refused(address, "its host is not a name that email can be sent to")
    return ascii_host


def _refused(address: str, why: str) -> UsageError:
    return UsageError(f"{squeeze(address[:100])!r} is not an email address: {why}")
