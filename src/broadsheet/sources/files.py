"""Opening files that nobody has checked: gzip or not, lines and sizes bounded, broken UTF-8 seen and not fatal.

open the file, unpacking it if its first bytes say gzip
give it out in lines (or as one text), each at most so long
stop with a SourceError when it is cut off or unpacks to too much; what came before has been given out
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar
from xml.etree.ElementTree import Element, tostring

from broadsheet.core.errors import BroadsheetError, NotFoundError, SourceError, nearest
from broadsheet.core.types import BadRecord, Document

LONGEST_LINE = 8 * 2**20
LARGEST_TEXT = 128 * 2**20
_SHOWN = 2_000
# Text packs ten to thirty times smaller; gzip can reach a thousand. Small files may do as they like.
_UNPACKS_TO_AT_LEAST, _UNPACKS_AT_MOST = 256 * 2**20, 100
_BREAKS = (OSError, EOFError, zlib.error)
_ARCHIVES = {b"PK\x03\x04": "zip", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd"}

Record = Document | BadRecord
Row = TypeVar("Row")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class FileSource:
    """A source that reads one path from its beginning each time; ``read`` is what its format means."""

    live: ClassVar[bool] = False
    name: str
    path: Path
    read: Callable[[Path], Iterable[Record]]

    def fetch(self, since: date | None = None) -> Iterator[Record]:
        """Everything in the file but Documents known to be older than ``since``; those without a date are brought."""
        for record in self.read(self.path):
            if isinstance(record, BadRecord):
                yield record
            elif not (since and record.span and record.span[1] < since):
                yield record if record.source else replace(record, source=self.name)


def stem(path: Path) -> str:
    """The file's name without its endings, ``.gz`` included."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0] or path.name


def found(path: Path) -> Path:
    """The path with ``~`` resolved; NotFoundError naming the nearest files there when nothing is there."""
    path = path.expanduser()
    try:
        if path.exists():
            return path
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:
        raise SourceError(f"Cannot look at {str(path)!r}: {_why(error)}. Check its name and permissions.") from error
    hint = nearest(path.name, beside[:1_000]) if beside else f"The folder {str(path.parent)!r} is missing or empty."
    raise NotFoundError(f"File not found: {str(path)!r}. {hint if len(hint) < 300 else 'Check the name.'}")


def lines(path: Path) -> Iterator[tuple[int, bytes] | BadRecord]:
    """Line numbers from 1 and lines with their ends; a line over 8 MiB is a BadRecord and never held whole."""
    with _opened(path) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield bad(f"{path.name}:{number}", f"line longer than {LONGEST_LINE:,} bytes", line[:_SHOWN])
            else:
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes a mebibyte at a time, without a byte order mark."""
    with _opened(path) as stream:
        data = stream.read(2**20).removeprefix(b"\xef\xbb\xbf")
        while data:
            yield data
            data = stream.read(2**20)


@contextmanager
def content(path: Path, *, most: int = LARGEST_TEXT) -> Iterator[bytes]:
    """All bytes, for the block; of a file that breaks off those before the break, and SourceError ends the block."""
    with _opened(path) as stream:
        data = stream.read(most + 1)
        if len(data) > most:
            raise SourceError(f"{str(path)!r} holds more than {most:,} bytes of text; split it into smaller files.")
        yield data.removeprefix(b"\xef\xbb\xbf")
        stream.read(1)


@contextmanager
def whole(path: Path, *, most: int = LARGEST_TEXT) -> Iterator[str]:
    """``content`` as text, line ends as ``\\n``; bytes that are not UTF-8 become lone surrogates (see ``decoded``)."""
    with content(path, most=most) as data:
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = data.decode("utf-16", "replace") if wide else data.decode("utf-8", "surrogateescape")
        yield text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(raw: bytes | str) -> str:
    """A record as text; ValueError (for a BadRecord) when its bytes are not UTF-8."""
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise ValueError(f"byte 0x{byte:02X} at {error.start} is not UTF-8; save the file as UTF-8") from error


def bad(where: str, reason: object, raw: bytes | str) -> BadRecord:
    """A BadRecord with the beginning of its text, whatever its bytes are."""
    head = raw[: _SHOWN * 4].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:_SHOWN]
    return BadRecord(where, " ".join(str(reason).split())[:500], head[:_SHOWN].encode("utf-8", "replace").decode())


def made(make: Callable[[Row], Made], row: Row, where: str, *, raw: bytes | str | None = None) -> Made | BadRecord:
    """What ``make`` makes of one record; whatever it raises makes a BadRecord with the reason, and the run goes on.

    ``raw`` is the record as text where the row itself is none. Errors of the project pass: they are about the source.
    """
    try:
        return make(row)
    except BroadsheetError:
        raise
    except (ValueError, RecursionError, OverflowError) as error:
        return bad(where, error, _shown(row) if raw is None else raw)
    except Exception as error:  # a mistake of a reader, or of a library under it, costs one record
        reason = f"the reader failed on it ({type(error).__name__}: {error}); mend the record or leave it out"
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
    """A stream that stops a gzip bomb: it counts what was unpacked. What came before a break is read before it."""

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
        raise SourceError(f"{str(path)!r} is not a regular file; copy it into one first.")
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
            f"{str(path)!r} cannot be read on: {_why(error)}. Get the file again; what came before the break is kept."
        ) from error


def _refuse_archives(path: Path, head: bytes) -> None:
    for magic, kind in _ARCHIVES.items():
        if head.startswith(magic):
            raise SourceError(
                f"{str(path)!r} is a {kind} archive; unpack it and name the file inside (gzip is read as is)."
            )


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
