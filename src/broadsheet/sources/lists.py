"""Lists as foreign records write them: names of people, keywords, classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadsheet.core.records import clean
from broadsheet.core.text import clipped, readable, squeeze

_LONGEST_NAME = 300
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)"|['"].*""", re.DOTALL)  # last: an unclosed one
_IS_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_SUFFIX = re.compile(rf",\s*({_IS_SUFFIX.pattern})(?=\s*(?:[,;]|$|\band\b))")


def string(value: Any) -> str | None:
    """Return a text without outer white space; numbers as written; ``{"value": x}`` as x; None for anything else."""
    if isinstance(value, Mapping) and set(value) == {"value"}:
        value = value["value"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return clean(value).strip() or None if isinstance(value, str) else None


def strings(value: Any) -> tuple[str, ...] | None:
    """Return the texts, each once, of a list, a joined text (``;``, else ``,``) or the text of a Python list."""
    if isinstance(value, str):
        value = _listed(value) or re.split(r"[;|\n]" if re.search(r"[;|\n]", value.strip()) else ",", value)
    if not isinstance(value, list | tuple):
        value = [value]
    found = [text for item in value if (text := string(_name_of(item) if isinstance(item, Mapping) else item))]
    return tuple(dict.fromkeys(found)) or None


def _listed(text: str) -> list[str]:
    """Return the quoted items of ``['a', "b"]``: matched, never evaluated."""
    text = text.strip()
    if not (text.startswith(("['", '["')) and text.endswith("]")):
        return []
    found = (match[match.lastindex] for match in _QUOTED.finditer(text) if match.lastindex)
    return [item.replace("\\'", "'").replace('\\"', '"') for item in found]


def categories(value: Any) -> tuple[str, ...] | None:
    """Split as ``strings`` does; also split arXiv-like classes joined by spaces."""
    if isinstance(value, str) and re.fullmatch(
        r"[a-z-]+(?:\.[A-Za-z-]{2,})?(?: [a-z-]+\.[A-Za-z-]{2,})+", value.strip()
    ):
        return tuple(dict.fromkeys(value.split()))
    return strings(value)


def people(value: Any) -> tuple[str, ...] | None:
    """Return names as ``First Last`` from lists of names, of objects or of name parts, or from one joined text."""
    if isinstance(value, str):
        value = _listed(value) or [value]
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str):
        value = _names(_SUFFIX.sub(r" \1", squeeze(value[0])))
    if not isinstance(value, list | tuple):
        return None
    return tuple(name for item in value if (name := person(item))) or None


def person(value: Any) -> str:
    """Return one name as ``First Last``, made readable; empty when there is no name."""
    for _ in range(3):
        value = _name_of(value) if isinstance(value, Mapping) else value
    if isinstance(value, list | tuple):  # last, first, suffix
        parts = [text for part in value[:3] if (text := string(part))]
        value = " ".join([*parts[1:2], *parts[:1], *parts[2:]])
    name = readable(clipped(string(value) or "", _LONGEST_NAME))
    last, *others = [part.strip() for part in name.split(",")]
    suffixes = [part for part in others if _IS_SUFFIX.fullmatch(part)]  # RIS puts it last, BibTeX before the first name
    return " ".join([*(part for part in others if part not in suffixes), last, *suffixes]).strip()


def _name_of(parts: Mapping[str, Any]) -> Any:
    known = {re.sub(r"[^a-z]", "", str(key).lower()): value for key, value in parts.items()}
    for key in ("name", "fullname", "displayname", "literal", "author", "label", "term", "id"):
        if known.get(key):
            return known[key]
    first = next((known[key] for key in ("first", "given", "firstname", "givenname") if key in known), "")
    last = next((known[key] for key in ("last", "family", "lastname", "surname", "familyname") if key in known), "")
    return f"{string(first) or ''} {string(last) or ''}".strip()


def _names(text: str) -> list[str]:
    if re.search(r"[;|]", text):
        return re.split(r"\s*[;|]\s*", text)
    pieces = re.split(r",?\s+(?:and|&)\s+", text)
    if len(pieces) > 2 or (len(pieces) == 2 and not _is_list(pieces[0])):
        return pieces
    return _commas(pieces[0]) + pieces[1:]


def _is_list(text: str) -> bool:
    """Return whether commas separate names here, not a last name from a first."""
    return len(_commas(text)) > 1


def _commas(text: str) -> list[str]:
    pieces = [piece for piece in re.split(r"\s*,\s*", text) if piece]
    several = [len(piece.split()) > 1 for piece in pieces]
    if all(several) or (len(pieces) > 2 and sum(several) * 2 > len(pieces)):
        return pieces
    if len(pieces) % 2 == 0 and all(re.fullmatch(r"(?:[A-Z]\W{0,2}){1,4}", piece) for piece in pieces[1::2]):
        return [f"{first} {last}" for last, first in zip(pieces[::2], pieces[1::2], strict=True)]
    return pieces if len(pieces) > 2 and not any(several) else [text]
