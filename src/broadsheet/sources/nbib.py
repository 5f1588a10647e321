"""PubMed's files of references: its tagged format (MEDLINE, ``.nbib``), and its XML, told apart by content.

cut the tagged file where a line begins with PMID-; parse each record alone, every tag a list of texts
tags through the table into a Document; what the record is, and what became of it, stays under PT, RIN and the like
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from broadsheet.core.imprint import isbns, issns
from broadsheet.core.types import Document, Name
from broadsheet.sources import pubmed
from broadsheet.sources.charsets import as_text
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document
from broadsheet.sources.files import FileSource, Record, content, made, whole
from broadsheet.sources.lists import people

_START = re.compile(r"PMID *- *\d")
_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)")
_LONGEST_RECORD = 2**20
_DOI = re.compile(r"(10\.\S+)\s*\[doi\]", re.IGNORECASE)
_USED = {
    "PMID", "TI", "AB", "FAU", "AU", "DP", "EDAT", "CRDT", "JT", "LID", "AID", "PMC", "VI", "IP", "PG", "IS", "ISBN",
    "PB", "FED", "ED", "OT", "EN", "CTI", "CN",
}  # fmt: skip
_HEAD = 10_000


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``nbib:FILE``: what PubMed saves, tagged or XML, gzip or not."""
    return FileSource(f"nbib:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file."""
    with content(path) as data:
        if data.lstrip()[:1] == b"<":
            yield from pubmed.from_bytes(data, path.name)
            return
    with whole(path) as text:
        yield from records(text, path.name)


def is_tagged(text: str) -> bool:
    """Return whether a text is in PubMed's tagged format."""
    return any(map(_START.match, text[:_HEAD].lstrip("\ufeff \n").split("\n")))


def records(text: str, name: str) -> Iterator[Record]:
    """Yield the records of a tagged text; lines before the first one are skipped."""
    for piece in _pieces(text):
        yield made(_document, piece, f"{name}:{piece.line}", raw=piece.text)


@dataclass(frozen=True, slots=True)
class _Piece:
    line: int
    text: str


def _pieces(text: str) -> Iterator[_Piece]:
    begun, lines = 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if _START.match(line):
            if begun:
                yield _Piece(begun, "\n".join(lines))
            begun, lines = number, []
        lines.append(line)
    if begun:
        yield _Piece(begun, "\n".join(lines))


def _tags(text: str) -> dict[str, list[str]]:
    """Return every tag with its texts; a line that begins with blanks continues the one before it."""
    tags: dict[str, list[str]] = {}
    tag = ""
    for line in text.split("\n"):
        if match := _LINE.match(line):
            tag = match[1]
            tags.setdefault(tag, []).append(match[2].strip())
        elif tag and line.startswith(" ") and line.strip():
            tags[tag][-1] = f"{tags[tag][-1]} {line.strip()}"
    return {name: [text for text in texts if text] for name, texts in tags.items()}


def _document(piece: _Piece) -> Document:
    if len(piece.text) > _LONGEST_RECORD:
        raise ValueError(f"the record has {len(piece.text):,} characters; at most {_LONGEST_RECORD:,} are read")
    text, remark = as_text(piece.text)
    tags = _tags(text)
    first = partial(_first, tags)
    printed, entered = when(first("DP")), when(first("EDAT", "CRDT")[:10])
    editors = tags.get("FED") or tags.get("ED") or []
    values = {
        "title": first("TI", "CTI", "BTI", "TT"),
        "text": first("AB", "OAB"),
        "own": f"pmid:{pmid}" if (pmid := first("PMID")).isdecimal() else "",
        "doi": next((m[1] for line in (*tags.get("LID", ()), *tags.get("AID", ())) if (m := _DOI.match(line))), ""),
        "authors": (
            *(people(tags.get("FAU") or tags.get("AU") or []) or ()),
            *(Name(literal=body) for body in tags.get("CN", ())),
        ),
        "venue": first("JT", "BTI", "TA", "PB"),
        "keywords": pubmed.keywords(tags.get("OT", []), tags.get("MH", [])),
        "submitted": printed if isinstance(printed, date) else when(first("DEP")),
        "announced": entered,
        "year": printed.year if isinstance(printed, date) else printed,
        "kind": pubmed.kind(tags.get("PT", []), journal=bool(first("JT", "TA")), book=first("BTI")),
        "status": pubmed.status(tags.get("PT", ()), ((tag, text) for tag, texts in tags.items() for text in texts)),
        "volume": first("VI"),
        "number": first("IP"),
        "pages": first("PG"),
        "publisher": first("PB"),
        "edition": first("EN"),
        "issn": [*issns(" ; ".join(tags.get("IS", ())))],
        "isbn": [*isbns(" ; ".join(tags.get("ISBN", ())))],
        "editor": people(list(editors)) or (),
        "pmc": first("PMC"),
    }
    values["abstract"] = pubmed.page(values)
    extra: dict[str, Any] = {tag: texts for tag, texts in tags.items() if tag not in _USED}
    return document(values, extra | ({"encoding": remark} if remark else {}), prefix="pmid")


def _first(tags: dict[str, list[str]], *names: str) -> str:
    return next((texts[0] for name in names if (texts := tags.get(name))), "")
