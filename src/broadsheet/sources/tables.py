"""JSON lines, JSON lists, CSV and TSV from anywhere: columns are known by many names; the others are kept as facts.

one record after another out of the file; what cannot be read is a BadRecord
an exported line is its Document again
any other record goes through the table of aliases into a Document
"""

from __future__ import annotations

import csv as csvlib
import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError
from broadsheet.core.records import checked, from_dict, is_export
from broadsheet.core.text import clipped
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import csl as csl_json
from broadsheet.sources.fields import Table, document, plain_key, sorted_out
from broadsheet.sources.files import FileSource, Record, chunks, decoded, lines, made, stem
from broadsheet.sources.payload import json_value
from broadsheet.sources.stream import json_values

# The best alias first; names are compared in lower case without spaces and punctuation.
TABLE: Table = {
    "title": ("title", "papertitle", "displayname", "primarytitle", "documenttitle", "articletitle", "name", "ti"),
    "text": ("abstract", "summary", "abstractnote", "abstracttext", "notesabstract", "ab", "description", "text"),
    "authors": (
        "authorsparsed", "authors", "author", "authornames", "authorfullnames", "firstauthors", "creators", "creator",
        "authorships", "au",
    ),
    "arxiv": ("arxivid", "arxiv", "arxivnumber"),
    "doi": ("doi", "articledoi"),
    "own": ("id", "paperid", "key", "recordid", "uid", "corpusid", "itemkey"),
    "venue": (
        "venue", "journal", "conference", "booktitle", "publicationtitle", "journaltitle", "journalname", "sourcetitle",
        "containertitle", "secondarytitle", "proceedings", "proceeding", "journalref",
    ),
    "categories": ("categories", "category", "topics", "topic", "tags", "subjects", "fieldsofstudy", "tasks"),
    "keywords": ("keywords", "keyword", "authorkeywords", "manualtags", "aikeywords"),
    "submitted": (
        "publishedat", "published", "publicationdate", "datepublished", "date", "created", "createdat", "submitted",
        "submittedat", "submissiondate",
    ),
    "updated": ("updated", "updatedat", "updatedate", "lastupdated", "modified", "lastmodified"),
    "announced": ("announced", "announcedat", "announcementdate"),
    "listed": ("day", "listed", "listedon", "listedat", "submittedondailyat"),
    "year": ("year", "publicationyear", "pubyear", "publishedyear", "py"),
    "version": ("version",),
    "votes": ("upvotes", "votes", "likes", "score"),
    "comments": ("numcomments", "commentcount", "comments"),
    "url": ("url", "link", "urlabs", "paperurl", "absurl", "landingpageurl", "openurllink", "urls"),
    "pdf": ("pdf", "pdfurl", "urlpdf", "pdflink"),
    "code": ("github", "githubrepo", "githuburl", "code", "codeurl", "repourl", "repository"),
    "project": ("project", "projectpage", "projecturl", "homepage", "website"),
}  # fmt: skip
_LONGEST_ADDRESS_AS_ID = 200
_MOST_COLUMNS, _LONGEST_NAME, _SHOWN = 500, 200, 2_000
_NO_LINES = re.compile(rb"\s*(?:\[|\{\s*\n|\{[^\n]*\Z)")  # a list, an object over several lines, one endless line


