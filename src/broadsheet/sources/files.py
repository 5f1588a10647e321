"""Read untrusted files: gzip or not, with bounded lines and sizes; broken UTF-8 is reported but not fatal.

open the file, unpacking it if its first bytes say gzip
yield its lines (or one text), each of bounded length
stop with a SourceError when it is cut off or unpacks to too much; what came before has been yielded
"""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar
from xml.etree.ElementTree import Element, tostring

from broadsheet.core.errors import BroadsheetError, NotFoundError, SourceError, nearest, on_disk
from broadsheet.core.types import BadRecord, Document

LONGEST_LINE = 8 * 2**20
LARGEST_TEXT = 128 * 2**20
LARGEST_PIPE = 2**30
STDIN = "-"
_SHOWN = 2_000
# Text packs ten to thirty times smaller; gzip can reach a thousand. Small files have no such limit.
_UNPACKS_TO_AT_LEAST, _UNPACKS_AT_MOST = 256 * 2**20, 100
_BREAKS = (OSError, EOFError, zlib.error)
_OFFICE = frozenset({".xlsx", ".ods", ".docx", ".numbers"})
_ARCHIVES = {b"PK\x03\x04": "zip", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}

Record = Document | BadRecord
Row = TypeVar("Row")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class FileSource:
    """A source that reads one path from its beginning each time; ``read`` parses its format."""

    live: ClassVar[bool] = False
    name: str
    path: Path
    read: Callable[[Path], Iterable[Record]]

    def fetch(self, since: date | None = None) -> Iterator[Record]:
        """Yield everything in the file except Documents known to be older than ``since``; undated ones are included."""
        with regular(self.path) as path:
            for record in self.read(path):
                if isinstance(record, BadRecord):
                    yield record
                elif not (since and record.span and record.span[1] < since):
                    yield record if record.source else replace(record, source=self.name)


