"""Texts with their ids from a file or a stream: lines of text, a field of JSON lines, a column of a table.

    .jsonl, .ndjson: a field of each object;  .csv, .tsv: a column, named in the first row;  any other: each line
    ``.gz`` at the end: unpacked as it is read;  no id: the number of the line or row, from 1

Read one at a time, and bounded: UsageError names the file, the line and what was expected.
"""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.files import unpacked

Text = tuple[str, str]
"""An id and a text."""
LONGEST = 1_000_000
"""Bytes of one line, and of one cell of a table."""
_FIELDS = ("text", "abstract", "sentence", "content", "title")
_IDS = ("id", "_id")


def read(path: Path, *, field: str = "", id_field: str = "") -> Iterator[Text]:
    """Yield the id and the text of each line of a file, in its form by its name.

    ``field`` is the field or column of the text, else the first of text, abstract, sentence, content, title; that of
    the id is ``id_field``, else id or _id. NotFoundError when there is no such file.
    """
    name = path.name.lower().removesuffix(".gz")
    with _opened(path) as stream:
        yield from texts(stream, name, str(path), field=field, id_field=id_field)


def texts(stream: BinaryIO, name: str, where: str, *, field: str = "", id_field: str = "") -> Iterator[Text]:
    """Yield the id and the text of each line of a stream, in the form that ``name`` has; errors say ``where``."""
    lines = _lines(stream, where)
    if name.endswith((".jsonl", ".ndjson", ".json")):
        yield from _chosen(_objects(lines, where), where, field, id_field)
    elif name.endswith((".csv", ".tsv")):
        yield from _chosen(_table(lines, where, "\t" if name.endswith(".tsv") else ","), where, field, id_field)
    elif field or id_field:
        raise UsageError(f"{where} is read as lines of text, which have no fields; expected .jsonl, .csv or .tsv.")
    else:
        yield from ((str(number), line.rstrip("\r\n")) for number, line in lines)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file: expected one with a text on each line")
    with unpacked(path) as stream:
        yield stream


def _lines(stream: BinaryIO, where: str) -> Iterator[tuple[int, str]]:
    """Each line with its number, from 1."""
    for number in count(1):
        try:
            line = stream.readline(LONGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UsageError(f"{where} cannot be read further after line {number - 1}: {error}.") from None
        if not line:
            return
        if len(line) > LONGEST:
            raise UsageError(f"{where}, line {number}: is longer than {LONGEST:,} bytes; split it.")
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{where}, line {number}: is not UTF-8 ({error.reason}); convert the file.") from None


def _objects(lines: Iterable[tuple[int, str]], where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{where}, line {number}: is {line.strip()[:60]!r}; expected a JSON object.")
        yield number, row


def _table(lines: Iterable[tuple[int, str]], where: str, mark: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows below the row of names; a cell may hold line ends, and as many characters as the library allows."""
    reader = csv.reader((line for _, line in lines), delimiter=mark)
    try:
        header = next(reader, [])
        for number, cells in enumerate(reader, 1):
            if cells:
                yield number, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise UsageError(f"{where}, line {reader.line_num}: {error}. Is a quote missing?") from None


def _chosen(rows: Iterable[tuple[int, Mapping[str, Any]]], where: str, field: str, id_field: str) -> Iterator[Text]:
    """The texts in a field of rows; which field, the first row decides."""
    for number, row in rows:
        field = field or next((each for each in _FIELDS if each in row), "")
        if field not in row:
            shown = field or "text"
            raise UsageError(
                f"{where}, row {number}: has no field {shown!r}. {nearest(shown, row)} Choose with --field."
            )
        if not isinstance(row[field], str):
            raise UsageError(f"{where}, row {number}: {field} is a {type(row[field]).__name__}; expected a text.")
        key = id_field or next((each for each in _IDS if each in row), "")
        if id_field and id_field not in row:
            raise UsageError(f"{where}, row {number}: has no field {id_field!r}. {nearest(id_field, row)}")
        yield str(row[key]) if key else str(number), row[field]