def jsonl(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``jsonl:FILE``: one object per line, a JSON list, or an object with a list; gzip or not."""
    return FileSource(f"jsonl:{rest}", Path(rest), _read_json)


def csv(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``csv:FILE``: a header line and rows; commas, semicolons, tabs or bars; gzip or not."""
    return FileSource(f"csv:{rest}", Path(rest), _read_csv)


def record(values: Mapping[str, Any], *, prefix: str) -> Document:
    """Make a Document from a foreign record or a line of an export; ValueError says what is wrong."""
    if is_export(values):
        return checked(from_dict(values))
    if csl_json.is_item(values):
        return csl_json.record(values, prefix=prefix)
    known, extra = sorted_out(_flat(values), TABLE)
    address = known.get("url", "")
    if not any(key in known for key in ("arxiv", "doi", "own")) and len(address) <= _LONGEST_ADDRESS_AS_ID:
        known["own"] = address
    return document(known, extra, prefix=prefix)


def _flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move the facts of a record's own ``extra``, and the day of its first version, next to its other fields."""
    inner, versions = values.get("extra"), values.get("versions")
    if isinstance(inner, Mapping):
        values = {**inner, **{key: value for key, value in values.items() if key != "extra"}}
    if isinstance(versions, list) and versions and isinstance(versions[0], Mapping) and "created" not in values:
        values = {**values, "created": versions[0].get("created")}
    return values


def _read_json(path: Path) -> Iterator[Record]:
    if _NO_LINES.match(next(chunks(path), b"")):
        yield from _read_stream(path)
        return
    for line in lines(path):
        if isinstance(line, BadRecord):
            yield line
        elif line[1].strip():
            yield from _parsed(line[1], f"{path.name}:{line[0]}", stem(path))


def _read_stream(path: Path) -> Iterator[Record]:
    for number, text in enumerate(json_values(path), 1):
        if isinstance(text, BadRecord):
            yield text
        else:
            yield from _parsed(text, f"{path.name}#{number}", stem(path))


def _parsed(raw: bytes | str, where: str, prefix: str) -> Iterator[Record]:
    """Yield the records of one JSON value: itself, or the ones in the list that it wraps."""
    objects = made(_objects, raw, where, raw=raw)
    if isinstance(objects, BadRecord):
        yield objects
        return
    make = partial(record, prefix=prefix)
    if len(objects) == 1:
        yield made(make, objects[0], where, raw=raw)
        return
    for number, values in enumerate(objects, 1):
        yield made(make, values, f"{where}/{number}")


def _objects(raw: bytes | str) -> list[dict[str, Any]]:
    value = json_value(decoded(raw))
    if not isinstance(value, dict):
        raise ValueError(f"expected a JSON object, got {type(value).__name__}")
    lists = [inner for inner in value.values() if isinstance(inner, list) and inner and isinstance(inner[0], dict)]
    if len(lists) == 1 and not {plain_key(key) for key in value}.intersection(TABLE["title"]):
        return [inner for inner in lists[0] if isinstance(inner, dict)]
    return [value]


def _read_csv(path: Path) -> Iterator[Record]:
    skipped: list[BadRecord] = []
    numbered = _text_lines(path, skipped)
    first = next((line for line in numbered if line.strip()), "")
    rows = csvlib.reader(chain([first], numbered), delimiter=max(",;\t|", key=first.count))
    header = _header(path, rows)
    make = partial(_row, header=header, prefix=stem(path))
    while True:
        where = f"{path.name}:{rows.line_num + 1}"
        row = made(_next, rows, where, raw="")
        yield from skipped
        skipped.clear()
        if row is None:
            return
        if isinstance(row, BadRecord):
            yield row
        elif any(cell.strip() for cell in row):
            yield made(make, row, where, raw=",".join(row[:_SHOWN]))


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csvlib.Error as error:
        raise ValueError(error) from error


def _text_lines(path: Path, skipped: list[BadRecord]) -> Iterator[str]:
    for line in lines(path):
        if isinstance(line, BadRecord):
            skipped.append(line)
        else:
            yield line[1].decode("utf-8", "surrogateescape")


def _header(path: Path, rows: Iterator[list[str]]) -> list[str]:
    try:
        names = [name.strip() for name in next(rows, [])]
    except csvlib.Error as error:
        raise SourceError(f"{str(path)!r} is not a table: {error}. Save it as CSV in UTF-8.") from error
    if not {plain_key(name) for name in names}.intersection(TABLE["title"]):
        shown = ", ".join(repr(clipped(name, 40)) for name in names[:12]) or "none"
        raise SourceError(f"{str(path)!r} has no column 'title' (or {', '.join(TABLE['title'][1:])}); it has {shown}.")
    if len(names) > _MOST_COLUMNS:
        raise SourceError(
            f"{str(path)!r} has {len(names):,} columns; at most {_MOST_COLUMNS} are read: keep only those for papers."
        )
    return _apart(names)


def _apart(names: list[str]) -> list[str]:
    """Return the names of columns, cut to a sensible length; a repeated name gets the number of its column."""
    seen: set[str] = set()
    apart = []
    for number, name in enumerate((clipped(name, _LONGEST_NAME) for name in names), 1):
        apart.append(f"{name} {number}" if name in seen else name)
        seen.add(name)
    return apart


def _row(row: list[str], *, header: list[str], prefix: str) -> Document:
    if any(cell.strip() for cell in row[len(header) :]):
        raise ValueError(f"{len(row)} cells under {len(header)} columns; is a quote missing?")
    cells = zip(header, row, strict=False)
    return record({name: decoded(cell) for name, cell in cells if name and cell.strip()}, prefix=prefix)
