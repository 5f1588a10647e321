"""RIS, as reference managers and databases export it, and the tagged format of Web of Science.

cut the file where a record begins (TY or PT) and ends (ER)
parse each record alone, every tag a list of texts
tags through the table into a Document
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from broadsheet.core.types import Document
from broadsheet.sources.fields import Table, document, sorted_out
from broadsheet.sources.files import FileSource, Record, decoded, made, stem, whole

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
}
_LISTS = {"AU", "A1", "AF", "KW", "UR", "L1", "L2"}
_LINE = re.compile(r"^([A-Z][A-Z0-9]) {0,2}-(?: (.*)|$)")
_START, _END = re.compile(r"^(?:TY {0,2}-|PT [A-Z])"), re.compile(r"^(?:ER {0,2}-|ER$|EF$)")
_LONGEST_RECORD = 2**20
_UNKNOWN = "unknown tags"  # a name that no line can have: tags have two characters


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``ris:FILE``: RIS or Web of Science records, gzip or not."""
    return FileSource(f"ris:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file; text between records is skipped."""
    prefix = stem(path)
    with whole(path) as text:
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
    text = decoded(piece.text)
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
    values, extra = sorted_out(record, TABLE)
    return document(values, extra, prefix=prefix)
