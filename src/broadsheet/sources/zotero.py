"""Zotero RDF: a library as Zotero exports it, or a list that Broadsheet has written for Zotero.

first pass: the journals, books and series that are next to the works in the file, and how many works refer to each
second pass: each work with the journal or book it is in, inside its element or elsewhere, into a Document
attachments, notes and collections are not papers
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from broadsheet.core.authors import suffix_like
from broadsheet.core.errors import SourceError
from broadsheet.core.identity import arxiv_id
from broadsheet.core.imprint import isbns, issns
from broadsheet.core.kinds import ZOTERO
from broadsheet.core.types import Document
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document, link, says_more
from broadsheet.sources.files import FileSource, Record, content, made, stem
from broadsheet.sources.lists import Who, people
from broadsheet.sources.xmlsafe import children, elements, flat, tag

_ROOTS = {"RDF"}
_ABOUT, _RESOURCE = (f"{{http://www.w3.org/1999/02/22-rdf-syntax-ns#}}{name}" for name in ("about", "resource"))
_KINDS = {  # of elements whose type of item is not stated
    "Article": "article", "Book": "book", "BookSection": "chapter", "Thesis": "thesis", "Report": "report",
    "Data": "dataset", "Document": "", "Manuscript": "",
}  # fmt: skip
_NO_PAPERS = {"attachment", "note", "annotation"}
_NOT_ITEMS = {"Attachment", "Memo", "Collection"}
_MAKERS = ("authors", "presenters", "programmers", "inventors")
_WITHIN = ("isPartOf", "presentedAt")
_OF_PLACE = ("title", "volume", "number", "identifier", "edition")
_FACTS = ("language", "rights", "shortTitle", "libraryCatalog")
_MOST_PLACES = 200_000  # journals, books and series next to the works
_MOST_AROUND = 10  # journals, books and series that one work is in
_MOST_TEXTS = 20  # of one kind in a journal or book: every work in it repeats them
_LONGEST = 1_000
_NUMBER = re.compile(r"(DOI|ISBN|ISSN|PMID|PMCID)\s*[:\s]\s*(\S.*)", re.IGNORECASE)
_KEY = re.compile(r"citation key\s*:\s*(\S.*)", re.IGNORECASE)
_Parts = Mapping[str, list[Element]]  # the properties of a node, by name


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``zotero:FILE``: Zotero RDF, gzip or not."""
    return FileSource(f"zotero:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file."""
    with content(path) as data:
        yield from from_bytes(data, path.name, prefix=stem(path))


def from_bytes(data: bytes, where: str = "zotero", *, prefix: str = "zotero") -> Iterator[Record]:
    """Yield the works of one file, in its order; ``prefix`` begins the ids of those with no more than a citation key.

    Raises SourceError where the XML is broken; the works before that have been yielded by then.
    """
    library = _Library.of(data, where)
    number = 0
    for node, _ in elements(data, None, roots=_ROOTS, where=where):
        if library.is_work(node):
            number += 1
            yield made(partial(_document, library=library, prefix=prefix), node, f"{where}:{number}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A journal, a book, a series or a meeting: its texts by name, and the addresses of what it is in itself.

    ``shared``: it is a work of its own, or several works refer to it, so that a DOI in it is not theirs.
    """

    name: str
    texts: Mapping[str, list[str]]
    inside: tuple[_Place | str, ...]
    shared: bool = False

    def first(self, name: str) -> str:
        return next(iter(self.texts.get(name, ())), "")


@dataclass(slots=True)
class _Library:
    """The journals, books and series next to the works of a file, by address; how often each is referred to."""

    places: dict[str, _Place] = field(default_factory=dict)
    references: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, data: bytes, where: str) -> _Library:
        """Read the places of a file up to where it is broken."""
        library = cls()
        try:
            for node, _ in elements(data, None, roots=_ROOTS, where=where):
                library.add(node)
        except SourceError:
            pass  # the second pass meets it again, after the works before it
        return library

    def add(self, node: Element) -> None:
        address, parts = node.get(_ABOUT), children(node)
        self.references.update(
            target for name in _WITHIN for each in parts.get(name, ()) if (target := each.get(_RESOURCE))
        )
        is_work = "itemType" in parts
        may_hold = tag(node) == "Book" or not (is_work or tag(node) in _NOT_ITEMS)
        if address and may_hold and len(self.places) < _MOST_PLACES:
            self.places[address] = _place(node, shared=is_work)

    def is_work(self, node: Element) -> bool:
        """Return whether an element is a work, and not an attachment, a note, a collection or a place of works."""
        if tag(node) in _NOT_ITEMS:
            return False
        if kind := _text(children(node), "itemType"):
            return kind not in _NO_PAPERS
        return tag(node) in _KINDS and not self.references[node.get(_ABOUT) or ""]

    def around(self, parts: _Parts) -> Iterator[_Place]:
        """Yield what a work is in, the nearest first, each once: its journal or book, its series, its meeting."""
        waiting, seen = [*_inside(parts)], set[str]()
        for _ in range(_MOST_AROUND):
            if not waiting:
                return
            place = waiting.pop(0)
            if isinstance(place, str):
                if place in seen or place not in self.places:
                    continue
                seen.add(place)
                place = self._referred(place)
            waiting.extend(place.inside)
            yield place

    def _referred(self, address: str) -> _Place:
        place = self.places[address]
        if not place.shared and self.references[address] < 2:
            return place
        numbers = [number for number in place.texts["identifier"] if not number.upper().startswith("DOI")]
        return replace(place, texts={**place.texts, "identifier": numbers})


def _of_address(address: str) -> str:
    """Return the ISSN or ISBN in the address of a journal or book (``urn:issn:1234-567X``) as Zotero writes one."""
    _, _, rest = address.partition("urn:")
    kind, _, number = rest.partition(":")
    return f"{kind.upper()} {number}" if kind.lower() in ("issn", "isbn") else ""


def _inside(parts: _Parts) -> tuple[_Place | str, ...]:
    """Return what a work or a place is in: a place where it is described inside, else its address."""
    found: list[_Place | str] = []
    for part in (each for name in _WITHIN for each in parts.get(name, ())):
        found += [_place(each) for each in part]
        if target := part.get(_RESOURCE):
            found.append(target)
    return tuple(found[:_MOST_AROUND])


def _place(node: Element, *, shared: bool = False) -> _Place:
    parts = children(node)
    texts = {name: _texts(parts, name)[:_MOST_TEXTS] for name in _OF_PLACE}
    texts["identifier"] += filter(None, [_of_address(node.get(_ABOUT) or "")])
    return _Place(tag(node), texts, _inside(parts), shared)


def _texts(parts: _Parts, name: str) -> list[str]:
    """Return the texts of the properties of this name, each in one line."""
    lines = (" ".join(flat(each)[:_LONGEST].split()) for each in parts.get(name, ()))
    return [line for line in lines if line]


def _text(parts: _Parts, name: str) -> str:
    return next(iter(_texts(parts, name)), "")


def _long(parts: _Parts, name: str) -> str:
    return next((text for each in parts.get(name, ()) if (text := flat(each).strip())), "")


def _document(node: Element, *, library: _Library, prefix: str) -> Document:
    parts, about = children(node), node.get(_ABOUT) or ""
    around = [*library.around(parts)]
    remarks, item_type, written = _long(parts, "description"), _text(parts, "itemType"), _text(parts, "date")
    kind = ZOTERO.kind(item_type) if item_type else _KINDS[tag(node)]
    own = [*_texts(parts, "identifier"), about, _of_address(about)]
    others = [text for place in around for text in place.texts["identifier"]]
    lines = [line.strip() for line in remarks[:10_000].split("\n")]
    values: dict[str, Any] = {
        "title": _long(parts, "title"),
        "text": _long(parts, "abstract"),
        "authors": next((found for role in _MAKERS if (found := _people(parts, role))), ()),
        "editor": _people(parts, "editors"),
        "keywords": tuple(dict.fromkeys(_texts(parts, "subject"))),
        "submitted": when(written),
        "kind": kind,
        "own": _text(parts, "citationKey") or next((m[1] for line in lines if (m := _KEY.fullmatch(line))), ""),
        "url": next(filter(None, map(link, own)), ""),
        **_printed(parts, around),
        **_house(parts, kind),
        **_numbers([*own, *others, *lines]),
    }
    values["arxiv"] = _arxiv([*lines, values["number"]])
    if _arxiv([values["number"]]):
        del values["number"]
    values["venue"] = values["venue"] or values["series"] or values.get("institution") or values.get("publisher")
    extra = {name: text for name in _FACTS if (text := _text(parts, name))} | {"remarks": remarks}
    if says_more("submitted", written, values["submitted"]):
        extra["date"] = written
    return document({key: value for key, value in values.items() if value or key == "kind"}, extra, prefix=prefix)


def _printed(parts: _Parts, around: list[_Place]) -> dict[str, str]:
    """Return where a work was printed: what it says itself, else what it is in says."""
    series, meetings = ([place for place in around if place.name == name] for name in ("Series", "Conference"))
    holders = [place for place in around if place.name not in ("Series", "Conference")]
    return {
        "venue": _first("title", [*holders, *meetings]),
        "series": _first("title", series),
        "pages": _text(parts, "pages"),
        "type": _text(parts, "type"),
        **{key: _text(parts, key) or _first(key, around) for key in ("volume", "number", "edition")},
    }


def _first(name: str, places: Iterable[_Place]) -> str:
    return next((text for place in places if (text := place.first(name))), "")


def _people(parts: _Parts, role: str) -> tuple[Who, ...]:
    """Return the people of a role in their order, in the parts that the file gives."""
    nodes = (each for group in parts.get(role, ()) for each in group.iter() if _is_person(each))
    return people([_person(each) for each in nodes]) or ()


def _is_person(node: Element) -> bool:
    return tag(node) in ("Person", "Organization")


def _person(node: Element) -> dict[str, str]:
    """Return the parts of a name: what follows a comma in the given name may be a suffix; a name in one field is the
    name of a body."""
    parts = children(node)
    surname = _text(parts, "surname") or _text(parts, "name")
    given = _text(parts, "givenName") or _text(parts, "givenname")
    if not given:
        return {"literal": surname}
    first, _, last = given.rpartition(",")
    suffix = last.strip() if first and suffix_like(last.strip()) else ""
    return {"family": surname, "given": first.strip() if suffix else given, "suffix": suffix}


def _house(parts: _Parts, kind: str) -> dict[str, str]:
    """Return the publisher with its address; for a thesis or a report it is the institution."""
    house = next(iter(parts.get("publisher", ())), None)
    if house is None:
        return {}
    inner = {tag(each): " ".join(flat(each)[:_LONGEST].split()) for each in house.iter()}
    name = inner.get("name", "") if len(house) else inner["publisher"]
    return {"institution" if kind in ("thesis", "report") else "publisher": name, "address": inner.get("locality", "")}


def _numbers(texts: Iterable[str]) -> dict[str, Any]:
    """Return the identifiers in texts that begin with the name of their register: ``DOI 10.1234/x``, ``PMID: 31``."""
    known: dict[str, list[str]] = {}
    for text in texts:
        if match := _NUMBER.fullmatch(text[:_LONGEST]):
            known.setdefault(match[1].upper(), []).append(match[2])
    return {
        "doi": next(iter(known.get("DOI", ())), ""),
        "pmid": next(iter(known.get("PMID", ())), ""),
        "pmc": next(iter(known.get("PMCID", ())), ""),
        "isbn": [*isbns(" ; ".join(known.get("ISBN", ())))],
        "issn": [*issns(" ; ".join(known.get("ISSN", ())))],
    }


def _arxiv(lines: Iterable[str]) -> str:
    return next((line for line in lines if line.lower().startswith("arxiv") and arxiv_id(line)), "")
