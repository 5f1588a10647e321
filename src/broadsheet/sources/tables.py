"""CSV and TSV from anywhere: the header says which table it is, and need not be the first line.

the encoding of the file, then its lines as text
skip what comes before the header; the mark between its cells is the one that gives most columns, or what ``sep=`` says
a header that a layout knows is read by it, any other by the table of aliases
a column that is called like an identifier but repeats under other titles is a fact
"""

from __future__ import annotations

import csv as csvlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from broadsheet.core.errors import SourceError
from broadsheet.core.text import clipped, plain
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import jsonlines
from broadsheet.sources.aliases import TABLE, has_title, record
from broadsheet.sources.columns import LAYOUTS
from broadsheet.sources.encodings import WINDOWS, encoding, text_lines
from broadsheet.sources.fields import plain_key
from broadsheet.sources.files import FileSource, Record, decoded, made, stem
from broadsheet.sources.layout import Layout, fitting, laid_out

_MARKS = ",;\t|"
_BEFORE = 40  # lines among which the header must be
_MOST_COLUMNS, _LONGEST_NAME, _SHOWN = 500, 200, 2_000
_COMPARED = 100_000  # rows in which a column is checked for repeated values
_MOST_REPEATED = 0.1  # of the rows, before a column is not an identifier


def jsonl(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``jsonl:FILE``: one object per line, a JSON list, or an answer of a service; gzip or not."""
    return FileSource(f"jsonl:{rest}", Path(rest), jsonlines.read)


def csv(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``csv:FILE``: a header line and rows; commas, semicolons, tabs or bars; gzip or not."""
    return FileSource(f"csv:{rest}", Path(rest), read)


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns of a table, the mark between them, and the lines before the row of names."""

    names: tuple[str, ...]
    mark: str
    before: int

    @property
    def layout(self) -> Layout | None:
        """The layout that knows this table; None for a table of no known service."""
        return fitting(LAYOUTS, self.names)


def header_in(lines: list[str]) -> Header | None:
    """Return the header among the first lines of a table; None when no line names a column for titles."""
    mark = ""
    for before, line in enumerate(lines[:_BEFORE]):
        if line.lower().startswith("sep=") and len(line.strip("\n")) == 5:  # Excel's own line
            mark = line[4]
            continue
        headers = [header for each in mark or _MARKS if (header := _header(lines, each, before))]
        if headers:
            return max(headers, key=lambda header: len(header.names))
    return None


def _header(lines: list[str], mark: str, before: int) -> Header | None:
    """Return the header after so many lines, when this mark parts its cells; None when no cell is a name for titles."""
    try:
        names = next(csvlib.reader(lines[before:_BEFORE], delimiter=mark), [])
    except csvlib.Error:
        return None
    names = [name.strip().lstrip("\ufeff") for name in names]
    known = has_title(names) or fitting(LAYOUTS, names)
    return Header(tuple(names), mark, before) if known else None


def read(path: Path) -> Iterator[Record]:
    """Yield the Documents and BadRecords of a table; SourceError when it has no column for titles, or too many."""
    codec = encoding(path)
    header = _checked_header(path, codec)
    names, layout = _apart(header.names), header.layout
    if layout:
        make: Callable[[Mapping[str, str]], Document] = partial(laid_out, layout=layout, prefix=stem(path))
    else:
        make = partial(record, prefix=stem(path), own=_has_identifiers(path, codec, header))
    cells = partial(_cells, names=names, codec=codec)
    for where, row in _rows(path, codec, header):
        if isinstance(row, BadRecord):
            yield row
        elif any(cell.strip() for cell in row):
            yield made(lambda row: make(cells(row)), row, where, raw=",".join(row[:_SHOWN]))


def _checked_header(path: Path, codec: str) -> Header:
    lines: list[str] = []
    with suppress(SourceError):  # a break, which the reader of the rows meets again
        lines.extend(line for line in islice(text_lines(path, codec), _BEFORE) if isinstance(line, str))
    first = next((line for line in lines if line.strip()), "")
    header = header_in(lines)
    if header is None:
        names = _shown_names(path, first)
        raise SourceError(f"{str(path)!r} has no column 'title' (or {', '.join(TABLE['title'][1:])}); it has {names}.")
    if len(header.names) > _MOST_COLUMNS:
        raise SourceError(
            f"{str(path)!r} has {len(header.names):,} columns; at most {_MOST_COLUMNS} are read: keep only those for "
            "papers."
        )
    return header


def _shown_names(path: Path, line: str) -> str:
    try:
        names = next(csvlib.reader([line], delimiter=max(_MARKS, key=line.count)), [])
    except csvlib.Error as error:
        raise SourceError(f"{str(path)!r} is not a table: {error}. Save it as CSV in UTF-8.") from error
    return ", ".join(repr(clipped(name.strip(), 40)) for name in names[:12]) or "none"


def _apart(names: tuple[str, ...]) -> list[str]:
    """Return the names of columns, cut to a sensible length; a repeated name gets the number of its column."""
    seen: set[str] = set()
    apart = []
    for number, name in enumerate((clipped(name, _LONGEST_NAME) for name in names), 1):
        apart.append(f"{name} {number}" if name in seen else name)
        seen.add(name)
    return apart


def _rows(path: Path, codec: str, header: Header) -> Iterator[tuple[str, list[str] | BadRecord]]:
    """Yield the rows under the header, each with its place; what cannot be a row is a bad record among them."""
    skipped: list[BadRecord] = []
    lines = islice(_good_lines(text_lines(path, codec), skipped), header.before, None)
    rows = csvlib.reader(lines, delimiter=header.mark)
    next(rows, None)
    while True:
        where = f"{path.name}:{header.before + rows.line_num + 1}"
        row = made(_next, rows, where, raw="")
        yield from ((bad.where, bad) for bad in skipped)
        skipped.clear()
        if row is None:
            return
        yield where, row


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csvlib.Error as error:
        raise ValueError(error) from error


def _good_lines(lines: Iterator[str | BadRecord], skipped: list[BadRecord]) -> Iterator[str]:
    for line in lines:
        if isinstance(line, BadRecord):
            skipped.append(line)
        else:
            yield line


def _cells(row: list[str], names: list[str], codec: str) -> dict[str, str]:
    """Return the cells of a row by the names of their columns; ValueError for too many, or for broken text."""
    if any(cell.strip() for cell in row[len(names) :]):
        raise ValueError(f"{len(row)} cells under {len(names)} columns; is a quote missing?")
    cells = {name: decoded(cell) for name, cell in zip(names, row, strict=False) if name and cell.strip()}
    return cells | {"encoding": WINDOWS} if codec == WINDOWS and not all(map(str.isascii, cells.values())) else cells


def _has_identifiers(path: Path, codec: str, header: Header) -> bool:
    """Return whether the column that is called like an identifier is one: its values do not repeat under other
    titles."""
    columns = {plain_key(name): number for number, name in reversed(list(enumerate(header.names)))}
    own, title = (next((columns[key] for key in TABLE[field] if key in columns), None) for field in ("own", "title"))
    if own is None or title is None:
        return True
    titles: dict[str, str] = {}
    rows = repeated = 0
    with suppress(SourceError):
        for _, row in islice(_rows(path, codec, header), _COMPARED):
            if not isinstance(row, BadRecord) and len(row) > max(own, title) and row[own].strip():
                shown = plain(row[title][:_SHOWN])
                rows += 1
                repeated += titles.setdefault(row[own][:_LONGEST_NAME], shown) != shown
    return repeated <= _MOST_REPEATED * rows