def stem(path: Path) -> str:
    """Return the file's name without its endings, ``.gz`` included."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0] or path.name


@contextmanager
def regular(path: Path) -> Iterator[Path]:
    """Give the block a path that can be read again and again: itself, or a copy of what a pipe brings.

    ``-`` is standard input. The copy is called ``stdin``, or as the pipe is. SourceError for more than LARGEST_PIPE
    bytes.
    """
    path = Path("/dev/stdin") if str(path) == STDIN else path
    if not _is_pipe(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        copy = Path(folder) / ("pipe" if path.name.isdecimal() else path.name)
        with on_disk(copy), path.open("rb") as pipe, copy.open("wb") as stream:
            while data := pipe.read(2**20):
                stream.write(data)
                if stream.tell() > LARGEST_PIPE:
                    raise SourceError(f"{str(path)!r} brings more than {LARGEST_PIPE:,} bytes: read it from a file.")
        yield copy


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo() or path.is_char_device()
    except OSError:
        return False


def found(path: Path) -> Path:
    """Resolve ``~`` in a path; NotFoundError with the nearest file names when nothing is there."""
    path = path.expanduser()
    try:
        if path.exists():
            return path
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:
        raise SourceError(f"Cannot read {str(path)!r}: {_why(error)}. Check its name and permissions.") from error
    hint = nearest(path.name, beside[:1_000]) if beside else f"The folder {str(path.parent)!r} is missing or empty."
    raise NotFoundError(f"File not found: {str(path)!r}. {hint if len(hint) < 300 else 'Check the name.'}")


def lines(path: Path) -> Iterator[tuple[int, bytes] | BadRecord]:
    """Yield line numbers from 1 and lines with their ends; a line over 8 MiB is a BadRecord, never held whole."""
    with _opened(path) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield bad(f"{path.name}:{number}", f"the line is longer than {LONGEST_LINE:,} bytes", line[:_SHOWN])
            else:
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def chunks(path: Path) -> Iterator[bytes]:
    """Yield the bytes, one mebibyte at a time, without a byte order mark."""
    with _opened(path) as stream:
        data = stream.read(2**20).removeprefix(b"\xef\xbb\xbf")
        while data:
            yield data
            data = stream.read(2**20)


@contextmanager
def content(path: Path, *, most: int = LARGEST_TEXT) -> Iterator[bytes]:
    """Give the block all bytes; of a truncated file, those before the break, and then raise SourceError."""
    with _opened(path) as stream:
        data = stream.read(most + 1)
        if len(data) > most:
            raise SourceError(f"{str(path)!r} holds more than {most:,} bytes of text; split it into smaller files.")
        yield data.removeprefix(b"\xef\xbb\xbf")
        stream.read(1)


@contextmanager
def whole(path: Path, *, most: int = LARGEST_TEXT) -> Iterator[str]:
    """Give the block ``content`` as text with ``\\n`` line ends; bytes that are not UTF-8 become lone surrogates."""
    with content(path, most=most) as data:
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = data.decode("utf-16", "replace") if wide else data.decode("utf-8", "surrogateescape")
        yield text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(raw: bytes | str) -> str:
    """Return a record as text; ValueError (for a BadRecord) when its bytes are not UTF-8."""
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise ValueError(f"byte 0x{byte:02X} at {error.start} is not UTF-8; save the file as UTF-8") from error


def bad(where: str, reason: object, raw: bytes | str) -> BadRecord:
    """Make a BadRecord with the beginning of its text, whatever its bytes are."""
    head = raw[: _SHOWN * 4].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:_SHOWN]
    return BadRecord(where, " ".join(str(reason).split())[:500], head[:_SHOWN].encode("utf-8", "replace").decode())


def made(make: Callable[[Row], Made], row: Row, where: str, *, raw: bytes | str | None = None) -> Made | BadRecord:
    """Return what ``make`` makes of one record; if it raises, return a BadRecord with the reason, so the run goes on.

    ``raw`` is the record as text where the row is not text. Errors of the project pass: they concern the source.
    """
    try:
        return make(row)
    except BroadsheetError:
        raise
    except (ValueError, RecursionError, OverflowError) as error:
        return bad(where, error, _shown(row) if raw is None else raw)
    except Exception as error:  # a bug in a reader or its library costs only one record
        reason = f"the reader failed on this record ({type(error).__name__}: {error}); correct it or leave it out"
        return bad(where, reason, _shown(row) if raw is None else raw)


def _shown(row: Any) -> str:
    if isinstance(row, Element):
        return tostring(row, encoding="unicode")
    try:
        return row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return type(row).__name__


class _Stream(Protocol):
    def readline(self, size: int, /) -> bytes: ...

    def read1(self, size: int, /) -> bytes: ...


class _Counted:
    """A stream that stops a gzip bomb: it counts the unpacked bytes. What comes before a break is still read."""

    def __init__(self, stream: _Stream, path: Path, most: int) -> None:
        self._stream, self._path, self._left, self._most = stream, path, most, most
        self._break: Exception | None = None

    def readline(self, size: int) -> bytes:
        return self._take(self._stream.readline(size))

    def read(self, size: int) -> bytes:
        if self._break:
            raise self._break
        pieces, wanted = [], size
        try:
            while wanted and (data := self._stream.read1(min(wanted, 2**20))):
                pieces.append(self._take(data))
                wanted -= len(data)
        except _BREAKS as error:
            if not pieces:
                raise
            self._break = error
        return b"".join(pieces)

    def _take(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise SourceError(
                f"{str(self._path)!r} unpacks to more than {self._most:,} bytes; unpack and check it first."
            )
        return data


@contextmanager
def _opened(path: Path) -> Iterator[_Counted]:
    path = found(path)
    if path.is_dir():
        inside = ", ".join(sorted(p.name for p in path.iterdir())[:5])
        raise SourceError(f"{str(path)!r} is a folder; name one file in it: {inside or 'it is empty'}.")
    if not path.is_file():
        raise SourceError(f"{str(path)!r} is not a regular file; copy it into a regular file first.")
    try:
        with path.open("rb") as plain:
            head = plain.read(6)
            plain.seek(0)
            _refuse_archives(path, head)
            if head[:2] == b"\x1f\x8b":
                most = max(_UNPACKS_TO_AT_LEAST, _UNPACKS_AT_MOST * path.stat().st_size)
                with gzip.open(plain) as stream:
                    yield _Counted(stream, path, most)
            else:
                yield _Counted(plain, path, 2**63)
    except _BREAKS as error:
        raise SourceError(
            f"{str(path)!r} cannot be read further: {_why(error)}. Get the file again; what came before is kept."
        ) from error


def _refuse_archives(path: Path, head: bytes) -> None:
    for magic, kind in _ARCHIVES.items():
        if head.startswith(magic):
            if path.suffix.lower() in _OFFICE:
                raise SourceError(f"{str(path)!r} is an Office file; save the table as CSV and read that.")
            raise SourceError(
                f"{str(path)!r} is a {kind} archive; unpack it and name the file inside (gzip is read as is)."
            )


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
