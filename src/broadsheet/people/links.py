"""What is signed with the instance's secret: links in mails, the tokens of forms, secret feed addresses.

fields as text, and the HMAC-SHA256 (RFC 2104) over the purpose and them: what one purpose signed opens no other
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
    """Give the instance's secret (32 bytes), which is made when it is first asked for and outlives a restart."""
    return store.people.secret()


def signed(secret: bytes, purpose: str, fields: Sequence[str | int]) -> str:
    """A token for an address bar that holds ``fields`` and cannot be made without the secret."""
    body = _text(json.dumps(list(fields), separators=(",", ":")).encode())
    return f"{body}.{_text(_mac(secret, purpose, body))}"


def opened(secret: bytes, purpose: str, token: str) -> list[str | int] | None:
    """The fields of a token that was signed for this purpose; None for anything else."""
    body, dot, mark = token[:_LONGEST].partition(".")
    if not dot or not token.isascii() or not hmac.compare_digest(mark, _text(_mac(secret, purpose, body))):
        return None
    try:
        fields = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return None
    return fields if isinstance(fields, list) else None


def derived(secret: bytes, purpose: str, *parts: str | int) -> str:
    """43 letters that only the secret leads to: the same for the same parts, telling nothing of others."""
    return _text(_mac(secret, purpose, json.dumps(parts)))


def fresh() -> str:
    """A new random key of 32 bytes, as 43 letters."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """How a random key is kept: nobody who reads the Store can use it."""
    return hashlib.sha256(key.encode()).hexdigest()


def _mac(secret: bytes, purpose: str, body: str) -> bytes:
    return hmac.new(secret, f"{purpose}\n{body}".encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
