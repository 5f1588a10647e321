"""Signatures with the instance's secret: links in emails, the tokens of forms, secret feed addresses.

fields as text, and the HMAC-SHA256 (RFC 2104) over purpose and fields: a token for one purpose is worthless for another
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from broadsheet.store import Store

_LONGEST = 2_000


def secret_of(store: Store) -> bytes:
    """Return the instance's secret (32 bytes), which is made at first use and survives a restart."""
    return store.people.secret()


def sign(secret: bytes, purpose: str, fields: Sequence[str | int]) -> str:
    """Make a token for an address bar that holds ``fields`` and cannot be made without the secret."""
    body = _text(json.dumps(list(fields), separators=(",", ":")).encode())
    return f"{body}.{_text(_mac(secret, purpose, body))}"


def verify(secret: bytes, purpose: str, token: str) -> list[str | int] | None:
    """Return the fields of a token that was signed for this purpose; None for anything else."""
    body, dot, mark = token[:_LONGEST].partition(".")
    if not dot or not token.isascii() or not hmac.compare_digest(mark, _text(_mac(secret, purpose, body))):
        return None
    try:
        fields = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return None
    return fields if isinstance(fields, list) else None


def derive(secret: bytes, purpose: str, *parts: str | int) -> str:
    """Derive 43 letters from the secret: the same for the same parts, and no clue to those of other parts."""
    return _text(_mac(secret, purpose, json.dumps(parts)))


def mask(secret: bytes, token: str, page: str) -> str:
    """Write a token of ``derive`` as this page holds it: other letters on every other page, the same on the same.

    A compressed answer shows by its length how much of a token equals a text next to it (Gluck, Harris and Prado 2013).
    Masked by what follows from the secret and all other letters of the page, it equals nothing that anyone can choose.
    """
    raw = token.encode()
    pad = hmac.new(secret, b"mask\n" + page.encode("utf-8", "replace"), hashlib.sha512).digest()[: len(raw)]
    return _text(pad + bytes(one ^ other for one, other in zip(raw, pad, strict=True)))


def unmask(masked: str) -> bytes:
    """Return the token in what ``mask`` made; nothing for what it did not make."""
    if len(masked) > _LONGEST or not masked.isascii():
        return b""
    try:
        both = base64.urlsafe_b64decode(masked + "=" * (-len(masked) % 4))
    except (ValueError, binascii.Error):
        return b""
    half = len(both) // 2
    return (
        bytes(one ^ other for one, other in zip(both[:half], both[half:], strict=True)) if len(both) % 2 == 0 else b""
    )


def new_key() -> str:
    """Make a new random key of 32 bytes, as 43 letters."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return the digest that is stored in place of a random key, so that no one who reads the Store can use it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _mac(secret: bytes, purpose: str, body: str) -> bytes:
    return hmac.new(secret, f"{purpose}\n{body}".encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
