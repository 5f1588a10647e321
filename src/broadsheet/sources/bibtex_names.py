"""The people of a BibTeX or BibLaTeX field, in every form in which names are written there.

split the field at each ``and`` outside braces
{Body}   Last, First   von Last, Jr, First   family=Last, given=First, prefix=von   First Last (its parts unknown)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from broadsheet.core.authors import body_like, of_parts, suffix_like
from broadsheet.core.types import Name
from broadsheet.sources.lists import Who, person, shown

_LONGEST = 2_000
_PART = re.compile(r"(?:(?:family|given|prefix|suffix)(?:-i)?|useprefix|id|hash)\s*(?==)", re.IGNORECASE)
_COMMAND = re.compile(r"\{\\[^&%$#_]")
_MARK = re.compile(r"(?<!\\)[{}]")
_AND, _COMMA = re.compile(r"(?<!\\)[{}]|(?<=\s)and(?=\s)", re.IGNORECASE), re.compile(r"(?<!\\)[{},]")

Clean = Callable[[str], str]


def people_of(value: str, clean: Clean) -> tuple[Who, ...]:
    """Return the people of a field; ``clean`` makes TeX readable, and ``others`` is not a name. ValueError for a name
    that is too long."""
    found = (_person(part, clean) for part in _split(value, _AND))
    return tuple(who for who in found if shown(who) not in ("", "others"))


def _split(value: str, at: re.Pattern[str]) -> list[str]:
    """Split a text outside braces; ``at`` matches braces, and what separates."""
    parts, depth, start = [], 0, 0
    for match in at.finditer(value):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            parts.append(value[start : match.start()].strip())
            start = match.end()
    return [*parts, value[start:].strip()]


def _person(part: str, clean: Clean) -> Who:
    if len(part) > _LONGEST:
        raise ValueError(f"an author name has {len(part):,} characters; at most {_LONGEST:,} are read")
    if len(part) > 1 and part[0] == part[-1] == '"':
        part = part[1:-1]
    pieces = _split(part, _COMMA)
    if _PART.match(pieces[0]):
        return person(_extended(pieces, clean))
    name = clean(part)
    if _is_whole(part) or body_like(name):
        return Name(literal=name)
    return _of_pieces(pieces, clean) if len(pieces) > 1 else name


def _extended(pieces: Sequence[str], clean: Clean) -> dict[str, str]:
    """Return the parts of a name in BibLaTeX's extended form; other keys are left out."""
    pairs = (piece.split("=", 1) for piece in pieces if _PART.match(piece))
    return {key.strip().lower(): clean(value.strip().strip('"')) for key, value in pairs}


def _of_pieces(pieces: Sequence[str], clean: Clean) -> Who:
    last, *rest = pieces
    family, given, suffix = clean(last), clean(rest[-1]), clean(" ".join(rest[:-1]))
    if suffix and suffix_like(given):  # as RIS writes it: Last, First, Jr
        given, suffix = suffix, given
    if not given or not family:
        return " ".join(filter(None, (given, family, suffix)))
    return Name(given=given, family=family, suffix=suffix) if _is_whole(last) else of_parts(family, given, suffix)


def _is_whole(part: str) -> bool:
    r"""Return whether one pair of braces is around all of it, and is not that of an accent: ``{\'a}``."""
    if not part.startswith("{") or _COMMAND.match(part):
        return False
    depth = 0
    for match in _MARK.finditer(part):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end() == len(part)
    return False
