"""JSON lines, JSON lists, CSV and TSV from anywhere: columns are known by their many names, the rest is kept as facts.

one record after another out of the file; what cannot be read is a BadRecord
an exported line is its Document again
any other record goes through the table of aliases into a Document
"""

from __future__ import annotations

import csv as csvlib
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError
from broadsheet.core.records import checked, from_dict, is_export
from broadsheet.core.text import clipped
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources.fields import Table, document, plain_key, sorted_out
from broadsheet.sources.files import FileSource, Record, bad, chunks, decoded, lines, stem
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
_NO_LINES = re.compile(rb"\s*(?:\[|\{\s*\n|\{[^\n]*\Z)")  # a list, an object over several lines, one endless line


def jsonl(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """The source ``jsonl:FILE``: an object a line, or one JSON list, or an object around a list; gzip or not."""
    return FileSource(f"jsonl:{rest}", Path(rest), _read_json)


def csv(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """The source ``csv:FILE``: a header line and rows; commas, semicolons, tabs or bars; gzip or not."""
    return FileSource(f"csv:{rest}", Path(rest), _read_csv)


def record(values: Mapping[str, Any], *, prefix: str) -> Document:
    """A Document from one foreign record or one line of an export; ValueError says why not."""
    if is_export(values):
        return checked(from_dict(values))
    known, extra = sorted_out(_flat(values), TABLE)
    address = known.get("url", "")
    if not any(key in known for key in ("arxiv", "doi", "own")) and len(address) <= _LONGEST_ADDRESS_AS_ID:
        known["own"] = address
    return document(known, extra, prefix=prefix)


def _flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with the facts of its own ``extra``, and the day of its first version, beside the others."""
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
    """The records of one JSON value: itself, or those in the list that it wraps."""
    try:
        value = json.loads(decoded(raw), parse_int=_int, parse_constant=lambda _: None)
        found = _objects(value)
    except (ValueError, RecursionError) as error:
        yield bad(where, error, raw)
        return
    for number, values in enumerate(found, 1):
        try:
            yield record(values, prefix=prefix)
        except (ValueError, RecursionError) as error:
            yield bad(where if len(found) == 1 else f"{where}/{number}", error, raw if len(found) == 1 else str(values))


def _int(digits: str) -> int | str:
    """Python refuses to read very long numbers, and SQLite to keep them: they stay texts."""
    return int(digits) if len(digits) <= 15 else digits


def _objects(value: Any) -> list[dict[str, Any]]:
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
    while True:
        where, row = f"{path.name}:{rows.line_num + 1}", None
        try:
            row = next(rows, None)
            yield from skipped
            skipped.clear()
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield record(_row(header, row), prefix=stem(path))
        except (ValueError, csvlib.Error) as error:
            yield bad(where, error, ",".join(row or []))


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
        raise SourceError(f"{str(path)!r} is no table: {error}. Save it as CSV in UTF-8.") from error
    if not {plain_key(name) for name in names}.intersection(TABLE["title"]):
        shown = ", ".join(repr(clipped(name, 40)) for name in names[:12]) or "none"
        raise SourceError(f"{str(path)!r} has no column 'title' (or {', '.join(TABLE['title'][1:])}); it has {shown}.")
    return [name if name not in names[:i] else f"{name} {i + 1}" for i, name in enumerate(names)]


def _row(header: list[str], row: list[str]) -> dict[str, str]:
    if any(cell.strip() for cell in row[len(header) :]):
        raise ValueError(f"{len(row)} cells under {len(header)} columns; is a quote missing?")
    return {name: decoded(cell) for name, cell in zip(header, row, strict=False) if name and cell.strip()}
