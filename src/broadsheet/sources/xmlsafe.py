"""Untrusted XML: no entities, nothing fetched, bounded depth and number of elements, yielded one by one."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, ParseError

from broadsheet.core.errors import SourceError

MOST_ELEMENTS = 3_000_000
DEEPEST = 60
LONGEST_NAMESPACE = 200
_STEP = 2**20  # older expat rereads a long token from its beginning with every step
_LONG = re.compile(
    rb"""\sxmlns(?::[^\s=<>"']*+)?\s*+(?:=|CDATA\s*+(?:\#FIXED)?)\s*+(?:"[^"]{N}|'[^']{N})""".replace(
        b"N", str(LONGEST_NAMESPACE + 1).encode()
    )
)


def elements(
    data: bytes, tags: Collection[str] | None, *, roots: Collection[str], where: str
) -> Iterator[tuple[Element, tuple[Element, ...]]]:
    """Yield every finished element named in ``tags`` (without namespace) with its ancestors, outermost first; without
    ``tags`` every child of the root.

    Raises SourceError when the root is not one of ``roots``, and where the XML is broken, hostile or cut off; the
    elements before that have been yielded by then.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    refuse_long_namespaces(data, where)
    around: list[Element] = []
    try:
        steps = iterparse(_Wide(data), events=("start", "end"), forbid_entities=True)
        for number, (event, element) in enumerate(steps):
            if event == "start":
                _check(element, around, number, roots)
                around.append(element)
                continue
            around.pop()
            if len(around) == 1 if tags is None else tag(element) in tags:
                yield element, tuple(around)
                element.clear()
    except DefusedXmlException as error:
        raise SourceError(
            f"{where}: the XML declares entities of its own, which can grow without bound, and was refused"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise SourceError(f"{where}: this is not the expected XML ({reason}); get it again") from error


class _Wide(io.BytesIO):
    """A stream that gives large pieces, whatever size is requested."""

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
        return super().read(_STEP)


def refuse_long_namespaces(data: bytes, where: str) -> None:
    """Raise SourceError for an overlong namespace: the parser repeats it before every name that uses it."""
    if _LONG.search(data.replace(b"\0", b"")):
        raise SourceError(
            f"{where}: the XML declares a namespace of more than {LONGEST_NAMESPACE} characters, which would grow with "
            "every name that uses it, and was refused"
        )


def _check(element: Element, around: list[Element], number: int, roots: Collection[str]) -> None:
    if not around and tag(element) not in roots:
        raise ValueError(f"it begins with <{tag(element)[:40]}>, expected <{'> or <'.join(sorted(roots))}>")
    if len(around) >= DEEPEST:
        raise ValueError(f"elements are nested more than {DEEPEST} deep")
    if number >= 2 * MOST_ELEMENTS:
        raise ValueError(f"it has more than {MOST_ELEMENTS:,} elements")


def tag(element: Element) -> str:
    """Return the name without its namespace."""
    return element.tag.rpartition("}")[2]


def flat(element: Element | None) -> str:
    """Return the text of an element and its descendants, without markup; a line break becomes a space."""
    if element is None:
        return ""
    pieces = [element.text or ""]
    for child in element:
        pieces += [" " if tag(child) == "br" else flat(child), child.tail or ""]
    return "".join(pieces)


def children(element: Element) -> dict[str, list[Element]]:
    """Return the direct children by name."""
    by_name: dict[str, list[Element]] = {}
    for child in element:
        by_name.setdefault(tag(child), []).append(child)
    return by_name
