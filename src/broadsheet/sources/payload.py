"""Shared by readers of saved answers and live addresses: one kind of source, bytes of a file, JSON.

bytes come from a file or from the client
a reader turns them into Documents and BadRecords, or raises SourceError
Documents known to be older than ``since`` are left out; the others get the source's name
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord
from broadsheet.sources.files import STDIN, Record, content, found, regular

MOST_RECORDS = 500_000
_FILES = frozenset({"bibtex", "csl", "csv", "jsonl", "nbib", "page", "ris", "zotero"})  # kinds that only read files


@dataclass(frozen=True, slots=True)
class PayloadSource:
    """A source whose ``read`` yields everything, or what is newer than ``since`` as closely as its format allows.

    ``experimental``: its reader was written from a description and not yet tested on a real sample. ``rolling``:
    without ``since`` it yields only what is new today, so that following it requires the time of the last run.
    ``live``: it reads the network and not a file of this machine. ``news``: it shows what is new, so that what it
    does not date is from the day on which it was first seen. ``by_change``: its service judges ``since`` by the day on
    which a record changed, which the dates of the paper do not tell. ``single``: its name is one paper.
    """

    name: str
    read: Callable[[date | None], Iterable[Record]]
    experimental: bool = False
    rolling: bool = False
    live: bool = True
    news: bool = False
    by_change: bool = False
    single: bool = False

    def fetch(self, since: date | None = None) -> Iterator[Record]:
        """Yield bad records, and the Documents that may be from ``since`` or later."""
        for number, record in enumerate(self.read(since)):
            if number >= MOST_RECORDS:
                raise SourceError(f"{self.name}: more than {MOST_RECORDS:,} records at once; request fewer")
            if isinstance(record, BadRecord):
                yield record
            elif self.by_change or not (since and record.latest and record.latest < since):
                yield record if record.source else replace(record, source=self.name)


def members(path: Path, *endings: str) -> list[Path]:
    """Return the path itself or, for a folder, its files by name; SourceError when none has such an ending."""
    path = found(path)
    if not path.is_dir():
        return [path]
    inside = sorted(file for file in path.iterdir() if file.name.endswith(endings) and file.is_file())
    if not inside:
        raise SourceError(f"{str(path)!r} contains no file that ends in {' or '.join(endings)}; check the folder.")
    return inside


def from_files(path: Path, read: Callable[[bytes, str], Iterable[Record]], *endings: str) -> Iterator[Record]:
    """Yield the records of a file, or of every file in a folder; an unreadable file there is a bad record."""
    with regular(path) as path:
        files = members(path, *endings)
        folder = files != [found(path)]
        for file in files:
            try:
                with content(file) as data:
                    yield from read(data, file.name)
            except SourceError as error:
                if not folder:
                    raise
                yield BadRecord(file.name, str(error)[:500])


def looks_like_path(rest: str) -> bool:
    """Return whether a source's name means a file: it exists, or has a file's ending, or begins as a path does."""
    try:
        exists = Path(rest).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        exists = False
    return (
        exists
        or rest == STDIN
        or rest.startswith(("/", "./", "../", "~"))
        or rest.endswith((".xml", ".json", ".jsonl", ".gz"))
    )


def is_file(name: str) -> bool:
    """Return whether a source, by its name, is a file of this machine."""
    kind, _, rest = name.partition(":")
    return kind in _FILES or (not rest.startswith(("http://", "https://")) and looks_like_path(rest))


def without_folders(name: str) -> str:
    """Return a source's name without the server's folders, which readers need not see: ``jsonl:papers.jsonl``."""
    kind, _, rest = name.partition(":")
    return f"{kind}:{Path(rest).name}" if "/" in rest and is_file(name) else name


def shown_names(names: Iterable[str]) -> dict[str, str]:
    """Return the names of sources as they are shown: a whole path as the file's name, where only one is called so."""
    shown = {name: without_folders(name) if "/" in name.partition(":")[2][:1] else name for name in names}
    several = {name for name, times in Counter(shown.values()).items() if times > 1}
    return {name: name if short in several else short for name, short in shown.items()}


def json_value(data: bytes | str) -> Any:
    """Return the JSON value in ``data``: NaN and infinities become None, and very long whole numbers stay texts.

    Python refuses to read these numbers, and SQLite to store them.
    """
    return json.loads(data, parse_int=_int, parse_constant=lambda _: None)


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= 15 else digits


def parsed(data: bytes, where: str) -> Any:
    """Return the JSON value in ``data``; SourceError when it is broken, cut off or nested too deeply."""
    try:
        value = json_value(data)
    except RecursionError as error:
        raise SourceError(f"{where}: the JSON is nested too deeply to be a list of papers") from error
    except ValueError as error:
        reason = " ".join(str(error).split())[:200]
        raise SourceError(f"{where}: this is not JSON, or it is cut off ({reason}); get it again") from error
    if isinstance(value, str) and data[:1].isdigit():
        raise SourceError(f"{where}: expected a list of papers, got a number of {len(value):,} digits")
    return value


def inner(row: Mapping[str, Any], *keys: str) -> Any:
    """Return the value at the end of a path of keys; None where the path breaks off."""
    value: Any = row
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
