"""Lists as foreign records write them: names of people, keywords, classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadsheet.core.authors import body_like, of_parts, suffix_like
from broadsheet.core.records import clean
from broadsheet.core.text import clipped, readable, squeeze
from broadsheet.core.types import Name

_LONGEST_NAME = 300
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)"|['"].*""", re.DOTALL)  # last: an unclosed one
_SUFFIX = re.compile(r",\s*((?:Jr|Sr)\.?|I{2,3}|IV)(?=\s*(?:[,;]|$|\band\b))")
_SEVERAL = re.compile(r"[;|&]|\band\b")
_WHOLE = ("name", "fullname", "displayname", "literal", "author", "label", "term", "id")
_GIVEN = ("first", "given", "firstname", "givenname", "forename")
_FAMILY = ("last", "family", "lastname", "surname", "familyname")
_IN_ORDER = ("family", "given", "suffix", "particle")
_PARTICLE = ("droppingparticle", "nondroppingparticle", "particle", "prefix")


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
    found = [text for item in value if (text := string(_label(item) if isinstance(item, Mapping) else item))]
    return tuple(dict.fromkeys(found)) or None


def _label(parts: Mapping[str, Any]) -> Any:
    """Return the text by which an object is known."""
    named = _name_of(parts)
    return named.shown if isinstance(named, Name) else named


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


Who = str | Name
"""A person: a Name where the source tells its parts apart, else the name as shown."""


def shown(who: Who) -> str:
    """Return the name as a reader sees it."""
    return who if isinstance(who, str) else who.shown


def people(value: Any) -> tuple[Who, ...] | None:
    """Return the people in lists of names, of objects or of name parts, or in one joined text."""
    whole = not isinstance(value, str)  # in a list of its own, `Last Last, First First` is one person
    if isinstance(value, str):
        value = _listed(value) or [value]
    if isinstance(value, Mapping):
        value = [value]
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str) and not _body(_name(value[0])):
        text = _SUFFIX.sub(r" \1", squeeze(value[0]))
        value = value if whole and text.count(",") == 1 and not _SEVERAL.search(text) else _names(text)
    if not isinstance(value, list | tuple):
        return None
    return tuple(who for item in value if shown(who := person(item))) or None


def person(value: Any) -> Who:
    """Return one person, the name made readable; an empty text when there is no name."""
    for _ in range(3):
        value = _name_of(value) if isinstance(value, Mapping) else value
    if isinstance(value, list | tuple):  # last, first, suffix
        return _of_parts(dict(zip(_IN_ORDER[:3], value, strict=False)))
    if isinstance(value, Name):
        return value
    name = _name(string(value) or "")
    return _body(name) or _person(name)


def _name(text: str) -> str:
    return readable(clipped(text, _LONGEST_NAME))


def _body(name: str) -> Name | None:
    """Return the body that a readable text names as RIS marks one: ``River Group,``, and ``Center for A,, B`` for a
    comma."""
    if ",," in name:
        return Name(literal=name.replace(",,", ",").rstrip(" ,"))
    return Name(literal=name[:-1].rstrip()) if name.endswith(",") and name.count(",") == 1 else None


def _person(name: str) -> Who:
    """Return a person whose name is one text: ``First Last``, ``Last, First`` or ``Last, First, Suffix``."""
    last, *others = [part.strip() for part in name.split(",")]
    if body_like(name):
        return Name(literal=name)
    suffixes = [part for part in others if suffix_like(part)]  # RIS puts it last, BibTeX before the first name
    first = " ".join(part for part in others if part and part not in suffixes)
    if not first or not last:
        return " ".join([first, last, *suffixes]).strip()
    return of_parts(last, first, " ".join(suffixes))


def _name_of(parts: Mapping[str, Any]) -> Any:
    """Return the name in an object: in parts if it has a family name, else as it is written there."""
    known = {re.sub(r"[^a-z]", "", str(key).lower()): value for key, value in parts.items()}
    named = next((known[key] for key in _WHOLE if known.get(key)), None)
    family = next((known[key] for key in _FAMILY if string(known.get(key))), None)
    if family is None and named is not None:
        body = known.get("literal") or str(known.get("nametype", "")).lower() == "organizational"
        return Name(literal=name) if body and (name := readable(clipped(string(named) or "", _LONGEST_NAME))) else named
    given = next((known[key] for key in _GIVEN if key in known), "")
    if family is None:
        return string(given) or ""
    particle = " ".join(filter(None, (string(known.get(key)) for key in _PARTICLE)))
    return _of_parts({"family": family, "given": given, "suffix": known.get("suffix"), "particle": particle})


def _of_parts(parts: Mapping[str, Any]) -> Who:
    """Make a Name of a family name, with its particle or as a text that may begin with it, and the other parts."""
    made = {key: readable(clipped(string(parts.get(key)) or "", _LONGEST_NAME)) for key in _IN_ORDER}
    if not made["family"]:
        return " ".join(filter(None, (made["given"], made["suffix"])))
    if not made["given"] and body_like(made["family"]):
        return Name(literal=made["family"])
    return Name(**made) if made["particle"] else of_parts(made["family"], made["given"], made["suffix"])


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
