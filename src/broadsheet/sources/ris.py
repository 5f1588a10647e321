"""RIS, as reference managers and databases export it, and the tagged format of Web of Science.

cut the file where a record begins (TY or PT) and ends (ER)
parse each record alone, every tag a list of texts
tags through the table into a Document
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from broadsheet.core.imprint import isbns, issns
from broadsheet.core.kinds import RIS, WEB_OF_SCIENCE
from broadsheet.core.types import Document
from broadsheet.sources import nbib
from broadsheet.sources.charsets import as_text
from broadsheet.sources.fields import Table, document, sorted_out
from broadsheet.sources.files import FileSource, Record, made, stem, whole

TABLE: Table = {
    "title": ("ti", "t1", "ct", "bt", "st"),
    "text": ("ab", "n2"),
    "authors": ("af", "au", "a1"),
    "doi": ("do", "di"),
    "own": ("an", "ut"),  # ID is a running number in most exports, and keywords in Web of Science
    "venue": ("t2", "jo", "jf", "so", "ja", "bt", "pb"),
    "keywords": ("kw", "de"),
    "submitted": ("da", "y1", "pd"),
    "year": ("py", "y1", "da"),
    "url": ("ur", "lk"),
    "pdf": ("l1",),
    "pmid": ("pmid",),
    "volume": ("vl",),
    "number": ("is",),
    "pages": ("pages", "ar"),
    "publisher": ("pb", "pu"),
    "address": ("cy", "pi"),
    "series": ("t3", "se"),
    "edition": ("et",),
    "editor": ("ed", "a2", "be"),
    "isbn": ("isbn",),
    "issn": ("issn",),
    "type": ("m3",),
}
_LISTS = {"AU", "A1", "AF", "KW", "UR", "L1", "L2", "A2", "ED", "BE", "SN", "EI", "BN", "AN"}
_OF_PUBMED = re.compile(r"(?:pmid|pubmed):\s*(\d{1,9})", re.IGNORECASE)
_LINE = re.compile(r"^([A-Z][A-Z0-9]) {0,2}-(?: (.*)|$)")
_START, _END = re.compile(r"^(?:TY {0,2}-|PT [A-Z])"), re.compile(r"^(?:ER {0,2}-|ER$|EF$)")
_LONGEST_RECORD = 2**20
_UNKNOWN = "unknown tags"  # a name that no line can have: tags have two characters


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``ris:FILE``: RIS or Web of Science records, gzip or not."""
    return FileSource(f"ris:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file; text between records is skipped.

    A file in PubMed's tagged format, which looks like RIS and often is called so, is read as what it is.
    """
    prefix = stem(path)
    with whole(path) as text:
        if nbib.is_tagged(text):
            yield from nbib.records(text, path.name)
            return
        for piece in _pieces(text):
            yield made(partial(_document, prefix=prefix), piece, f"{path.name}:{piece.line}", raw=piece.text)


@dataclass(frozen=True, slots=True)
class _Piece:
    line: int
    text: str
    ended: bool


def _pieces(text: str) -> Iterator[_Piece]:
    kept: list[str] = []
    begun = 0
    for number, line in enumerate(text.split("\n"), 1):
        if _START.match(line):
            if begun:
                yield _Piece(begun, "\n".join(kept), ended=False)
            begun, kept = number, [line]
        elif begun and _END.match(line):
            yield _Piece(begun, "\n".join(kept), ended=True)
            begun = 0
        elif begun:
            kept.append(line)
    if begun:
        yield _Piece(begun, "\n".join(kept), ended=False)


def _tags(piece: _Piece) -> dict[str, list[str]]:
    """Return every tag with its lines. ValueError when the record has no end, is too long or cannot be parsed."""
    import rispy

    if not piece.ended:
        raise ValueError("the record has no ER line: it is cut off, or two records run together")
    if len(piece.text) > _LONGEST_RECORD:
        raise ValueError(f"the record has {len(piece.text):,} characters; at most {_LONGEST_RECORD:,} are read")
    text, remark = as_text(piece.text)
    of_wos = text.startswith("PT")
    parser = rispy.WokParser if of_wos else rispy.RisParser
    lines = text.split("\n") if of_wos else [_LINE.sub(r"\1  - \2", line) for line in text.split("\n")]
    names = {tag: tag for tag in parser.DEFAULT_MAPPING if tag != parser.UNKNOWN_TAG} | {_UNKNOWN: _UNKNOWN}
    reader = parser(mapping=names, list_tags=list(names))
    reader.UNKNOWN_TAG = _UNKNOWN
    records = reader.parse("\n".join([*lines, "ER" if of_wos else "ER  - "]))
    if len(records) != 1:
        raise ValueError("no RIS record")
    kind = str(records[0].pop("PT" if of_wos else "TY", ""))
    tagged = {"TY": [kind]}
    for tag, lines in records[0].pop(_UNKNOWN, {}).items():  # a line before any tag has none
        tagged.setdefault(tag or "UK", []).extend(lines)
    tagged |= records[0]
    if of_wos:  # there DA is the day of the export
        tagged["exported"] = tagged.pop("DA", [])
    tagged["encoding"] = [remark]
    return {tag: [line for line in lines if line.strip()] for tag, lines in tagged.items()}


def _document(piece: _Piece, *, prefix: str) -> Document:
    record: dict[str, Any] = {}
    for tag, lines in _tags(piece).items():
        if lines:
            record[tag] = lines if tag in _LISTS else " ".join(dict.fromkeys(lines))
    for tag in ("UR", "L1"):
        addresses = " ".join(record.pop(tag, [])).split()
        if first := next((address for address in addresses if address.startswith("http")), ""):
            record[tag] = first
        record[f"{tag} others"] = [address for address in addresses if address != first]
    kind = _kind(record)
    values, extra = sorted_out(_parted(record), TABLE)
    if kind in ("thesis", "report") and "publisher" in values:
        values["institution"] = values.pop("publisher")
    return document({**values, "kind": kind}, extra, prefix=prefix)


def _kind(record: Mapping[str, Any]) -> str:
    """Return the kind of a record: by TY or, in the Web of Science, by PT and, for books and series, by DT."""
    tag = str(record.get("TY", ""))
    if len(tag) > 1:
        return RIS.kind(tag)
    words = [kind for word in str(record.get("DT", "")).split(";") if (kind := WEB_OF_SCIENCE.kind(word))]
    if tag == "J":
        return next((kind for kind in words if kind in ("dataset", "report")), "article")
    return next((kind for kind in reversed(words) if kind != "article"), WEB_OF_SCIENCE.kind(tag))


def _parted(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its pages in one field, and its numbers told apart: ISBN, ISSN, PubMed's."""
    of_wos = len(str(record.get("TY", ""))) == 1
    first, last = ("BP", "EP") if of_wos else ("SP", "EP")
    names, serial = (
        [*record.get("AN", ())],
        " ; ".join(str(n) for tag in ("SN", "EI", "BN") for n in record.get(tag, ())),
    )
    made_of = {"pages": [page for tag in (first, last) if (page := record.get(tag))], "ISBN": isbns(serial)}
    made_of |= {"ISSN": issns(serial), "PMID": [m[1] for name in names if (m := _OF_PUBMED.fullmatch(name))]}
    others = [name for name in names if not _OF_PUBMED.fullmatch(name)]
    used = {first, last, "AN", *(("SN", "EI", "BN") if made_of["ISBN"] or made_of["ISSN"] else ())}
    rest = {tag: value for tag, value in record.items() if tag not in used}
    if any(character.isdigit() for name in rest.get("ED", ()) for character in name):  # a date, in some databases
        rest["entered"] = rest.pop("ED")
    return rest | {
        "pages": "--".join(dict.fromkeys(made_of["pages"])),
        "ISBN": [*made_of["ISBN"]],
        "ISSN": [*made_of["ISSN"]],
        "PMID": next(iter(made_of["PMID"]), ""),
        "AN": " ".join(dict.fromkeys(others)),
    }
