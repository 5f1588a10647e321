"""The encoding of a record in a file of references: UTF-8, else what the file declares, else Windows-1252.

a record that is UTF-8 is read as UTF-8, whatever the file declares: editors convert files and leave their first line
any other is read as the file declares, or as Windows-1252, which says so: one record, not the whole file
"""

from __future__ import annotations

import codecs
import re

_SUPPOSED = "windows-1252"
_HEAD = 10_000  # characters in which a file says its encoding
_DECLARED = re.compile(r"^[ \t]*%.{0,80}?\b(?:en)?coding\s*[:=]\s*(?:x-)?([A-Za-z0-9_-]{2,30})", re.MULTILINE | re.I)
_OF_TEXT = re.compile(
    r"(?:windows|cp|iso|latin|mac|koi8|big5|gb|shift|s-?jis|euc|us-?ascii|ascii|utf)[A-Za-z0-9_-]*", re.I
)
_WIDE = re.compile(r"big5|gb|hz|shift|euc|iso2022|utf_16|utf_32", re.IGNORECASE)


def declared(text: str) -> str:
    """Return the encoding that the comments at the head of a text declare (``% Encoding: windows-1252``), or none."""
    for name in _DECLARED.findall(text[:_HEAD]):
        try:
            if _OF_TEXT.fullmatch(name):
                return codecs.lookup(name).name
        except LookupError:
            continue
    return ""


def as_declared(text: str, encoding: str) -> str:
    """Return a whole text, undecoded bytes in it as lone surrogates, read in an encoding of several bytes a letter.

    There a second byte may look like a brace, so that records cannot be told apart first. Others stay as they are.
    """
    if not _WIDE.match(encoding.replace("-", "_")) or text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode(encoding)
    except UnicodeError:
        return text


def as_text(record: str, encoding: str = "") -> tuple[str, str]:
    """Return a record without lone surrogates, and how it was read where the file does not say that; ValueError when
    its bytes are in none of the encodings."""
    if record.isascii():
        return record, ""
    raw = record.encode("utf-8", "surrogateescape")
    for name, remark in (("utf-8", ""), (encoding, ""), (_SUPPOSED, f"read as {_SUPPOSED}, because it is not UTF-8")):
        try:
            if name:
                return raw.decode(name), remark
        except UnicodeError as error:
            reason = error
    place = getattr(reason, "start", 0)
    raise ValueError(
        f"byte 0x{raw[place]:02X} at {place} is neither UTF-8 nor {encoding or _SUPPOSED}; save the file as UTF-8"
    )
