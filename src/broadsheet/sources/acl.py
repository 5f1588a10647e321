"""Volumes of the ACL Anthology in its XML: the current schema (collection, volume, meta) and the old (volume, paper).

the volume's meta gives venue and year; each paper its title, abstract, people and names, with markup flattened
front matter is not a paper
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from broadsheet.core.errors import UsageError
from broadsheet.core.imprint import isbns
from broadsheet.core.status import gravest
from broadsheet.core.types import Document, Status, StatusKind
from broadsheet.http import Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import count, document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import people
from broadsheet.sources.payload import PayloadSource, from_files, looks_like_path
from broadsheet.sources.xmlsafe import children, elements, flat, tag

SITE = "https://aclanthology.org"
LIVE = "https://raw.githubusercontent.com/acl-org/acl-anthology/master/data/xml"
_NAMED = re.compile(r"[A-Z]\d{2}|\d{4}\.[a-z0-9_]+")
_OF_JOURNAL = re.compile(r"^(?:[JQ]\d{2}-|\d{4}\.(?:cl|tacl)-)")  # Computational Linguistics, TACL
_FACTS = ("bibkey", "pages", "month", "retracted", "award", "language")


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``acl:FILE`` (or a folder of volumes), or a collection by name: ``acl:2020.blackboxnlp``, ``acl:P04``."""
    name = f"acl:{rest}"
    if looks_like_path(rest):
        return PayloadSource(name, lambda _: from_files(Path(rest), from_bytes, ".xml", ".xml.gz"), live=False)
    if _NAMED.fullmatch(rest):
        return PayloadSource(name, lambda _: _live(rest, client))
    raise UsageError(
        f"Source {name!r} is unknown: expected a collection (acl:2020.blackboxnlp) or an existing XML file"
    )


def _live(collection: str, client: Client | None) -> Iterator[Record]:
    response = (client or default_client()).get(f"{LIVE}/{collection}.xml", accept="application/xml, text/plain")
    yield from from_bytes(response.body, f"acl {collection}")


def from_bytes(data: bytes, where: str = "acl") -> Iterator[Record]:
    """Yield the papers of one file, in its order."""
    about: dict[str, str] = {}
    tags, roots = {"meta", "paper"}, {"collection", "volume"}
    for number, (element, around) in enumerate(elements(data, tags, roots=roots, where=where), 1):
        if tag(element) == "meta":
            about = {name: " ".join(flat(found[0]).split()) for name, found in children(element).items()}
        elif not _is_front_matter(element):
            made_of = partial(_document, about=about, around=around)
            yield made(made_of, element, f"{where}:{number}")


def _is_front_matter(paper: Element) -> bool:
    """Return whether a paper is front matter: in old volumes one with editors, numbered 0 or ending in 00."""
    return any(tag(child) == "editor" for child in paper) and not any(tag(child) == "author" for child in paper)


def _ingested(around: tuple[Element, ...], paper: Element) -> Any:
    """Return the day on which the archive took the paper in, as the paper or its volume says."""
    return next((day for e in (paper, *reversed(around)) if (day := when(e.get("ingest-date")))), None)


def _ids(around: tuple[Element, ...], paper: Element) -> str:
    """Build the Anthology id from the elements: ``2020.acl-main.7``, ``P04-1007``; empty if one lacks an id."""
    parts = [(e.get("id") or "").strip() for e in (*around, paper)]
    if not parts or not all(parts) or len(parts) > 3:
        return ""
    if len(parts) == 2:  # the old schema: the volume is the collection
        return f"{parts[0]}-{parts[1]}"
    collection, volume, number = parts
    if re.fullmatch(r"[A-Z]\d{2}", collection) and volume.isdecimal() and number.isdecimal():
        wide = 2 if collection[0] == "W" or collection == "C69" or (collection == "D19" and int(volume) >= 5) else 1
        return f"{collection}-{int(volume):0{wide}}{int(number):0{4 - wide}}"
    return f"{collection}-{volume}.{number}"


def _document(paper: Element, *, about: dict[str, str], around: tuple[Element, ...]) -> Document:
    inside = children(paper)

    def child_text(name: str) -> str:
        return next((text for e in inside.get(name, ()) if (text := flat(e).strip())), "")

    url = child_text("url")
    own = url if re.fullmatch(r"[A-Z]\d{2}-\d{4}|\d{4}\.[\w-]+\.\d+", url) else _ids(around, paper)
    if not own and not url:
        raise ValueError("the paper has neither a number nor an address")
    values = {
        "title": child_text("title"),
        "text": child_text("abstract"),
        "own": f"acl:{own}" if own else url,
        "doi": child_text("doi"),
        "authors": people([_person(who) for who in inside.get("author", ())]) or (),
        "venue": " ".join(child_text("booktitle").split()) or about.get("booktitle", ""),
        "announced": _ingested(around, paper),
        "status": gravest(_status(element) for kind in _STATUSES for element in inside.get(kind, ())),
        "year": count(child_text("year") or about.get("year")),
        "kind": "article" if _OF_JOURNAL.search(own) else "inproceedings",
        "publisher": about.get("publisher", ""),
        "address": about.get("address", ""),
        "isbn": [*isbns(about.get("isbn", ""))],
        "abstract": f"{SITE}/{own}" if own else link(url),
        "pdf": f"{SITE}/{own}.pdf" if own else None,
        "code": next((code for e in inside.get("pwccode", ()) if (code := link(e.get("url")))), None),
    }
    facts: dict[str, Any] = {name: text for name in _FACTS if (text := child_text(name) or about.get(name, ""))}
    return document(values, facts | {"datasets": [flat(e) for e in inside.get("pwcdataset", ())]}, prefix="acl")


_STATUSES: dict[str, StatusKind] = {"retracted": "retracted", "removed": "removed", "erratum": "erratum"}


def _status(element: Element) -> Status:
    day = when(element.get("date"))
    return Status(_STATUSES[tag(element)], "acl", day if isinstance(day, date) else None)


def _person(who: Element) -> dict[str, str] | str:
    """Return first and last name; the name variants and affiliations next to them are left out."""
    parts = {name: flat(found[0]) for name, found in children(who).items() if name in ("first", "last")}
    return parts or flat(who)
